import { open } from 'node:fs/promises'

/** Bytes that are worth asking the disk for. */
const STEP_BYTES = 64 * 1024 * 1024

/** Brings to the disk what a file has so far. Never fails: whoever keeps the file syncs all of it. */
async function bringToDisk(path: string): Promise<void> {
  try {
    await using file = await open(path)
    await file.datasync()
  } catch {
    // Not there yet, or a system that syncs no file that was opened for reading.
  }
}

/**
 * Lets the disk work while large files come, so that the writing is not all left for their end: by itself a system begins
 * late. One file at a time, since each occupies one of few threads.
 */
export class WriteBehind {
  readonly #bringToDisk: (path: string) => Promise<void>
  #writing: Promise<void> | undefined

  /** @param write brings to the disk what a file has so far, and never rejects */
  constructor(write = bringToDisk) {
    this.#bringToDisk = write
  }

  /** @returns what is to be told how many bytes of the file at this path have come */
  of(path: string): (bytes: number) => void {
    let before = 0
    return (bytes) => {
      // Another source begins anew.
      before = Math.min(before, bytes)
      if (bytes - before < STEP_BYTES || this.#writing !== undefined) return
      before = bytes
      this.#writing = this.#bringToDisk(path).finally(() => {
        this.#writing = undefined
      })
    }
  }

  /** Resolves when no file is being brought to the disk: not every system renames one meanwhile. */
  async rests(): Promise<void> {
    await this.#writing
  }
}
