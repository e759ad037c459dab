import { IncomingMessage, type ServerResponse } from 'node:http';
import { FaultList } from './faults.js';
import type { Recorder } from './recorder.js';
import type { Endpoint } from './types.js';
/** What answers on an endpoint, once a request was recorded and no fault stood in its way. */
export interface Host {
    /** Set: the whole body is read first, at most so many bytes, and handed to `call` and `answer`. */
    readonly bodyLimit?: number;
    /** What a request asks for, in a few words, for the record. */
    call?(path: string, body: Uint8Array): string | undefined;
    answer(request: IncomingMessage, response: ServerResponse, body: Uint8Array): void | Promise<void>;
}
/** One listening endpoint. */
export interface Listener {
    readonly url: string;
    readonly faults: FaultList;
    close(): Promise<void>;
}
/**
 * Listens on loopback: records every request, applies faults, asks the host.
 *
 * @param port 0 for a free one
 * @throws R3mesError `INPUT_INVALID` when the port cannot be used
 */
export declare function listen(endpoint: Endpoint, port: number, recorder: Recorder, host: Host): Promise<Listener>;
