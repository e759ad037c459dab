/** Bytes that are written to the disk at once. */
export const WRITE_BYTES = 1024 * 1024
/** A read may go so far beyond that, so that none is small. */
const OVERRUN_BYTES = 64 * 1024
/** TLS goes on for a while after it was told to stop: one read of 64 KiB and a record. */
const SLACK_BYTES = OVERRUN_BYTES + 128 * 1024

/** The memory of connections, used again by later ones. */
export class Buffers {
  readonly #free: Buffer[] = []

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(WRITE_BYTES + SLACK_BYTES)
  }

  giveBack(buffer: Buffer): void {
    this.#free.push(buffer)
  }
}

/** Takes bytes in order; the memory may be used again once it has come back. */
export type WriteBody = (bytes: Uint8Array) => Promise<void>

/**
 * Two buffers: while one is written to the disk, the other one fills. Whoever fills them asks for `nextPlace`
 * before each read, but for the first read after a pause, which still goes where the pause began.
 */
export class DoubleBuffer {
  readonly #buffers: Buffers
  #filling: Buffer
  #resting: Buffer
  /** What lies in the buffer that fills, and is not written: bytes `from` to before `filled`. */
  #from = 0
  #filled = 0
  #place: Buffer
  #writing: Promise<void> | undefined
  #failure: unknown

  constructor(buffers: Buffers) {
    this.#buffers = buffers
    this.#filling = buffers.take()
    this.#resting = buffers.take()
    this.#place = this.#filling
  }

  /**
   * Hands out where the next read goes. Never nothing: a reader that has to stop is told so after a read, and keeps the place
   * for the time when it goes on.
   */
  nextPlace(): Buffer {
    const end = this.isFull ? this.#filling.length : Math.max(WRITE_BYTES, this.#filled + OVERRUN_BYTES)
    this.#place = this.#filling.subarray(this.#filled, end)
    return this.#place
  }

  /** What has come and is not written. */
  get pending(): Buffer {
    return this.#filling.subarray(this.#from, this.#filled)
  }

  /** Enough has come for a write. */
  get isFull(): boolean {
    return this.#filled >= WRITE_BYTES
  }

  get isWriting(): boolean {
    return this.#writing !== undefined
  }

  /**
   * Takes so many bytes that a read brought to the place that was handed out last.
   *
   * @param useful how many of them to keep
   * @throws RangeError when there is no room for them
   */
  fill(bytes: number, useful = bytes): void {
    const free = this.#filling.subarray(this.#filled)
    if (free.length < bytes) throw new RangeError('more came than there is room for')
    const isElsewhere = free.buffer !== this.#place.buffer || free.byteOffset !== this.#place.byteOffset
    if (isElsewhere) free.set(this.#place.subarray(0, useful))
    this.#filled += useful
  }

  /** Passes over the first bytes of `pending`: they are not to be written. */
  skip(bytes: number): void {
    this.#from += bytes
  }

  /** Keeps only the first bytes of `pending`. */
  keep(bytes: number): void {
    this.#filled = Math.min(this.#filled, this.#from + bytes)
  }

  /**
   * Begins to write what is pending, and lets the other buffer fill. Nothing may be being written.
   *
   * @param done called when it is written; whether it was says `settled`
   */
  swap(write: WriteBody, done: () => void): void {
    const { pending } = this
    const full = this.#filling
    this.#filling = this.#resting
    this.#resting = full
    this.#from = 0
    this.#filled = 0
    this.#writing = write(pending).then(
      () => {
        this.#writing = undefined
        done()
      },
      (thrown: unknown) => {
        this.#writing = undefined
        this.#failure ??= thrown
        done()
      },
    )
  }

  /**
   * Comes back when nothing is being written.
   *
   * @throws what a write threw
   */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
    if (this.#failure !== undefined) throw this.#failure
  }

  get failure(): unknown {
    return this.#failure
  }

  /** Frees the memory, once nothing is being written. To be called once. */
  async free(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
    for (const buffer of [this.#filling, this.#resting]) this.#buffers.giveBack(buffer)
  }
}
