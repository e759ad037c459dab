import type { Content } from './types.js';
/** The name under which an artifact manifest lies beside its files. */
export declare const MANIFEST_NAME = "r3mes-manifest.json";
/**
 * The manifest of an artifact of several files: RFC 8785 JSON, files sorted by the bytes of their paths. A record names
 * it as `manifest:` and its SHA-256.
 */
export declare function artifactManifest(files: readonly {
    readonly path: string;
    readonly content: Content;
}[]): Content;
