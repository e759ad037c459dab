/**
 * The only place where bytes become verified. A {@link VerifiedFile} cannot be made anywhere else, and the store
 * promotes nothing else, so the compiler keeps unverified bytes away from final paths.
 */
import { createHash } from 'node:crypto'
import type { Sha256Hex } from './digest.ts'
import { R3mesError } from './errors.ts'
import type { Followed, HashThread } from './hash-thread.ts'

const minted = new WeakSet<VerifiedFile>()

/**
 * A file on this disk whose every byte was hashed by this process and matched the approved digest. Under `verify: changed` alone,
 * and only where `checkedAt` says so, by an earlier one, and unchanged since then.
 */
export interface VerifiedFile {
  readonly path: string
  readonly sha256: Sha256Hex
  readonly size: number
  /** When an earlier process hashed it; undefined when this one did. */
  readonly checkedAt?: Date
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

/** @throws R3mesError `SIZE_MISMATCH` */
function assertSize({ size }: Expected, found: number): void {
  if (size === undefined || found === size) return
  throw new R3mesError('SIZE_MISMATCH', `The content has ${found} bytes, but ${size} were approved.`)
}

/** @throws R3mesError `DIGEST_MISMATCH` */
function mint({ sha256 }: Expected, path: string, size: number, found: string): VerifiedFile {
  if (found !== sha256) {
    throw new R3mesError('DIGEST_MISMATCH', `The content has SHA-256 ${found}, but ${sha256} was approved.`)
  }
  const file: VerifiedFile = Object.freeze({ path, sha256, size })
  minted.add(file)
  return file
}

/**
 * The other door, for the store alone: a file that an earlier process hashed and wrote down, and whose device, inode, size and
 * times are those of then. Who asks for `verify: changed` accepts what docs/store.md says about it; nobody else comes here.
 *
 * @param checkedAt when it was hashed
 */
export function verifiedEarlier(
  sha256: Sha256Hex,
  path: string,
  size: number,
  checkedAt: Date,
): VerifiedFile {
  const file: VerifiedFile = Object.freeze({ path, sha256, size, checkedAt })
  minted.add(file)
  return file
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
    assertSize(this.#expected, this.#size)
    return mint(this.#expected, path, this.#size, this.#hash.digest('hex'))
  }

  /** The same verified bytes under another path of this store: after a rename or a link of the very file. */
  static moved(file: VerifiedFile, path: string): VerifiedFile {
    assertVerified(file)
    const there: VerifiedFile = Object.freeze({ ...file, path })
    minted.add(there)
    return there
  }
}

/**
 * Hashes a file on this disk while it is being written, behind its writer and in another thread, and says in the end
 * whether its bytes are the approved ones.
 */
export class FollowingVerifier {
  readonly #expected: Expected
  readonly #followed: Followed
  #reached = 0

  /**
   * @param fd of the file, open for reading; stays open until `finish` or `stop` has come back
   */
  constructor(expected: Expected, fd: number, thread: HashThread) {
    this.#expected = expected
    this.#followed = thread.follow(fd)
  }

  /** Everything before `frontier` is written and will not change. */
  reach(frontier: number): void {
    if (frontier <= this.#reached) return
    this.#reached = frontier
    this.#followed.reach(frontier)
  }

  /**
   * @param path where exactly this file lies
   * @param size its bytes
   * @throws R3mesError `SIZE_MISMATCH`, `DIGEST_MISMATCH`, `STORE_CORRUPT` when the file cannot be read
   */
  async finish(path: string, size: number): Promise<VerifiedFile> {
    assertSize(this.#expected, size)
    const found = await this.#followed.finish(size).catch((cause: unknown) => {
      throw new R3mesError(
        'STORE_CORRUPT',
        'A partial file of the store could not be read while it was checked. Find out which program writes below `home`, then run again.',
        { cause, detail: `${path}: ${cause instanceof Error ? cause.message : String(cause)}` },
      )
    })
    return mint(this.#expected, path, size, found)
  }

  /** Ends the hashing. Comes back when nothing reads the file any more. */
  async stop(): Promise<void> {
    await this.#followed.stop()
  }
}
