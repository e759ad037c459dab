/** `HashFromByteSlices`: the root over leaves in their order, 32 bytes. Of no leaves: SHA-256 of nothing. */
export declare function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array;
