import type { Chain } from './chain.js';
/** One node of a chain: it may be some blocks behind the others. */
export declare class ChainNode {
    #private;
    /** What the node calls itself. */
    readonly moniker: string;
    /** Blocks that it is behind. */
    lag: number;
    /**
     * @param chain the chain it follows, asked at each call
     * @param refusesStoreReads whether its application takes no store queries
     */
    constructor(moniker: string, chain: () => Chain, refusesStoreReads: () => boolean);
    get chain(): Chain;
    get refusesStoreReads(): boolean;
    /** The newest block it has. */
    get height(): bigint;
    /** Whether it holds the block and the state of this height. */
    has(height: bigint): boolean;
}
