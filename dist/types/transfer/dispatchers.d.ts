import { type LookupFunction, type OnReadOpts } from 'node:net';
import { buildConnector, type Dispatcher } from '../stand-ins/undici.js';
import type { Proxies } from './proxy.js';
import type { Resolve, Timeouts } from './terms.js';
import { type AllowedHost } from './url-rules.js';
export declare const DEFAULT_TIMEOUTS: Timeouts;
export declare const systemResolve: Resolve;
/**
 * A lookup for `net.connect` that fails unless every address of the name is public. It hands on the very addresses it
 * checked, and `net.connect` asks for them once.
 */
export declare function checkedLookup(resolve: Resolve): LookupFunction;
/** Makes single connections under the same rules. `onread` takes what comes in. */
export interface Connectors {
    readonly plain: (onread: OnReadOpts) => buildConnector.connector;
    readonly guarded: (onread: OnReadOpts) => buildConnector.connector;
}
export interface Dispatchers {
    /** For endpoints that the user typed, and configured origins. Checks nothing. */
    readonly plain: Dispatcher;
    /** For hosts that a record or a redirect names: {@link guardedConnector}. Through a proxy the proxy does the lookup. */
    readonly guarded: Dispatcher;
    /** Undefined when there is a proxy: only the dispatchers know which hosts it excludes. */
    readonly connectors: Connectors | undefined;
}
/**
 * @param allowed hosts that records and redirects may name wherever they are
 * @param proxies hosts that it excludes are connected to directly, under the same check
 */
export declare function openDispatchers(allowed: readonly AllowedHost[], proxies: Proxies | undefined, timeouts: Timeouts, resolve: Resolve): Dispatchers;
