/** What another process found out about a lock that is held here. */
export type OthersFind = 'refused' | 'granted' | 'unknown';
/** @param path of a lock file whose lock this process holds */
export declare function askOtherProcess(path: string, signal: AbortSignal): Promise<OthersFind>;
