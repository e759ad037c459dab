import { type SafePath, type Sha256Hex } from '../core/index.js';
/** Largest manifest that is fetched or parsed, in bytes. */
export declare const MANIFEST_LIMIT: number;
/** What a manifest is asked for as, at the places of its artifact. */
export declare const MANIFEST_NAME = "r3mes-manifest.json";
export interface ManifestFile {
    readonly path: SafePath;
    /** Bytes. */
    readonly size: number;
    readonly sha256: Sha256Hex;
}
/**
 * The files of a manifest.
 *
 * @param subject whose manifest it is, in checked words: `model 1.0.0`
 * @throws R3mesError `RECORD_MALFORMED` for any other form or version, `ID_UNSAFE` for paths that no file can have here
 */
export declare function parseManifest(bytes: Uint8Array, subject: string): ManifestFile[];
/**
 * The bytes of the manifest of these files: RFC 8785 JSON, sorted by path. Their SHA-256 is what gets approved, as
 * `manifest:<hex>`.
 *
 * @param subject whose manifest it is, in checked words
 * @throws R3mesError as {@link parseManifest}: what is written here can be read here
 */
export declare function formatManifest(files: readonly {
    readonly path: string;
    readonly size: number;
    readonly sha256: string;
}[], subject: string): Uint8Array;
