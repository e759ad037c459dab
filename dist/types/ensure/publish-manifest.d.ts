export interface PublishableManifest {
    /** Where it was written: in the folder itself. */
    readonly path: string;
    /** What a record has to carry as its checksum: `manifest:<64 hex>`. */
    readonly digest: string;
    readonly files: number;
    /** Bytes of all files. */
    readonly size: number;
}
/**
 * Hashes every file of a folder and writes its artifact manifest beside them as `r3mes-manifest.json`, for whoever wants it
 * approved. An older manifest there is replaced and not listed.
 *
 * @throws R3mesError `INPUT_INVALID` when the folder cannot be read, is empty, or holds links or devices; `ID_UNSAFE` when a
 * name in it could not be a file on every system
 */
export declare function manifestOfFolder(folder: string): Promise<PublishableManifest>;
