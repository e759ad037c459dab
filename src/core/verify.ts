/**
 * The only place where bytes become verified. A {@link VerifiedFile} cannot be made anywhere else, and the store
 * promotes nothing else, so the compiler keeps unverified bytes away from final paths.
 */
import { createHash } from 'node:crypto'
import type { Sha256Hex } from './digest.ts'
import { R3mesError } from './errors.ts'

const minted = new WeakSet<VerifiedFile>()

/** A file on this disk whose every byte was hashed by this process and matched the approved digest. */
export interface VerifiedFile {
  readonly path: string
  readonly sha256: Sha256Hex
  readonly size: number
}

/** Guards the door at run time too: library users may not have a type checker. */
export function assertVerified(file: VerifiedFile): void {
  if (!minted.has(file)) throw new TypeError('Only a file that passed a Verifier can be promoted')
}

/** What a file must be. `size` is in bytes, undefined when nobody approved one. */
export interface Expected {
  readonly sha256: Sha256Hex
  readonly size?: number
}

/** Hashes the bytes of one file in order and says in the end whether they are the approved ones. */
export class Verifier {
  readonly #hash = createHash('sha256')
  readonly #expected: Expected
  #size = 0

  constructor(expected: Expected) {
    this.#expected = expected
  }

  get bytes(): number {
    return this.#size
  }

  /** @throws R3mesError `SIZE_MISMATCH` as soon as there are more bytes than were approved */
  update(chunk: Uint8Array): void {
    this.#size += chunk.byteLength
    const { size } = this.#expected
    if (size !== undefined && this.#size > size) {
      throw new R3mesError('SIZE_MISMATCH', `The content is longer than the approved ${size} bytes.`)
    }
    this.#hash.update(chunk)
  }

  /**
   * @param path where exactly these bytes lie
   * @throws R3mesError `SIZE_MISMATCH`, `DIGEST_MISMATCH`
   */
  finish(path: string): VerifiedFile {
    const { sha256, size } = this.#expected
    if (size !== undefined && this.#size !== size) {
      throw new R3mesError('SIZE_MISMATCH', `The content has ${this.#size} bytes, but ${size} were approved.`)
    }
    const found = this.#hash.digest('hex')
    if (found !== sha256) {
      throw new R3mesError('DIGEST_MISMATCH', `The content has SHA-256 ${found}, but ${sha256} was approved.`)
    }
    const file: VerifiedFile = Object.freeze({ path, sha256, size: this.#size })
    minted.add(file)
    return file
  }

  /** The same verified bytes under another path of this store: after a rename or a link of the very file. */
  static moved(file: VerifiedFile, path: string): VerifiedFile {
    assertVerified(file)
    const there: VerifiedFile = Object.freeze({ ...file, path })
    minted.add(there)
    return there
  }
}
