/**
 * A thread of its own for SHA-256, so that hashing costs the thread that moves bytes nothing. One serves all files of a
 * run.
 */
import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

/** What the thread is told. Every file has an id of its own. */
export type HashOrder =
  | { readonly id: number; readonly kind: 'follow'; readonly fd: number }
  /** Everything before `to` is written for good. */
  | { readonly id: number; readonly kind: 'reach' | 'finish'; readonly to: number }
  | { readonly id: number; readonly kind: 'stop' }

export type HashReport =
  | { readonly id: number; readonly kind: 'digest'; readonly hex: string }
  | { readonly id: number; readonly kind: 'failed'; readonly reason: string }
  | { readonly id: number; readonly kind: 'stopped' }

/** The sources run as they are; in a bundle this module is in the output folder or in `chunks/` below it. */
function workerUrl(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./hash-worker.ts', import.meta.url)
  const beside = new URL('./hash-worker.js', import.meta.url)
  return existsSync(beside) ? beside : new URL('../hash-worker.js', import.meta.url)
}

/** One file that is hashed while it grows. */
export interface Followed {
  /** Everything before `to` is written for good, and may be read. */
  reach(to: number): void
  /** The digest of the file's first `to` bytes, in hex. Rejects when they cannot be read. */
  finish(to: number): Promise<string>
  /** Comes back when the thread no longer touches the file. */
  stop(): Promise<void>
}

type Waiting = { readonly settle: (report: HashReport) => void; readonly fail: (reason: Error) => void }

export class HashThread {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #lastId = 0

  /** @param fd stays open until the digest came or `stop` came back */
  follow(fd: number): Followed {
    const id = ++this.#lastId
    const worker = this.#start()
    const tell = (order: HashOrder): void => worker.postMessage(order)
    const ask = (order: HashOrder): Promise<HashReport> =>
      this.#worker === worker ? this.#answerTo(worker, order) : Promise.reject(gone())
    tell({ id, kind: 'follow', fd })
    return {
      reach: (to) => tell({ id, kind: 'reach', to }),
      finish: async (to) => {
        const report = await ask({ id, kind: 'finish', to })
        if (report.kind === 'digest') return report.hex
        throw new Error(report.kind === 'failed' ? report.reason : 'the hashing was stopped')
      },
      stop: async () => {
        // A thread that is gone touches nothing any more.
        await ask({ id, kind: 'stop' }).catch(() => undefined)
      },
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const worker = new Worker(workerUrl())
    worker.unref()
    worker.on('message', (report: HashReport) => this.#settle(worker, report))
    worker.on('error', (error: Error) => this.#lost(worker, error))
    worker.on('exit', () => this.#lost(worker, gone()))
    this.#worker = worker
    return worker
  }

  #answerTo(worker: Worker, order: HashOrder): Promise<HashReport> {
    return new Promise((settle, fail) => {
      // Whoever waits for a digest keeps the process; an idle thread does not.
      if (this.#waiting.size === 0) worker.ref()
      this.#waiting.get(order.id)?.fail(new Error('the hashing was stopped'))
      this.#waiting.set(order.id, { settle, fail })
      worker.postMessage(order)
    })
  }

  #settle(worker: Worker, report: HashReport): void {
    const waiting = this.#waiting.get(report.id)
    if (waiting === undefined) return
    this.#waiting.delete(report.id)
    if (this.#waiting.size === 0) worker.unref()
    waiting.settle(report)
  }

  #lost(worker: Worker, error: Error): void {
    if (this.#worker === worker) this.#worker = undefined
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { fail } of waiting) fail(error)
  }
}

function gone(): Error {
  return new Error('the hashing thread has ended')
}
