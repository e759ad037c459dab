import { type Reporter } from '../core/index.js';
import { type RawInputs } from '../ensure/index.js';
import { type ChainOptions } from './options.js';
/** Which chain a {@link BlockchainClient} asks, and what it trusts. */
export interface BlockchainClientOptions extends ChainOptions {
    /** Default: silent. */
    readonly reporter?: Reporter;
    /** Where variables are read. Default: `process.env`. */
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** gRPC is not there yet: name `rpcUrls`. */
    readonly nodeUrl?: never;
    /** Nothing here signs anything: a private key is refused. */
    readonly privateKey?: never;
}
/** What a chain's newest proven block says. */
export interface ChainStatus {
    readonly chainId: string;
    /** At which records are read now. */
    readonly height: bigint;
    readonly trust: 'light-client' | 'quorum' | 'rpc' | 'lockfile';
    /** Origin of the endpoint that served the proofs, or that was believed; undefined where no chain was asked. */
    readonly endpoint: string | undefined;
    /** The block that proves what is read at `height`: pin it with `trustedHeight` and `trustedHash`. Undefined under `rpc`. */
    readonly block: {
        readonly height: bigint;
        readonly hash: string;
        readonly time: Date;
    } | undefined;
    /** Origins of the other endpoints that have the same block. */
    readonly witnesses: readonly string[];
    /** When the block that trust starts from grows too old; undefined under `rpc`. */
    readonly trustExpiresAt: Date | undefined;
}
/**
 * Whom registries ask what the chain approved, and what they trust. It holds no connection: every question is asked anew, at the
 * newest height, and answered with proofs. docs/trust.md says what the options mean.
 *
 * @example
 * ```ts
 * import { BlockchainClient } from 'setup-r3mes'
 *
 * // rpcUrls: [...] here, or BLOCKCHAIN_RPC_URL in the environment
 * const client = new BlockchainClient({ trust: 'quorum', maxHeaderAge: '1h' })
 * const { chainId, height, block } = await client.status()
 * console.log(`${chainId} at ${height}, proven by block ${block?.height} ${block?.hash}`)
 * ```
 */
export declare class BlockchainClient {
    #private;
    readonly chainId: string;
    /**
     * @throws R3mesError `RPC_URL_MISSING`, `PRIVATE_KEY_REFUSED`; `INPUT_INVALID` for an option that does not exist (`nodeUrl`: gRPC is
     * not there yet) or whose value is none
     */
    constructor(options?: BlockchainClientOptions);
    /**
     * Asks for the newest block and verifies it as a run does, witnesses included. Evidence of a fork is kept in the store of
     * `R3MES_HOME`, which is made where there is none.
     *
     * @throws R3mesError of trust and chain, such as `TRUST_UNSET`, `CHAIN_STALE`, `FORK_DETECTED`, `CHAIN_UNREACHABLE`; the signal's reason
     */
    status(options?: {
        readonly signal?: AbortSignal;
    }): Promise<ChainStatus>;
}
/** What a client says, as inputs. */
export declare function chainInputs(client: BlockchainClient): RawInputs;
