/**
 * One answer to one question: asks an origin, follows its redirects by hand through the URL rules, and hands over a body
 * only when it is worth reading.
 */
import { type Dispatcher } from '../stand-ins/undici.js';
import type { HashThread } from '../core/index.js';
import { type Head } from './answer-rules.js';
import type { Buffers } from './buffers.js';
import type { ByteRange } from './byte-ranges.js';
import type { Connectors } from './dispatchers.js';
import type { HostPauses } from './host-pauses.js';
import type { LaneShares } from './pace.js';
import type { RetryPolicy } from './retry.js';
import type { Sizes } from './terms.js';
import type { Origin } from './types.js';
import { type AllowedHost, type Hop } from './url-rules.js';
/** What every transfer of a run shares. */
export interface Exchange {
    /** For hosts that a record or a redirect names. */
    readonly guarded: Dispatcher;
    /** For the hosts of configured origins. */
    readonly plain: Dispatcher;
    /** Hosts that records and redirects may name wherever they are. */
    readonly allowed: readonly AllowedHost[];
    /** Milliseconds from a request to its status line, connecting included. */
    readonly answerMs: number;
    /** Milliseconds over which a body has to move on. */
    readonly stallMs: number;
    readonly pauses: HostPauses;
    readonly retryPolicy: RetryPolicy;
    /** Bytes that no file may exceed. */
    readonly maxArtifactSize: number;
    /** Sizes at which a file comes in another way. */
    readonly sizes: Sizes;
    /** Connections to read bodies from directly; undefined where all have to go through a proxy. */
    readonly connectors: Connectors | undefined;
    /** `URL.host` of hosts whose answers only the full client can read. */
    readonly unusualHosts: Set<string>;
    readonly lanes: LaneShares;
    readonly buffers: Buffers;
    readonly hashThread: HashThread;
    /** Told before each wait, in milliseconds, why an origin is asked again after it. */
    readonly retryAhead: (why: string, waitMs: number) => void;
}
export type Body = Dispatcher.ResponseData['body'];
/** One request for a file or a part of it. */
export interface Question {
    readonly origin: Origin;
    /** Bytes of the body; undefined: all of them. */
    readonly range: ByteRange | undefined;
    /** Only as long as the body still has this strong ETag. */
    readonly ifRange?: string | undefined;
    /** Where an earlier request ended up; the origin's own URL when absent. */
    readonly from?: Hop | undefined;
}
/** An answer that is worth reading. */
export interface OpenedBody<T> {
    readonly body: Body;
    readonly head: Head;
    /** Bytes that the host announced; a claim, checked by nobody. */
    readonly announced: number | undefined;
    /** The host said how long it is. */
    readonly isExact: boolean;
    /** What the judge made of its head. */
    readonly verdict: T;
    /** Where it came from. */
    readonly hop: Hop;
}
/** Lets go of a body without waiting for its host. `dump` never rejects without a signal. */
export declare function discard(body: Body): void;
/** The headers of a request. The origin's own go to its own host alone. */
export declare function headersFor({ origin, range, ifRange }: Question, hop: Hop): Record<string, string>;
/** The part of the body that an origin's file is; undefined: all of it. */
export declare function sliceOf({ slice }: Origin): ByteRange | undefined;
/** What an origin may be asked through: its own host is its own alone, and opens nothing to records. */
export interface Reach {
    readonly allowed: readonly AllowedHost[];
    /** Whether the rules for recorded hosts hold for this URL. */
    isGuarded(url: URL): boolean;
}
export declare function reachOf({ allowed }: Exchange, origin: Origin): Reach;
/** Obeys a host that wants to be left alone, for all files of the run. */
export declare function heedPause(exchange: Exchange, head: Head, now: number): void;
/**
 * The body of an origin's answer, once the answer's head passed every rule.
 *
 * @param judge says whether an answer that is no redirect is worth reading, and throws when it is not; gets milliseconds
 * since the epoch
 * @throws R3mesError as `Network.download` does, but for what the body itself may do; the signal's reason once aborted
 */
export declare function openBody<T>(exchange: Exchange, question: Question, judge: (head: Head, now: number) => T, signal: AbortSignal | undefined): Promise<OpenedBody<T>>;
/** A host that sends less than this, in bytes a millisecond, keeps a run waiting as if it sent nothing. */
export declare const LEAST_SPEED = 1;
/**
 * As {@link openBody}'s body, with the errors of the connection translated. Leaving early closes the connection.
 *
 * A host that goes on sending, but next to nothing, counts as stalled. Only the time spent waiting for it counts: a slow
 * disk is not its fault.
 *
 * @param stallMs milliseconds of waiting after which it is looked at how much came
 */
export declare function readBody(body: Body, origin: Origin, stallMs: number, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined>;
