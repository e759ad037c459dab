import type { Header } from './types.js';
/** The Merkle root over the header's fields in the order they stand in it, 32 bytes. */
export declare function hashHeader(header: Header): Uint8Array;
