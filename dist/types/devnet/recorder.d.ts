import type { IncomingMessage } from 'node:http';
import type { Devnet, Endpoint } from './types.js';
/** Every request that arrived, in the order of arrival. */
export declare class Recorder {
    #private;
    /** Records a request as soon as its headers are there. `call` may be set later, when the body has arrived. */
    record(endpoint: Endpoint, request: IncomingMessage): {
        call?: string;
    };
    /** The face that a devnet shows. What it returned once does not change when more requests arrive. */
    readonly view: Devnet['requests'];
}
