import type { Fault } from './types.js';
/** A fault that one request was given, already counted in its `times`. */
export interface ClaimedFault {
    readonly fault: Fault;
    /** The answer had nothing that the fault could spoil: the next matching request gets it. */
    release(): void;
}
/** The faults of one endpoint. */
export declare class FaultList {
    #private;
    /** @returns takes the fault away again */
    add(fault: Fault): () => void;
    /** The newest fault that matches, counted. `called` is what the body asked for. */
    claim(method: string, path: string, called: string | undefined): ClaimedFault | undefined;
}
