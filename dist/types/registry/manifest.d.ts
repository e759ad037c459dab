/**
 * Artifact manifests: `{"version":1,"files":[{"path","size","sha256"}]}`. The bytes matched an approved digest when they
 * come here, but whoever asked for that approval may have written anything.
 */
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
