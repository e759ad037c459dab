/** What the thread is told. Every file has an id of its own. */
export type HashOrder = {
    readonly id: number;
    readonly kind: 'follow';
    readonly fd: number;
}
/** Everything before `to` is written for good. */
 | {
    readonly id: number;
    readonly kind: 'reach' | 'finish';
    readonly to: number;
} | {
    readonly id: number;
    readonly kind: 'stop';
};
export type HashReport = {
    readonly id: number;
    readonly kind: 'digest';
    readonly hex: string;
} | {
    readonly id: number;
    readonly kind: 'failed';
    readonly reason: string;
} | {
    readonly id: number;
    readonly kind: 'stopped';
};
/** One file that is hashed while it grows. */
export interface Followed {
    /** Everything before `to` is written for good, and may be read. */
    reach(to: number): void;
    /** The digest of the file's first `to` bytes, in hex. Rejects when they cannot be read. */
    finish(to: number): Promise<string>;
    /** Comes back when the thread no longer touches the file. */
    stop(): Promise<void>;
}
export declare class HashThread {
    #private;
    /** @param fd stays open until the digest came or `stop` came back */
    follow(fd: number): Followed;
    close(): Promise<void>;
}
