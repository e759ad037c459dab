import type { Sha256Hex } from '../core/index.js';
import type { DevnetCacheService } from './cache-service.js';
import type { LieMode } from './lies/modes.js';
/** Each endpoint listens on its own loopback port. */
export declare const ENDPOINTS: readonly ['rpc', 'rpc2', 'hub', 'cdn', 'gateway', 'mirror', 'cache', 'blobs'];
/**
 * - `rpc`, `rpc2`: the chain, as two CometBFT nodes would serve it
 * - `hub`, `cdn`: a HuggingFace-like hub and the host its `resolve` redirects to
 * - `gateway`: an IPFS gateway
 * - `mirror`: a plain HTTP mirror
 * - `cache`, `blobs`: the Actions cache service v2 and the blob store its signed URLs point to
 */
export type Endpoint = (typeof ENDPOINTS)[number];
/** What an endpoint does wrong. */
export type Fault = 
/**
 * Turns over one bit of each answer's body, at that place of what is sent (default: the middle). A range counts for
 * itself.
 */
({
    readonly kind: 'wrong-bytes';
    readonly at?: 'start' | 'middle' | 'end';
}
/** Ends the connection after so many body bytes. An answer without a body is not sent at all. */
 | {
    readonly kind: 'truncate';
    readonly after: number;
}
/**
 * Adds so many bytes (negative: takes away) to the Content-Length it claims. The body stays as it is, and the connection
 * ends after it.
 */
 | {
    readonly kind: 'wrong-length';
    readonly by: number;
} | {
    readonly kind: 'status';
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
}
/**
 * Sends so many body bytes and then nothing more; the connection stays open until the devnet closes. An answer without
 * a body is not sent at all.
 */
 | {
    readonly kind: 'stall';
    readonly after: number;
} | {
    readonly kind: 'redirect';
    readonly location: string;
}) & {
    /** Only for so many matching requests; then the endpoint is well again. */
    readonly times?: number;
    /** Only requests whose path and query, or whose `call`, contain this text. */
    readonly path?: string;
};
export interface RecordedRequest {
    readonly endpoint: Endpoint;
    readonly method: string;
    /** Path and query. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    /** What was asked for: `status`, `abci_query /store/remes/key` (several of a batch joined by commas), a Twirp method. */
    readonly call?: string;
}
/** Bytes that the devnet serves: made on the fly from a seed, so that gigabytes cost no disk. */
export interface Content {
    readonly name: string;
    readonly size: number;
    readonly sha256: Sha256Hex;
    /** CIDv1, raw codec: the SHA-256 of the whole file. */
    readonly cid: string;
    /**
     * These bytes, from `start` (inclusive) to `end` (exclusive).
     *
     * @param memory where they may be put; without it, and where it is not needed, they lie in memory of their own
     */
    read(start: number, end: number, memory?: Uint8Array): Uint8Array;
}
export interface DevnetOptions {
    readonly chainId?: string;
    /** Sizes in bytes of the sample registry's files. */
    readonly sizes?: {
        readonly model?: number;
        readonly adapter?: number;
        readonly dataset?: number;
    };
    /** False: an empty chain, to be filled through the API. */
    readonly sample?: boolean;
    /** True: the chain's nodes refuse store reads, and only the Query service answers. */
    readonly refuseStoreReads?: boolean;
    /** Fixed ports; free ones when absent. */
    readonly ports?: Partial<Record<Endpoint, number>>;
    /** How many validators sign each block; 4 when absent. They rotate: one is replaced every few blocks. */
    readonly validators?: number;
    /** Blocks that the chain has before it starts here, 100 when absent. They end about now. */
    readonly history?: number;
    /** Milliseconds from one block of the history to the next, 5000 when absent. */
    readonly historyBlockMs?: number;
    /** Nodes prune what is older than so many blocks; absent: nothing. */
    readonly keepBlocks?: number;
    /** A new block every so many milliseconds. Absent: the chain stands still between writes. */
    readonly blockTimeMs?: number;
    /** The clock that new blocks take their time from, in milliseconds since the epoch. */
    readonly now?: () => number;
    /** The unbonding time of x/staking, in seconds; 21 days when absent. */
    readonly unbondingSeconds?: number;
    /** Starts with this lie, see `lie`. */
    readonly lie?: LieMode;
}
export interface Devnet {
    readonly chainId: string;
    /** Base URLs without a trailing slash. */
    readonly urls: Readonly<Record<Endpoint, string>>;
    /** Bearer token of the cache service. */
    readonly cacheToken: string;
    /** What the runner would set so that the Actions cache is this devnet's. */
    cacheEnvironment(): Record<string, string>;
    /** The state of the Actions cache, and what it can be made to refuse. */
    readonly cache: Omit<DevnetCacheService, 'service' | 'blobs' | 'close'>;
    /** Inputs that point the action or the command at this devnet: `rpc-urls`, `hf-endpoint`, `ipfs-gateways`, `mirrors`, … */
    inputs(): Record<string, string>;
    /** Every request since the start or the last `clear()`. */
    readonly requests: {
        all(): readonly RecordedRequest[];
        /** Requests to hosts that serve content: hub, cdn, gateway, mirror. */
        content(): readonly RecordedRequest[];
        to(endpoint: Endpoint): readonly RecordedRequest[];
        clear(): void;
    };
    /** Adds a fault to an endpoint; the newest that matches wins. Returns a function that takes it away. */
    fail(endpoint: Endpoint, fault: Fault): () => void;
    /** New bytes, from a size or as given. The same name and size give the same bytes in every devnet. */
    addContent(name: string, bytes: number | Uint8Array): Content;
    /**
     * Serves content under `/<repo>/resolve/<any branch or tag>/<path>` of the hub. Each change is a new commit; those that the
     * hub named before stay as they were.
     */
    publishToHub(repo: string, path: string, content: Content, repoType?: 'model' | 'dataset'): void;
    /** Gates a repository of the hub: 401 without a token, 403 with another bearer token than this one. */
    requireToken(repo: string, token: string, repoType?: 'model' | 'dataset'): void;
    /** Serves content under `/ipfs/<cid>` of the gateway; a path publishes it below another CID. */
    publishToGateway(content: Content, under?: {
        readonly cid: string;
        readonly path: string;
    }): void;
    /**
     * Serves content under `/<path>`, `/sha256/<hex>` and `/ipfs/<cid>` of the mirror. What comes last under a path wins.
     */
    publishToMirror(path: string, content: Content): void;
    /**
     * Raw write to the `remes` store (undefined deletes), in a new block. An empty block follows, whose header carries the app
     * hash of the write: `height` grows by two.
     */
    setRecord(key: Uint8Array, value: Uint8Array | undefined): void;
    /** As `setRecord`, in the store of another module, such as `group`. */
    setStoreRecord(store: string, key: Uint8Array, value: Uint8Array | undefined): void;
    /** The value that a key has at the latest height. */
    getRecord(key: Uint8Array): Uint8Array | undefined;
    /** Whether the chain's nodes refuse store reads (`/store/…`) now. */
    refuseStoreReads: boolean;
    /** The latest height. */
    readonly height: bigint;
    /** New blocks in which nothing happens; one when no number is given. */
    advance(blocks?: number): void;
    /**
     * A header to start trust from: its hash in upper-case hex. The oldest that is kept when no height is given.
     *
     * @throws R3mesError `INPUT_INVALID` for a height that is not kept
     */
    anchor(height?: bigint): {
        readonly height: bigint;
        readonly hash: string;
    };
    /** From now on a node is so many blocks behind the other. */
    lag(node: 'rpc' | 'rpc2', blocks: number): void;
    /** A node, or the chain, begins to lie. Of two lies of one node the newer is told. Returns a function that ends it. */
    lie(mode: LieMode): () => void;
    /** Stops everything: ports are free, connections are cut, stalled ones too. */
    close(): Promise<void>;
}
