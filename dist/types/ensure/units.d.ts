/** Sizes and times as people write them. 1 kB is 1000 bytes, 1 KiB is 1024. */
/** Bytes of `20GB`, `512 MiB` or `1048576`; undefined when the text is no size. */
export declare function parseSize(text: string): number | undefined;
/**
 * The same, but a number alone is none: who types `200` where room is meant thinks of gigabytes, and a store that is pruned to
 * 200 bytes is empty.
 */
export declare function parseSizeWithUnit(text: string): number | undefined;
/** `2.1 MB`: three digits at most, decimal units. */
export declare function formatSize(bytes: number): string;
/** `0.4 s`, `12 s`, `3 min 20 s`. */
export declare function formatDuration(milliseconds: number): string;
/** Milliseconds of `14d`, `336h`, `1h30m` or `90s`; undefined when the text is no such duration, or none at all. */
export declare function parseDuration(text: string): number | undefined;
/** Whether the text is a duration of nothing, such as `0d`, which no reader of durations takes. */
export declare function isZeroDuration(text: string): boolean;
/** `14 days`, `36 hours`, `1 second`: whole units, rounded down, the largest that makes two or more of them. */
export declare function formatPeriod(milliseconds: number): string;
