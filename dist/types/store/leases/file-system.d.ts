/** `shared`: others than this kernel may write there, or nobody knows. */
export type Volume = 'local' | 'shared';
/**
 * Pure.
 *
 * @param type as statfs gives it; 32 bits, with or without a sign
 */
export declare function volumeOf(type: number, platform: NodeJS.Platform, path: string): Volume;
/** The kind of file system that a folder lies on. */
export declare function volumeAt(folder: string): Promise<Volume>;
