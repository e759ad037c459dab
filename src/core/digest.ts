import { R3mesError } from './errors.ts'

declare const brand: unique symbol

/** 64 lower-case hex characters. */
export type Sha256Hex = string & { readonly [brand]: 'Sha256Hex' }

/**
 * What a chain approved an artifact by. The kind comes from the approved record alone, never from what a host serves.
 * - `sha256`: the SHA-256 of the one file
 * - `manifest`: the SHA-256 of an artifact manifest, which names the files
 * - `cid`: an IPFS CID, when the record has no SHA-256
 */
export type Digest =
  | { readonly kind: 'sha256'; readonly hex: Sha256Hex }
  | { readonly kind: 'manifest'; readonly hex: Sha256Hex }
  | { readonly kind: 'cid'; readonly cid: string }

const HEX64 = /^[0-9a-f]{64}$/

export function isSha256Hex(text: string): text is Sha256Hex {
  return HEX64.test(text)
}

/**
 * Reads the text of a record's `checksum` or `verification_sha256`. Upper-case hex is accepted and lowered.
 *
 * @returns undefined for the empty text: the record names no SHA-256.
 * @throws R3mesError `DIGEST_WEAK` for `tree:…`, `DIGEST_INVALID` for any other length or alphabet.
 */
export function parseChecksum(text: string): Extract<Digest, { kind: 'sha256' | 'manifest' }> | undefined {
  if (text === '') return undefined
  if (text.startsWith('tree:')) {
    throw new R3mesError(
      'DIGEST_WEAK',
      'The approved digest is a tree digest, which two different folders can share. Approve an artifact manifest instead: `r3mes manifest` writes one.',
    )
  }
  const isManifest = text.startsWith('manifest:')
  const hex = (isManifest ? text.slice('manifest:'.length) : text).toLowerCase()
  if (!isSha256Hex(hex)) {
    throw new R3mesError(
      'DIGEST_INVALID',
      'The approved digest is not 64 hexadecimal characters, with or without `manifest:` before them. The record has to be approved again with a correct one.',
      { detail: text },
    )
  }
  return { kind: isManifest ? 'manifest' : 'sha256', hex }
}

/**
 * A digest for people and receipts: `sha256:<hex>`, `manifest:<hex>` or the CID.
 */
export function formatDigest(digest: Digest): string {
  return digest.kind === 'cid' ? digest.cid : `${digest.kind}:${digest.hex}`
}
