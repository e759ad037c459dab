import type { LightBlock, SignedHeader, TrustedBlock, ValidatorSet } from '../light/types.js';
import { type NodeStatus } from './answers.js';
import type { JsonRpcClient } from './json-rpc.js';
/** What an endpoint can be asked about blocks. */
export interface LightBlockProvider {
    /** Origin. */
    readonly endpoint: string;
    /** @throws R3mesError as the others; a node of another chain is not refused here */
    status(): Promise<NodeStatus>;
    /**
     * @throws R3mesError `HEIGHT_PRUNED` when the node does not hold this height, or not yet; `CHAIN_UNREACHABLE`,
     * `CHAIN_RESPONSE_INVALID`
     */
    signedHeader(height: bigint): Promise<SignedHeader>;
    /** The header with the validators of its height. Not verified. @throws R3mesError as {@link signedHeader} */
    lightBlock(height: bigint): Promise<LightBlock>;
    /** The validators of a height. Not verified. @throws R3mesError as {@link signedHeader} */
    validators(height: bigint): Promise<ValidatorSet>;
}
export declare function lightBlockProvider(client: JsonRpcClient): LightBlockProvider;
/**
 * A verified header with the validators of the next height, which it names: what the next verification starts from.
 *
 * @throws R3mesError `HEADER_INVALID` when the endpoint's validators are not those that the header names
 */
export declare function trustedBlockOf(endpoint: string, signedHeader: SignedHeader, nextValidators: ValidatorSet): TrustedBlock;
/** Upper-case hex, as CometBFT writes hashes. */
export declare function headerHash({ header }: SignedHeader): string;
