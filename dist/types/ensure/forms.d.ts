/** @throws R3mesError `INPUT_INVALID`, always */
export declare function fail(message: string, detail?: string): never;
/** Splits a list input: one entry a line, blank lines dropped. */
export declare function lines(text: string): string[];
/** `~` and `~/…` are the user's home; relative paths start at the working directory. */
export declare function expandPath(text: string, what: string): string;
export declare function oneOf<T extends string>(text: string, values: readonly T[], what: string): T;
/** `true` or `false` in one of the three spellings that YAML knows; undefined for any other text. */
export declare function flagOf(text: string): boolean | undefined;
export declare function flag(text: string, what: string): boolean;
export declare function integer(text: string, least: number, most: number, what: string): number;
/** Milliseconds of a text such as `14d` or `1h30m`, within limits given in milliseconds. */
export declare function duration(text: string, least: number, most: number, what: string): number;
export declare function webUrl(text: string, what: string): URL;
/** A token for a header. What is none is never shown. */
export declare function token(text: string, what: string): string | undefined;
/** The lines of a list, each one checked. */
export declare function checkedLines(text: string, check: (line: string) => unknown): string[];
