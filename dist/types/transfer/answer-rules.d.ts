/**
 * Which answers of a host are worth reading. All decided from the status line and the headers, before the first byte of
 * a body. Pure.
 */
import { R3mesError } from '../core/index.js';
import type { ByteRange } from './byte-ranges.js';
import type { Origin } from './types.js';
/** Header names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;
/** The head of an answer. */
export interface Head {
    readonly status: number;
    readonly headers: Headers;
    /** The host that answered, after redirects. */
    readonly url: URL;
    /** False once a redirect left the origin's own host. */
    readonly fromOrigin: boolean;
}
/** A header's only value; undefined when it is absent or was sent several times. */
export declare function header(headers: Headers, name: string): string | undefined;
export declare function isRedirect(status: number): boolean;
/** What to print for an origin: its label when the URL is a secret. Text from a network: for `detail` only. */
export declare function describeOrigin(origin: Origin): string;
/** Milliseconds that an answer asks to be left alone for. */
export declare function askedPause(head: Head, now: number): number | undefined;
/** How many bytes a body may have. */
export interface Limits {
    /** Exactly so many, when they were approved. */
    readonly exact: number | undefined;
    /** Never more than so many. */
    readonly most: number;
    /** What to do when there are more. */
    readonly remedy: string;
}
export declare function tooLarge(limits: Limits, detail: string): R3mesError;
/** The length of the body as its host announces it, in bytes. */
export declare function announcedLength(head: Head): number | undefined;
/**
 * Says whether the body of an answer may be read.
 *
 * @param asked the bytes of the body that were asked for; undefined for all of them
 * @param now milliseconds since the epoch, for Retry-After dates
 * @throws R3mesError `AUTH_REQUIRED`, `SOURCES_EXHAUSTED`, `SIZE_MISMATCH`, `ARTIFACT_TOO_LARGE`
 */
export declare function checkHead(origin: Origin, head: Head, asked: ByteRange | undefined, limits: Limits, now: number): void;
/** What stays the same as long as a host has the same file. */
export interface Representation {
    /** Bytes of the whole body. */
    readonly total: number;
    readonly etag: string | undefined;
    readonly lastModified: string | undefined;
}
/** The ETag, where it promises the same bytes and not only the same content (RFC 9110, 8.8.3). */
export declare function strongValidator({ etag }: Pick<Representation, 'etag'>): string | undefined;
/** What a host makes of the first request for a part of a file. */
export type FirstAnswer = 
/** The part, which `range` says, in bytes of the body. */
{
    readonly kind: 'part';
    readonly range: ByteRange;
    readonly representation: Representation;
}
/** It does not serve parts: here is everything. */
 | {
    readonly kind: 'whole';
    readonly announced: number | undefined;
}
/** It has to be asked for everything: an empty file has no parts, and some hosts do not say how long a file is. */
 | {
    readonly kind: 'ask-whole';
};
/**
 * Judges the answer to the first request of a file that may come in parts.
 *
 * @param asked bytes of the body; the file may end before
 * @param limits of the whole file
 * @throws R3mesError as {@link checkHead}
 */
export declare function checkFirst(origin: Origin, head: Head, asked: ByteRange, limits: Limits, now: number): FirstAnswer;
/**
 * An answer that does not fit the ones before it: the host has another file now, or others answer in its name. Never
 * leaves this room; `refusal` is what to say when nothing else helps.
 */
export declare class Incoherent extends Error {
    readonly name = "Incoherent";
    readonly refusal: R3mesError;
    constructor(refusal: R3mesError);
}
/**
 * Judges the answer to a later request of the same file.
 *
 * @param asked bytes of the body
 * @param first what the first answer said
 * @throws Incoherent
 * @throws R3mesError as {@link checkHead}
 */
export declare function checkPart(origin: Origin, head: Head, asked: ByteRange, first: Representation, now: number): void;
