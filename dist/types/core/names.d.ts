declare const brand: unique symbol;
/** An id or name that is safe as one path segment on Linux, macOS and Windows. */
export type SafeName = string & {
    readonly [brand]: 'SafeName';
};
/** A relative path of safe segments joined by `/`. */
export type SafePath = string & {
    readonly [brand]: 'SafePath';
};
/**
 * An artifact id or name that will name a file or folder.
 *
 * @param what how the message calls it, in our own words: "adapter id"
 * @throws R3mesError `ID_UNSAFE`
 */
export declare function safeName(text: string, what: string): SafeName;
export declare function isSafeName(text: string): text is SafeName;
/**
 * A relative path of a file inside an artifact: `/` between safe segments, none of them `.` or `..`.
 *
 * @throws R3mesError `ID_UNSAFE`
 */
export declare function safePath(text: string, what: string): SafePath;
/**
 * What an artifact of one file keeps of that file's name: `.safetensors`. Empty where the end of the name is unusual: it
 * stands behind the artifact's own name, which must stay a safe one, and without `@`.
 */
export declare function extensionOf(path: SafePath): string;
/** The form in which two names are one on a file system that folds case. */
export declare function foldCase(name: string): string;
export {};
