/** The code of a file system error, such as `ENOENT`; undefined for every other thrown value. */
export declare function errnoOf(thrown: unknown): string | undefined;
/** Whether the file system had no room, or this user may take no more of it. */
export declare function isDiskFull(thrown: unknown): boolean;
/**
 * A file system error as one of this project. What is none (an R3mesError, a bug) comes back as it is. Paths stay in
 * `detail`.
 *
 * @param doing what was being done, to follow "while": `making a blob`
 */
export declare function storeError(thrown: unknown, doing: string): unknown;
/** Runs a piece of work of the store; its file system errors come out as {@link storeError}. */
export declare function during<T>(doing: string, work: () => Promise<T>): Promise<T>;
