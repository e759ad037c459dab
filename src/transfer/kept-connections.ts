/**
 * Connections of our own that stay open between small files, and which hosts may be asked through them.
 */
import type { Buffers } from './buffers.ts'
import type { Connectors } from './dispatchers.ts'
import { lost } from './socket-connect.ts'
import { type Patience, SocketConnection } from './socket-connection.ts'

/**
 * Milliseconds for which an unused connection is kept. Shorter than what hosts bear (Node.js closes after 5 s), so that a request
 * seldom meets a connection that is just being closed.
 */
const KEPT_MS = 4_000

/** Milliseconds for which files wait for what the first one of their host finds out. */
const INTRODUCTION_MS = 1_000

interface Kept {
  readonly connection: SocketConnection
  /** Ends the connection. */
  readonly life: AbortController
  /** Monotonic milliseconds. */
  readonly since: number
}

/** A connection for one answer. */
export interface Lent {
  readonly connection: SocketConnection
  /** It has brought an answer before, so its host may have closed it in the meantime. */
  readonly isUsed: boolean
}

/** Which connections are alike. */
export interface Target {
  readonly url: URL
  /** Made under the rules for recorded hosts. */
  readonly isGuarded: boolean
}

function keyOf({ url, isGuarded }: Target): string {
  return `${isGuarded ? 'guarded' : 'plain'} ${url.origin}`
}

export class KeptConnections {
  readonly #connectors: Connectors
  readonly #patience: Patience
  readonly #buffers: Buffers
  /** By {@link keyOf}, the one that was used last at the end. */
  readonly #idle = new Map<string, Kept[]>()
  /** Of the connections that are in use. */
  readonly #lives = new Set<AbortController>()
  /** By `URL.host`: settled once the host has answered for the first time, or takes long to. */
  readonly #introductions = new Map<string, Promise<void>>()
  /** By `URL.host`; false once one of its answers was out of the ordinary. */
  readonly #isPlain = new Map<string, boolean>()
  #sweep: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(connectors: Connectors, patience: Patience, buffers: Buffers) {
    this.#connectors = connectors
    this.#patience = patience
    this.#buffers = buffers
  }

  /**
   * Lets the first file of a host go ahead. The others come back when it has its answer: otherwise each of them would open a
   * connection of the full client that nobody uses again.
   *
   * @returns to be called with the first answer, or after a failure
   */
  async introduced({ host }: URL): Promise<() => void> {
    const before = this.#introductions.get(host)
    if (before !== undefined) {
      await before
      return () => undefined
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#introductions.set(host, promise)
    const patience = setTimeout(resolve, INTRODUCTION_MS).unref()
    return () => {
      clearTimeout(patience)
      resolve()
    }
  }

  /** Whether the host has shown that its answers can be read from a connection of our own. */
  isPlain({ host }: URL): boolean {
    return this.#isPlain.get(host) ?? false
  }

  /** The full client got a plain answer. */
  foundPlain({ host }: URL): void {
    if (!this.#isPlain.has(host)) this.#isPlain.set(host, true)
  }

  /** For the rest of the run the host is the full client's. */
  foundUnusual({ host }: URL): void {
    this.#isPlain.set(host, false)
  }

  /** Something went wrong: the next answer of the host is the full client's. */
  foundBroken({ host }: URL): void {
    if (this.#isPlain.get(host) === true) this.#isPlain.delete(host)
  }

  /**
   * Lends a connection to `work`, and keeps it when it can be used again.
   *
   * @param signal ends the connection while it is lent
   * @throws what the connector or `work` threw; the signal's reason
   */
  async use<T>(
    target: Target,
    signal: AbortSignal | undefined,
    work: (lent: Lent) => Promise<T>,
  ): Promise<T> {
    if (this.#isClosed) throw lost('the network was closed')
    const key = keyOf(target)
    const kept = this.#take(key)
    const life = kept?.life ?? new AbortController()
    const onAbort = (): void => life.abort(signal?.reason)
    this.#lives.add(life)
    signal?.addEventListener('abort', onAbort)
    let connection = kept?.connection
    try {
      if (signal?.aborted === true) onAbort()
      connection ??= await this.#open(target, life.signal)
      return await work({ connection, isUsed: kept !== undefined })
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.#lives.delete(life)
      if (connection?.isUsable === true && !this.#isClosed) this.#keep(key, connection, life)
      else await connection?.close()
    }
  }

  /** Ends all connections, those in use as well. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#sweep)
    for (const life of this.#lives) life.abort(lost('the network was closed'))
    await this.#closeIdle(Number.POSITIVE_INFINITY)
  }

  #open({ url, isGuarded }: Target, signal: AbortSignal): Promise<SocketConnection> {
    const connect = isGuarded ? this.#connectors.guarded : this.#connectors.plain
    return SocketConnection.open(url, connect, this.#patience, this.#buffers, signal)
  }

  #take(key: string): Kept | undefined {
    const idle = this.#idle.get(key) ?? []
    const oldest = performance.now() - KEPT_MS
    for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
      if (kept.connection.isUsable && kept.since > oldest) return kept
      void kept.connection.close()
    }
    return undefined
  }

  #keep(key: string, connection: SocketConnection, life: AbortController): void {
    connection.rest()
    const idle = this.#idle.get(key) ?? []
    this.#idle.set(key, idle)
    idle.push({ connection, life, since: performance.now() })
    this.#sweepLater()
  }

  #sweepLater(): void {
    this.#sweep ??= setTimeout(() => {
      this.#sweep = undefined
      void this.#closeIdle(performance.now() - KEPT_MS)
      if (this.#idle.size > 0) this.#sweepLater()
    }, KEPT_MS).unref()
  }

  /** @param before closes what has not been used since then */
  async #closeIdle(before: number): Promise<void> {
    const old: Kept[] = []
    for (const [key, idle] of this.#idle) {
      const left = idle.filter(({ since }) => since > before)
      old.push(...idle.filter(({ since }) => since <= before))
      if (left.length > 0) this.#idle.set(key, left)
      else this.#idle.delete(key)
    }
    await Promise.all(old.map(({ connection }) => connection.close()))
  }
}
