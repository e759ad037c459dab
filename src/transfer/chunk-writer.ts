import { type Buffers, DoubleBuffer } from './buffers.ts'

/** Writes chunks about a MiB at a time, while the next ones come. */
export class ChunkWriter {
  readonly #memory: DoubleBuffer
  readonly #write: (bytes: Uint8Array, position: number) => Promise<void>
  #position: number

  /** @param position in the file, of the first chunk */
  constructor(
    buffers: Buffers,
    write: (bytes: Uint8Array, position: number) => Promise<void>,
    position: number,
  ) {
    this.#memory = new DoubleBuffer(buffers)
    this.#write = write
    this.#position = position
  }

  /** @throws what an earlier write threw */
  async add(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.byteLength; ) {
      const place = this.#memory.nextPlace()
      const taken = chunk.subarray(at, at + place.length)
      place.set(taken)
      this.#memory.fill(taken.byteLength)
      at += taken.byteLength
      if (this.#memory.isFull) await this.#flush()
    }
  }

  /**
   * Comes back when everything is written, and frees the memory. To be called once.
   *
   * @throws what a write threw
   */
  async end(): Promise<void> {
    try {
      await this.#flush()
      await this.#memory.settled()
    } finally {
      await this.#memory.free()
    }
  }

  async #flush(): Promise<void> {
    await this.#memory.settled()
    if (this.#memory.pending.length === 0) return
    this.#memory.swap(
      async (bytes) => {
        await this.#write(bytes, this.#position)
        this.#position += bytes.byteLength
      },
      () => undefined,
    )
  }
}
