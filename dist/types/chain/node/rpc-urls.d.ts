export declare function isLoopback(hostname: string): boolean;
/**
 * The endpoints of `rpc-urls`, in the order typed; the first is the primary. Empty lines do not count.
 *
 * @throws R3mesError `RPC_URL_MISSING` when there is none; `INPUT_INVALID` for what is no URL, for plain http to another
 * machine and for an endpoint named twice. All of them at once. Messages never show a URL, since it may hold a password.
 */
export declare function parseRpcUrls(lines: readonly string[]): URL[];
