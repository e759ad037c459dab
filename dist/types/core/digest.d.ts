declare const brand: unique symbol;
/** 64 lower-case hex characters. */
export type Sha256Hex = string & {
    readonly [brand]: 'Sha256Hex';
};
/**
 * What a chain approved an artifact by. The kind comes from the approved record alone, never from what a host serves.
 * - `sha256`: the SHA-256 of the one file
 * - `manifest`: the SHA-256 of an artifact manifest, which names the files
 * - `cid`: an IPFS CID, when the record has no SHA-256
 */
export type Digest = {
    readonly kind: 'sha256';
    readonly hex: Sha256Hex;
} | {
    readonly kind: 'manifest';
    readonly hex: Sha256Hex;
} | {
    readonly kind: 'cid';
    readonly cid: string;
};
export declare function isSha256Hex(text: string): text is Sha256Hex;
/**
 * Reads the text of a record's `checksum` or `verification_sha256`. Upper-case hex is accepted and lowered.
 *
 * @returns undefined for the empty text: the record names no SHA-256.
 * @throws R3mesError `DIGEST_WEAK` for `tree:…`, `DIGEST_INVALID` for any other length or alphabet.
 */
export declare function parseChecksum(text: string): Extract<Digest, {
    kind: 'sha256' | 'manifest';
}> | undefined;
/**
 * A digest for people and receipts: `sha256:<hex>`, `manifest:<hex>` or the CID.
 */
export declare function formatDigest(digest: Digest): string;
export {};
