export interface WriteOptions {
    /** False: a power cut may leave an older text, or none. Default: true. */
    readonly isDurable?: boolean;
    /** Permissions, exactly. Default: everybody may read it, less what the user's umask takes. */
    readonly mode?: number;
    /** Where it grows; on the same disk. Default: the folder of the path. */
    readonly stagingFolder?: string;
    /** Asked right before the text gets its name: false leaves everything as it was. */
    readonly mayReplace?: () => Promise<boolean>;
}
/**
 * Writes a file that readers find whole or not at all, also after a power cut.
 *
 * @returns false when `mayReplace` said no
 */
export declare function writeWhole(path: string, pieces: readonly Uint8Array[], options?: WriteOptions): Promise<boolean>;
