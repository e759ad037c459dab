import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http'
import type { ClaimedFault } from './faults.ts'

type Done = (error?: Error | null) => void

/**
 * A response that can be given a fault. It stands below every endpoint, so that each kind of fault is made in one place
 * and handlers know nothing of it.
 */
export class FaultyResponse<R extends IncomingMessage = IncomingMessage> extends ServerResponse<R> {
  #claimed: ClaimedFault | undefined
  /** Body bytes that the handler has written. */
  #written = 0
  /** Body bytes that the handler announced. */
  #announced: number | undefined
  /** Nothing more leaves: the body stalled, or the connection is being ended. */
  #silent = false

  arm(claimed: ClaimedFault): void {
    this.#claimed = claimed
  }

  /** Under a fault the head waits for the first byte or the end: only then is it known what can be spoiled. */
  override writeHead(
    statusCode: number,
    ...rest: (string | OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined)[]
  ): this {
    if (this.#claimed === undefined) return this.#sendHead(statusCode, rest)
    for (const [name, value] of rest.flatMap(headerPairs)) this.setHeader(name, value)
    this.statusCode = statusCode
    return this
  }

  override write(chunk: string | Uint8Array, ...rest: (BufferEncoding | Done | undefined)[]): boolean {
    if (this.#claimed === undefined) return this.#passOn(chunk, rest)
    const encoding = rest.find((part) => typeof part === 'string')
    const done = rest.find((part) => typeof part === 'function')
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
    this.#openUnder(this.#claimed)
    const at = this.#written
    this.#written += bytes.length
    if (this.#silent) return false
    const { fault } = this.#claimed
    if (fault.kind === 'wrong-bytes') {
      return this.#passOn(withWrongByte(bytes, at, this.#announced, fault.at), [done])
    }
    if ((fault.kind === 'stall' || fault.kind === 'truncate') && this.#written > fault.after) {
      const kept = bytes.subarray(0, Math.max(0, fault.after - at))
      if (kept.length > 0) super.write(kept)
      else super.flushHeaders()
      this.#goSilent(fault.kind === 'truncate')
      return false
    }
    return this.#passOn(bytes, [done])
  }

  override end(...parts: (string | Uint8Array | BufferEncoding | (() => void) | undefined)[]): this {
    if (this.#claimed === undefined) return Reflect.apply(super.end, this, parts)
    const done = parts.find((part) => typeof part === 'function')
    const [chunk, encoding] = parts
    if (chunk !== undefined && typeof chunk !== 'function') {
      const body =
        typeof chunk === 'string' ? Buffer.from(chunk, isEncoding(encoding) ? encoding : 'utf8') : chunk
      this.#announceIfAll(body.length)
      if (body.length > 0) this.write(body)
    }
    this.#announceIfAll(0)
    this.#openUnder(this.#claimed)
    if (this.#silent) return this
    return done === undefined ? super.end() : super.end(done)
  }

  /** A body that comes in one piece has a length, as node gives it one. */
  #announceIfAll(length: number): void {
    if (!this.headersSent && !this.#silent && !this.hasHeader('content-length')) {
      this.setHeader('Content-Length', length)
    }
  }

  /** Sends the head, or whatever the fault makes of it. */
  #openUnder(claimed: ClaimedFault): void {
    if (this.headersSent || this.#silent) return
    const length = this.getHeader('content-length')
    this.#announced = length === undefined ? undefined : Number(length)
    const { fault } = claimed
    const bodyless = this.req.method === 'HEAD' || this.statusCode === 304 || this.#announced === 0
    if (bodyless && (fault.kind === 'stall' || fault.kind === 'truncate')) {
      this.#goSilent(fault.kind === 'truncate')
      return
    }
    if (fault.kind === 'wrong-length' && this.#announced !== undefined) {
      this.setHeader('Content-Length', Math.max(0, this.#announced + fault.by))
      // The lie ends with the connection; otherwise the client would wait for bytes of a healthy one.
      this.setHeader('Connection', 'close')
    }
    if (bodyless && fault.kind === 'wrong-bytes') claimed.release()
    this.#sendHead(this.statusCode, [])
  }

  #goSilent(hangUp: boolean): void {
    this.#silent = true
    // destroySoon: the bytes before the end still arrive.
    if (hangUp) this.socket?.destroySoon()
  }

  #sendHead(statusCode: number, rest: unknown[]): this {
    return Reflect.apply(super.writeHead, this, [statusCode, ...rest])
  }

  #passOn(chunk: string | Uint8Array, rest: unknown[]): boolean {
    return Reflect.apply(super.write, this, [chunk, ...rest.filter((part) => part !== undefined)])
  }
}

function isEncoding(part: unknown): part is BufferEncoding {
  return typeof part === 'string' && Buffer.isEncoding(part)
}

function headerPairs(
  part: string | OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined,
): [string, OutgoingHttpHeader][] {
  if (part === undefined || typeof part === 'string') return []
  if (!Array.isArray(part)) {
    return Object.entries(part).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  }
  const pairs: [string, OutgoingHttpHeader][] = []
  for (let at = 0; at + 1 < part.length; at += 2) pairs.push([String(part[at]), part[at + 1] ?? ''])
  return pairs
}

/** A copy with one bit turned over, when the byte at the asked place of the body lies in this chunk. */
function withWrongByte(
  bytes: Uint8Array,
  start: number,
  total: number | undefined,
  where: 'start' | 'middle' | 'end' = 'middle',
): Uint8Array {
  const last = Math.max(0, (total ?? 1) - 1)
  const target = { start: 0, middle: Math.floor(last / 2), end: last }[where] - start
  const byte = bytes[target]
  if (byte === undefined) return bytes
  const wrong = Uint8Array.from(bytes)
  wrong[target] = byte ^ 1
  return wrong
}
