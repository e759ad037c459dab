/**
 * The one sanitiser for text that came from a network or a file. The runner obeys `::command::` after leading space
 * and `##[command]` anywhere in a line, and a lone CR ends a line; terminals obey escape sequences; browsers obey HTML.
 */
/**
 * Text that is safe to print on a runner's log or a terminal. Line breaks stay, each line is made harmless on its own.
 *
 * @param limit characters kept; what is longer ends in `… (N more characters)`
 */
export declare function sanitiseText(text: string, limit?: number): string;
/** As {@link sanitiseText}, on one line. */
export declare function sanitiseLine(text: string, limit?: number): string;
/** Text for a place between HTML tags or in a quoted attribute of the job summary, Markdown marks included. */
export declare function sanitiseHtml(text: string, limit?: number): string;
/** JSON for a log or standard output: valid JSON in which no line can be a workflow command. */
export declare function printableJson(value: unknown, indent?: number): string;
