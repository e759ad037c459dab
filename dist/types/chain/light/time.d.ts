/** Time as CometBFT hashes and signs it: `google.protobuf.Timestamp`, written in JSON as RFC 3339 with nanoseconds. */
import type { Timestamp } from './types.js';
/** Go's zero time, 0001-01-01T00:00:00Z: the timestamp of a vote that is absent. */
export declare const ZERO_TIME: Timestamp;
/**
 * A time as CometBFT writes it: UTC, years 1970 to 9999, up to nine digits of a second. Undefined for every other text, days
 * and leap seconds that the calendar does not have included.
 */
export declare function parseTime(text: string): Timestamp | undefined;
/** The time as CometBFT writes it: Go's RFC3339Nano, without trailing zeros. For years 1 to 9999. */
export declare function formatTime(time: Timestamp): string;
/** Nanoseconds since 1970-01-01T00:00:00Z. */
export declare function nanosecondsOf(time: Timestamp): bigint;
/** @param nanoseconds since 1970-01-01T00:00:00Z, not negative */
export declare function timestampOf(nanoseconds: bigint): Timestamp;
/** The time for people and lockfiles, cut to milliseconds: never use it to compare or to hash. */
export declare function dateOf(time: Timestamp): Date;
