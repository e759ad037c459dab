import { createHash } from 'node:crypto'
import type { Sha256Hex } from './digest.ts'
import { R3mesError } from './errors.ts'

declare const brand: unique symbol

/**
 * A file whose bytes were hashed while they came, for which nobody had named a digest. It is no verified file, and no store keeps it
 * as it is: whoever decides to believe its digest hashes the file against that one.
 */
export interface LearnedFile {
  readonly path: string
  readonly sha256: Sha256Hex
  /** Bytes. */
  readonly size: number
  readonly [brand]: 'LearnedFile'
}

/** Hashes the bytes of one file in order and says in the end which they were. */
export class Learner {
  readonly #hash = createHash('sha256')
  #size = 0

  get bytes(): number {
    return this.#size
  }

  update(chunk: Uint8Array): void {
    this.#size += chunk.byteLength
    this.#hash.update(chunk)
  }

  /**
   * @param path where exactly these bytes lie
   * @throws R3mesError `SIZE_MISMATCH` when there were none
   */
  finish(path: string): LearnedFile {
    if (this.#size === 0) {
      throw new R3mesError('SIZE_MISMATCH', 'The content is empty. Check the URL: no model has zero bytes.')
    }
    return { path, sha256: this.#hash.digest('hex'), size: this.#size } as LearnedFile
  }
}
