/** Which digest a record approves. */
import { type Digest, parseChecksum, R3mesError } from '../core/index.ts'
import { isSameCid, normaliseCid } from './cid.ts'

/** What records say about one artifact's bytes. */
export interface DigestClaims {
  /** In checked words: `model 1.0.0` */
  readonly subject: string
  readonly checksum: string
  /** The CID of every record that speaks of this artifact, with our name for the record; empty ones say nothing. */
  readonly cids: readonly { readonly record: string; readonly cid: string }[]
}

export interface ApprovedDigest {
  readonly digest: Extract<Digest, { kind: 'sha256' | 'manifest' }>
  /** In its usual spelling. */
  readonly cid: string | undefined
  readonly notices: readonly string[]
}

/** The one CID that all records agree on, as they spell it. */
function agreedCid(claims: DigestClaims): string | undefined {
  const [first, ...others] = claims.cids.filter(({ cid }) => cid.trim() !== '')
  const other = others.find(({ cid }) => first !== undefined && !isSameCid(first.cid, cid))
  if (first !== undefined && other !== undefined) {
    throw new R3mesError(
      'REGISTRY_INCONSISTENT',
      `The registry's records disagree about the CID of ${claims.subject}: ${first.record} names another than ${other.record}. The registry has to settle which one is approved.`,
      { detail: `${first.cid} / ${other.cid}` },
    )
  }
  return first?.cid
}

/**
 * The digest that decides for an artifact. A SHA-256 decides wherever one is approved; a CID then only says where bytes
 * may be asked for.
 *
 * @throws R3mesError `DIGEST_MISSING`, `DIGEST_INVALID`, `DIGEST_WEAK`, `DIGEST_UNSUPPORTED`, `REGISTRY_INCONSISTENT`
 */
export function approvedDigest(claims: DigestClaims): ApprovedDigest {
  const { subject } = claims
  const cidText = agreedCid(claims)
  const cid = cidText === undefined ? undefined : normaliseCid(cidText)
  const digest = parseChecksum(claims.checksum.trim())
  if (digest !== undefined) {
    const isOdd = cidText !== undefined && cid === undefined
    const notices = isOdd ? [`The record of ${subject} names a CID that is none. It is not used.`] : []
    return { digest, cid, notices }
  }
  if (cidText === undefined) {
    throw new R3mesError(
      'DIGEST_MISSING',
      `The record of ${subject} approves no digest, so there is nothing to check its bytes against. It has to be approved again with a SHA-256.`,
    )
  }
  if (cid === undefined) {
    throw new R3mesError(
      'DIGEST_INVALID',
      `The record of ${subject} approves a CID that is none, and no SHA-256. It has to be approved again with a correct digest.`,
      { detail: cidText },
    )
  }
  throw new R3mesError(
    'DIGEST_UNSUPPORTED',
    `The record of ${subject} approves a CID and no SHA-256, which cannot be checked yet. It has to be approved again with a SHA-256.`,
    { detail: cid },
  )
}
