/** CIDs of records and pins. Two spellings of one CID are equal: what counts is its bytes. */
import { base16, base16upper } from 'multiformats/bases/base16'
import { base32, base32upper } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { base64, base64url } from 'multiformats/bases/base64'
import { CID } from 'multiformats/cid'

const BASES = base58btc.decoder
  .or(base32.decoder)
  .or(base32upper.decoder)
  .or(base36.decoder)
  .or(base16.decoder)
  .or(base16upper.decoder)
  .or(base64.decoder)
  .or(base64url.decoder)

const MAX_LENGTH = 256

function parse(text: string): CID | undefined {
  const trimmed = text.trim()
  if (trimmed.length > MAX_LENGTH) return undefined
  try {
    // Version 0 has no base prefix; the parser knows it by its own form.
    return trimmed.startsWith('Qm') ? CID.parse(trimmed) : CID.parse(trimmed, BASES)
  } catch {
    return undefined
  }
}

/** The CID in its usual spelling (base58 for version 0, base32 for version 1), or undefined when the text is none. */
export function normaliseCid(text: string): string | undefined {
  const cid = parse(text)
  if (cid === undefined) return undefined
  return cid.version === 0 ? cid.toString() : cid.toV1().toString(base32)
}

/** Whether two texts are the same CID, by bytes; texts that are no CIDs are the same only when equal. */
export function isSameCid(a: string, b: string): boolean {
  const left = parse(a)
  const right = parse(b)
  if (left === undefined || right === undefined) return a.trim() === b.trim()
  return Buffer.from(left.toV1().bytes).equals(right.toV1().bytes)
}
