/** What tells hosts apart: the host name; on loopback, where tests and tunnels live, the port alone. */
export declare function hostOf({ hostname, port, protocol }: URL): string;
/** How many different hosts these URLs name. */
export declare function countHosts(urls: readonly URL[]): number;
