/**
 * One HTTP/1.1 connection that reads bodies straight into memory of its own. No stream, and no parser on the body.
 */
import type { Socket } from 'node:net'
import { errors } from 'undici'
import { type Buffers, DoubleBuffer, type WriteBody } from './buffers.ts'
import type { Connectors } from './dispatchers.ts'
import { LEAST_SPEED } from './request.ts'
import { connected, lost } from './socket-connect.ts'
import { endOfHead, type PlainHead, parsePlainHead, type WantedStatus } from './socket-head.ts'

/** Milliseconds. */
export interface Patience {
  /** From a request to the head of its answer. */
  readonly answerMs: number
  /** Over which a body has to move on. */
  readonly stallMs: number
}

/** What becomes of a body. */
export interface Receiver {
  readonly write: WriteBody
  /** How many more bytes are wanted. May become less on the way. */
  readonly wanted: () => number
  /** Told of bytes as they come, before they are written. */
  readonly took: (bytes: number) => void
}

type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'head'; readonly wanted: WantedStatus; readonly arrived: (head: PlainHead) => void }
  | { readonly kind: 'judged'; readonly head: PlainHead }
  | { readonly kind: 'body'; readonly to: Receiver; left: number; readonly ended: () => void }
  /** Everything has come, and is being written. */
  | { readonly kind: 'ending'; readonly to: Receiver; readonly ended: () => void }

function asError(thrown: unknown): Error {
  return thrown instanceof RangeError || !(thrown instanceof Error) ? lost(String(thrown)) : thrown
}

export class SocketConnection {
  readonly #patience: Patience
  readonly #memory: DoubleBuffer
  readonly #signal: AbortSignal
  readonly #onAbort = (): void => this.#end(asError(this.#signal.reason))
  #socket: Socket | undefined
  #state: State = { kind: 'idle' }
  /** Reading has stopped because the disk is behind. */
  #isHeld = false
  /** It had, since the last look at the host's speed. */
  #wasHeld = false
  #reject: ((reason: Error) => void) | undefined
  #failure: Error | undefined

  private constructor(patience: Patience, buffers: Buffers, signal: AbortSignal) {
    this.#patience = patience
    this.#memory = new DoubleBuffer(buffers)
    this.#signal = signal
  }

  /**
   * @param signal ends the connection, whatever it is doing
   * @throws what the connector threw; the signal's reason
   */
  static async open(
    url: URL,
    connect: Connectors['plain'],
    patience: Patience,
    buffers: Buffers,
    signal: AbortSignal,
  ): Promise<SocketConnection> {
    const connection = new SocketConnection(patience, buffers, signal)
    const connector = connect({
      buffer: () => connection.#memory.nextPlace(),
      callback: (bytes) => connection.#came(bytes),
    })
    try {
      connection.#adopt(await connected(connector, url, signal))
      return connection
    } catch (thrown) {
      await connection.close()
      throw thrown
    }
  }

  /** False once it ended or must not be used again. */
  get isUsable(): boolean {
    return this.#failure === undefined && this.#state.kind === 'idle'
  }

