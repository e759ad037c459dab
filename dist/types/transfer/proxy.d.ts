/** Texts as undici's EnvHttpProxyAgent takes them; empty: none. */
export interface Proxies {
    readonly httpProxy: string;
    readonly httpsProxy: string;
    readonly noProxy: string;
}
/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; the lower-case spelling wins, as it does in curl. Where only
 * `HTTP_PROXY` is set, it serves https too, which is undici's rule.
 *
 * @returns undefined when no proxy is set
 * @throws R3mesError `INPUT_INVALID`
 */
export declare function readProxies(environment: Readonly<Record<string, string | undefined>>): Proxies | undefined;
