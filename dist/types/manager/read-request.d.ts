import type { Readable } from 'node:stream';
import type { VolumeRequest } from './types.js';
/**
 * Reads a request from a file, or from standard input.
 *
 * @param path `-` where there is a standard input: that
 * @throws R3mesError `INPUT_INVALID`
 */
export declare function readRequestFile(path: string, stdin?: Readable): Promise<VolumeRequest>;
/**
 * Reads a request that is either JSON or the path of a file that holds it.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export declare function readRequestInput(text: string): Promise<VolumeRequest>;
