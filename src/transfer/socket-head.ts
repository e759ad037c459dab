/**
 * Reads the head of an HTTP/1.1 answer, and only of a plain one: what is out of the ordinary is left to the full client.
 * Everything here is the host's. Pure.
 */
import type { Headers } from './answer-head.ts'

/** A head is a few hundred bytes; what is longer is not for us. */
export const MOST_HEAD_BYTES = 16 * 1024

/** Everything, or the part that was asked for. */
export type WantedStatus = 200 | 206

export interface PlainHead {
  readonly status: number
  readonly headers: Headers
  /** Bytes of the body that follows; 0 for an answer of another status than the wanted one. */
  readonly length: number
  /** The connection may be used again after the body. */
  readonly isKept: boolean
}

/** An answer that only the full client can read. Never leaves this room. */
export class Unusual extends Error {
  override readonly name = 'Unusual'
}

const END = Buffer.from('\r\n\r\n')
const STATUS_LINE = /^HTTP\/1\.1 ([2-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*$/

/**
 * Where the head ends, its blank line included; undefined when it is not all there.
 *
 * @throws Unusual when it is longer than it may be
 */
export function endOfHead(bytes: Buffer): number | undefined {
  const at = bytes.indexOf(END)
  if (at === -1 ? bytes.length > MOST_HEAD_BYTES : at > MOST_HEAD_BYTES)
    throw new Unusual('the head is too long')
  return at === -1 ? undefined : at + END.length
}

function headersOf(lines: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = Object.create(null)
  for (const line of lines) {
    const [, name = '', value = ''] = HEADER.exec(line) ?? []
    if (name === '') throw new Unusual('a header line is not plain')
    const key = name.toLowerCase()
    const before = headers[key]
    headers[key] = before === undefined ? value : [before, value].flat()
  }
  return headers
}

/** Each of them changes what the bytes after the head mean. */
const REFRAMING = ['transfer-encoding', 'trailer', 'upgrade']

/**
 * @param bytes the head, its blank line included
 * @param wanted the status of an answer whose body is read
 * @throws Unusual for what is no HTTP/1.1 answer, and for bodies that are not so many bytes, as they are
 */
export function parsePlainHead(bytes: Buffer, wanted: WantedStatus): PlainHead {
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, bytes.length - END.length).split('\r\n')
  const status = STATUS_LINE.exec(statusLine)?.[1]
  if (status === undefined) throw new Unusual('the status line is not plain')
  const headers = headersOf(lines)
  // What a refusal says besides is not read, so its form does not matter.
  if (status !== String(wanted)) return { status: Number(status), headers, length: 0, isKept: false }
  if (REFRAMING.some((name) => name in headers)) throw new Unusual('the body is framed in another way')
  const length = headers['content-length']
  if (typeof length !== 'string' || !/^[0-9]{1,15}$/.test(length)) throw new Unusual('the length is not said')
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') throw new Unusual('the body is encoded')
  const connection = headers['connection'] ?? 'keep-alive'
  return {
    status: wanted,
    headers,
    length: Number(length),
    isKept: typeof connection === 'string' && connection.toLowerCase() === 'keep-alive',
  }
}
