/**
 * Hosts that asked for a pause. One for all transfers of a run: a host that says 429 to one file means all of them.
 */
export declare class HostPauses {
    #private;
    /** @param ms what the host asked for */
    pause(url: URL, ms: number): void;
    /**
     * Comes back when the host may be asked.
     *
     * @throws R3mesError `SOURCES_EXHAUSTED` when that is too far away; the signal's reason once it is aborted
     */
    wait(url: URL, signal: AbortSignal | undefined): Promise<void>;
}
