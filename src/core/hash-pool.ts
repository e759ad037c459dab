/** Threads for hashing whole files that nobody writes any more, as many as the machine has processors. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Sha256Hex } from './digest.ts'
import { inOneText } from './path-list.ts'

/** What hashing a file found. Links are never followed, and pipes keep nobody waiting. */
export type HashedFile =
  | {
      readonly kind: 'hashed'
      readonly sha256: Sha256Hex
      readonly dev: bigint
      readonly ino: bigint
      readonly size: bigint
      readonly mtimeNs: bigint
      readonly ctimeNs: bigint
    }
  /** It was not the same file after as before, so nothing is known. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'absent' }
  /** A link, a folder, a socket. */
  | { readonly kind: 'irregular' }
  | { readonly kind: 'unreadable'; readonly errno: string }

/** What a thread is told: one list of files at a time. */
export interface HashFilesOrder {
  /** Paths in one text: see path-list.ts. */
  readonly paths: string
}

/** What a thread says: one entry for each path, in order. */
export interface HashFilesReport {
  readonly files: readonly HashedFile[]
}

/** What threads share: the bytes that one has hashed, and whether all shall stop. */
export interface HashFilesShared {
  readonly hashed: BigInt64Array
  readonly stopped: Int32Array
}

interface Task {
  readonly paths: readonly string[]
  readonly settle: (files: readonly HashedFile[]) => void
  readonly fail: (reason: unknown) => void
}

interface Thread {
  readonly worker: Worker
  readonly hashed: BigInt64Array
  task: Task | undefined
}

export interface HashPoolOptions {
  /** Default: one for each processor. */
  readonly threads?: number
  readonly signal?: AbortSignal | undefined
}

/** The sources run as they are; in a bundle this module is in the output folder or in `chunks/` below it. */
function workerUrl(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./hash-files-worker.ts', import.meta.url)
  const beside = new URL('./hash-files-worker.js', import.meta.url)
  return existsSync(beside) ? beside : new URL('../hash-files-worker.js', import.meta.url)
}

/**
 * Hashes files on all processors. Threads start when there is work for them, and end with `close`.
 */
export class HashPool implements AsyncDisposable {
  readonly #most: number
  readonly #signal: AbortSignal | undefined
  readonly #stopped = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  readonly #threads = new Set<Thread>()
  readonly #waiting: Task[] = []
  readonly #stop = (): void => {
    Atomics.store(this.#stopped, 0, 1)
    for (const { fail } of this.#waiting.splice(0)) fail(this.#signal?.reason)
  }
  #hashedBefore = 0n

  constructor({ threads = availableParallelism(), signal }: HashPoolOptions = {}) {
    this.#most = Math.max(1, threads)
    this.#signal = signal
    signal?.addEventListener('abort', this.#stop)
  }

  /** Bytes hashed so far. */
  get bytes(): number {
    const running = [...this.#threads].reduce((sum, { hashed }) => sum + Atomics.load(hashed, 0), 0n)
    return Number(this.#hashedBefore + running)
  }

  /**
   * Hashes files one after the other on one thread. Small ones are worth giving in one list.
   *
   * @returns one entry for each path, in order
   * @throws the reason of the signal once it is aborted
   */
  hash(paths: readonly string[]): Promise<readonly HashedFile[]> {
    return new Promise((settle, fail) => {
      if (this.#signal?.aborted === true) {
        fail(this.#signal.reason)
        return
      }
      this.#waiting.push({ paths, settle, fail })
      this.#assign()
    })
  }

  /** Ends the threads. What still waits is never answered: close when everything came back, or nobody cares. */
  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#stop)
    Atomics.store(this.#stopped, 0, 1)
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const idle = [...this.#threads].find(({ task }) => task === undefined) ?? this.#start()
      if (idle === undefined) return
      idle.task = this.#waiting.shift()
      if (idle.task === undefined) return
      idle.worker.postMessage({ paths: inOneText(idle.task.paths) } satisfies HashFilesOrder)
    }
  }

  #start(): Thread | undefined {
    if (this.#threads.size >= this.#most) return undefined
    const hashed = new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT))
    const shared: HashFilesShared = { hashed, stopped: this.#stopped }
    // What such a thread needs is little; a machine of many processors has many of them.
    const worker = new Worker(workerUrl(), {
      workerData: shared,
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    })
    const thread: Thread = { worker, hashed, task: undefined }
    this.#threads.add(thread)
    worker.on('message', ({ files }: HashFilesReport) => this.#finished(thread, files))
    worker.on('error', (error: Error) => this.#lost(thread, error))
    worker.on('exit', () => this.#lost(thread, new Error('a hashing thread has ended')))
    return thread
  }

  #finished(thread: Thread, files: readonly HashedFile[]): void {
    const { task } = thread
    thread.task = undefined
    // What was cut off by the signal is no finding.
    if (this.#signal?.aborted === true) task?.fail(this.#signal.reason)
    else task?.settle(files)
    this.#assign()
  }

  #lost(thread: Thread, error: Error): void {
    if (!this.#threads.delete(thread)) return
    this.#hashedBefore += Atomics.load(thread.hashed, 0)
    thread.task?.fail(error)
    if (Atomics.load(this.#stopped, 0) === 0) this.#assign()
  }
}