  /**
   * Sends a request and waits for the head of its answer. `receive` or `close` has to follow.
   *
   * @param wanted the status of an answer whose body will be read
   * @throws Unusual when the answer is not plain; an error with a code when the connection was lost
   */
  async ask(request: string, wanted: WantedStatus): Promise<PlainHead> {
    const timer = setTimeout(() => this.#end(new errors.HeadersTimeoutError()), this.#patience.answerMs)
    try {
      return await this.#waiting<PlainHead>((arrived) => {
        this.#state = { kind: 'head', wanted, arrived }
        // A body that ended while its reading was stopped has left it so.
        this.#resume()
        this.#socket?.ref().write(request, 'latin1')
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * Reads the body of the answer that `ask` returned. When less of it is wanted than the host sends, the connection ends.
   *
   * @throws an error with a code when the connection was lost or stood still; what `write` threw
   */
  async receive(to: Receiver): Promise<void> {
    if (this.#state.kind !== 'judged') throw new TypeError('No answer has arrived')
    const { head } = this.#state
    const stall = this.#watchForStall(head.length)
    try {
      await this.#waiting<void>((ended) => {
        this.#state = { kind: 'body', to, left: head.length, ended }
        if (this.#tookEarly()) this.#resume()
      })
      await this.#memory.settled()
      if (!head.isKept) this.#end(lost('the host ends the connection'))
    } finally {
      clearInterval(stall)
      // Until then the memory is not free, and nobody may ask for these bytes again.
      await this.#memory.settled()
    }
  }

  /** Until it is asked again, it does not keep the process alive. */
  rest(): void {
    this.#socket?.unref()
  }

  /** Ends the connection. Its memory is free when this comes back. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#end(lost('the connection was closed'))
    await this.#memory.free()
  }

  #adopt(socket: Socket): void {
    this.#socket = socket
    socket.on('error', (error) => this.#end(error))
    for (const event of ['end', 'close'] as const) {
      socket.on(event, () => this.#end(lost('the connection was lost')))
    }
    this.#signal.addEventListener('abort', this.#onAbort)
    if (this.#signal.aborted) this.#onAbort()
  }

  /** Gives the host's silence an end. Time in which the disk is waited for is not the host's. */
  #watchForStall(length: number): NodeJS.Timeout {
    const { stallMs } = this.#patience
    let before = length
    let since = performance.now()
    return setInterval(() => {
      if (this.#state.kind !== 'body') return
      const { left } = this.#state
      const now = performance.now()
      if (before - left < (now - since) * LEAST_SPEED && !this.#wasHeld) {
        this.#end(new errors.BodyTimeoutError())
      }
      this.#wasHeld = this.#isHeld
      before = left
      since = now
    }, stallMs)
  }

  #waiting<T>(begin: (settle: (value: T) => void) => void): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#reject = reject
    if (this.#failure !== undefined) reject(this.#failure)
    else {
      this.#guarded(() => {
        begin(resolve)
        return true
      })
    }
    return promise
  }

  #end(reason: Error): void {
    this.#failure ??= reason
    this.#socket?.destroy()
    // What has come already is whole, whatever becomes of the connection.
    if (this.#state.kind !== 'ending') this.#reject?.(this.#failure)
  }

  /** @returns what `work` returned, false after it threw, which ends the connection */
  #guarded(work: () => boolean): boolean {
    try {
      return work()
    } catch (thrown) {
      this.#end(asError(thrown))
      return false
    }
  }

  #resume(): void {
    this.#isHeld = false
    this.#socket?.resume()
  }

  /** @returns false to stop reading for now */
  #came(bytes: number): boolean {
    return this.#guarded(() => {
      const state = this.#state
      switch (state.kind) {
        case 'head':
          this.#memory.fill(bytes)
          return this.#tookHead(state)
        case 'judged':
          this.#memory.fill(bytes)
          return false
        case 'body': {
          const useful = Math.min(bytes, Math.max(0, state.to.wanted()))
          this.#memory.fill(bytes, useful)
          return this.#tookBody(state, bytes, useful)
        }
        default:
          throw lost('the host sent what nobody asked for')
      }
    })
  }

  #tookHead({ wanted, arrived }: Extract<State, { kind: 'head' }>): boolean {
    const { pending } = this.#memory
    const end = endOfHead(pending)
    if (end === undefined) return true
    const head = parsePlainHead(pending.subarray(0, end), wanted)
    this.#memory.skip(end)
    this.#state = { kind: 'judged', head }
    arrived(head)
    return false
  }

  /** What of the body came with its head. */
  #tookEarly(): boolean {
    const state = this.#state
    if (state.kind !== 'body') return false
    const came = this.#memory.pending.length
    const useful = Math.min(came, Math.max(0, state.to.wanted()))
    this.#memory.keep(useful)
    return this.#tookBody(state, came, useful)
  }

  #tookBody(state: Extract<State, { kind: 'body' }>, bytes: number, useful: number): boolean {
    if (bytes > state.left) throw lost('the host sent more than it announced')
    state.left -= bytes
    state.to.took(useful)
    const isWhole = state.left === 0
    if (isWhole || state.to.wanted() <= 0) {
      this.#state = { kind: 'ending', to: state.to, ended: state.ended }
      if (!isWhole) this.#end(lost('the rest is not wanted'))
      if (!this.#memory.isWriting) this.#writeRest()
      return isWhole
    }
    if (!this.#memory.isFull) return true
    this.#isHeld = this.#memory.isWriting
    this.#wasHeld ||= this.#isHeld
    if (!this.#isHeld) this.#memory.swap(state.to.write, () => this.#wrote())
    return !this.#isHeld
  }

  #wrote(): void {
    const state = this.#state
    if (this.#memory.failure !== undefined) {
      if (state.kind === 'ending') state.ended()
      else this.#end(asError(this.#memory.failure))
    } else if (state.kind === 'ending') {
      this.#writeRest()
    } else if (state.kind === 'body' && this.#failure === undefined) {
      if (this.#memory.isFull) this.#memory.swap(state.to.write, () => this.#wrote())
      if (this.#isHeld) this.#resume()
    }
  }

  #writeRest(): void {
    const state = this.#state
    if (state.kind !== 'ending') return
    const ended = (): void => {
      this.#state = { kind: 'idle' }
      state.ended()
    }
    if (this.#memory.pending.length === 0) ended()
    else this.#memory.swap(state.to.write, ended)
  }
}
