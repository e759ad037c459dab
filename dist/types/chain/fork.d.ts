import { R3mesError } from '../core/index.js';
import type { LightBlock, SignedHeader } from './light/types.js';
/** What one side of a fork showed. */
export interface ForkSide {
    readonly endpoint: string;
    readonly block: LightBlock;
}
/**
 * Two headers of one height, or one above another that is no newer, each verified from the same trusted header. Validators with
 * a third of the power or more have signed both: someone has to look at it, so both are kept.
 */
export declare class ForkDetected extends R3mesError {
    /** Plain JSON: both light blocks and the trusted header, bytes in upper-case hex. */
    readonly evidence: unknown;
    constructor(trusted: SignedHeader, primary: ForkSide, witness: ForkSide);
}
