import { R3mesError } from '../core/index.js';
/** More hops than this are a loop or a game. */
export declare const MAX_REDIRECTS = 5;
/** A host that the machine's owner named. Without a port, the default port of the URL's scheme is meant. */
export interface AllowedHost {
    /** As `URL.hostname` writes it, without a trailing dot. */
    readonly host: string;
    readonly port: string | undefined;
}
/**
 * Reads one entry of `allow-hosts`: `host`, `host:port`, `[::1]:port`.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export declare function parseAllowedHost(text: string): AllowedHost;
/** The host and port of a URL that the machine's owner configured. */
export declare function allowedHostOf(url: URL): AllowedHost;
export declare function isAllowedHost(url: URL, allowed: readonly AllowedHost[]): boolean;
/** A URL for people: no credentials, no query, no fragment. Text from a network: for `detail` only. */
export declare function describeUrl(url: URL): string;
/** The error for an address that a URL may not lead to. `kind` as {@link whyNotPublic} says it. */
export declare function addressRefused(kind: string, detail: string): R3mesError;
/**
 * https only, no credentials, no literal or name of a private network; a host:port that the machine's owner named may
 * be anywhere and speak http.
 *
 * @throws R3mesError `URL_REFUSED`
 */
export declare function checkUrl(url: URL, allowed: readonly AllowedHost[]): void;
/** Where a download stands between its first URL and the host that has the bytes. */
export interface Hop {
    readonly url: URL;
    /** Redirects so far. */
    readonly redirects: number;
    /**
     * True while no redirect has left the first origin. Once one did, the origin's headers stay behind for good: a host
     * must not choose what our token is used for by sending us back.
     */
    readonly withHeaders: boolean;
}
export declare function firstHop(url: URL): Hop;
/**
 * The hop that a redirect leads to.
 *
 * @param location the Location header, relative or absolute
 * @throws R3mesError `URL_REFUSED`
 */
export declare function nextHop(from: Hop, location: string, allowed: readonly AllowedHost[]): Hop;
