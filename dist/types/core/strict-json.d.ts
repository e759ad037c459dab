/** JSON from a registry, a content host or a user, read so that it has one meaning only. */
export interface JsonLimits {
    readonly maxBytes: number;
    readonly maxDepth: number;
}
/** The value, or why the bytes are refused, in our own words. */
export type StrictJson = {
    readonly ok: true;
    readonly value: unknown;
} | {
    readonly ok: false;
    readonly why: string;
};
/**
 * Parses UTF-8 JSON within limits. A key that stands twice in one object is refused, since readers differ in which of the
 * two they believe.
 */
export declare function parseStrictJson(bytes: Uint8Array, limits: JsonLimits): StrictJson;
