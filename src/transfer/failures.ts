/**
 * Failures of hosts and disks as R3mesErrors. Pure.
 */
import { errors } from 'undici'
import { R3mesError, type SourceName } from '../core/index.ts'
import { transient } from './retry.ts'

const SOURCE_TITLES: Readonly<Record<SourceName, string>> = {
  cache: 'The Actions cache',
  huggingface: 'The HuggingFace hub',
  ipfs: 'The IPFS gateway',
  http: 'The HTTP host',
}

/** The subject of a sentence about an origin: our own words. */
export function sourceTitle(source: SourceName): string {
  return SOURCE_TITLES[source]
}

const ASK_ANOTHER = 'Another source has to have it.'

/** An origin that does not have the bytes, or whose answer is of no use. Asking again changes nothing. */
export function unusable(source: SourceName, what: string, detail: string): R3mesError {
  return new R3mesError('SOURCES_EXHAUSTED', `${sourceTitle(source)} ${what}. ${ASK_ANOTHER}`, { detail })
}

/** A body that ended before it was all there. */
export function endedEarly(source: SourceName, bytes: number, exact: number, detail: string): R3mesError {
  return transient(
    new R3mesError(
      'SOURCES_EXHAUSTED',
      `${sourceTitle(source)} ended after ${bytes} of ${exact} bytes. Check the network, or add another source.`,
      { detail },
    ),
  )
}

const TLS_CODES =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$)/
const TIMEOUT_WORDS: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'could not be connected to in time',
  UND_ERR_HEADERS_TIMEOUT: 'accepted the request and then said nothing',
  UND_ERR_BODY_TIMEOUT: 'stopped sending in the middle, or went on with next to nothing',
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined
}

/**
 * What a request or a body threw, as the error of its origin. Lost connections and timeouts are transient, bad
 * certificates are not.
 *
 * @param detail where it happened, for people
 * @returns an R3mesError and anything without a code (a bug of ours) as it is
 */
export function networkFailure(thrown: unknown, source: SourceName, detail: string): unknown {
  if (thrown instanceof R3mesError) return thrown
  // undici gives not all of these a code.
  const code = codeOf(thrown) ?? (thrown instanceof errors.HTTPParserError ? 'HPE' : undefined)
  if (!(thrown instanceof Error) || code === undefined) return thrown
  const options = { cause: thrown, detail: `${detail}: ${code}: ${thrown.message}` }
  if (TLS_CODES.test(code)) {
    return new R3mesError(
      'SOURCES_EXHAUSTED',
      `${sourceTitle(source)} shows a certificate that is not trusted. If it belongs to your own certificate authority, name its file in NODE_EXTRA_CA_CERTS.`,
      options,
    )
  }
  const words = TIMEOUT_WORDS[code] ?? 'could not be reached, or the connection was lost'
  return transient(
    new R3mesError(
      'SOURCES_EXHAUSTED',
      `${sourceTitle(source)} ${words}. Check the network and the proxy settings, or add another source.`,
      options,
    ),
  )
}

/**
 * What the file system said about a partial file.
 *
 * @returns an R3mesError `DISK_FULL`, `STORE_UNSAFE` or `STORE_NOT_WRITABLE`
 */
export function diskFailure(thrown: unknown, path: string): R3mesError {
  const code = codeOf(thrown)
  const options = {
    cause: thrown,
    detail: `${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
  }
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new R3mesError(
      'DISK_FULL',
      `The disk, the quota of this user or the limit on the size of its files is used up (${code}). Free some space or move the store with \`home\`.`,
      options,
    )
  }
  if (code === 'ELOOP' || code === 'EMLINK') {
    return new R3mesError(
      'STORE_UNSAFE',
      'A partial file of the store is a symbolic link. Remove it, and find out who made it.',
      options,
    )
  }
  return new R3mesError(
    'STORE_NOT_WRITABLE',
    'A partial file of the store cannot be written. Check the permissions of the store, or move it with `home`.',
    options,
  )
}
