/**
 * Where the parts of a file come together: each is written to its place, noted in the journal, and hashed by another thread
 * as soon as everything before it is there.
 */
import { type Expected, FollowingVerifier, type HashThread, type VerifiedFile } from '../core/index.ts'
import { type ByteRange, ByteRanges } from './byte-ranges.ts'
import { type Contributor, Journal, type Leftover, removeJournal } from './journal.ts'
import { PartialFile } from './partial-file.ts'

/** What lands, and how people are told. */
export interface Cargo {
  readonly path: string
  readonly expected: Expected
  readonly contributor: Contributor
  readonly hashThread: HashThread
  /** Whether a later attempt may go on where this one ended. */
  readonly mayResume: boolean
  readonly onProgress: (bytes: number) => void
  /** Told of bytes as they land, so many at a time. */
  readonly onReceived: (bytes: number) => void
}

export class Landing {
  readonly #cargo: Cargo
  readonly #file: PartialFile
  readonly #verifier: FollowingVerifier
  readonly #written: ByteRanges
  readonly #journal: Journal | undefined
  #isOver = false

  private constructor(cargo: Cargo, file: PartialFile, written: ByteRanges, journal: Journal | undefined) {
    this.#cargo = cargo
    this.#file = file
    this.#written = written
    this.#journal = journal
    this.#verifier = new FollowingVerifier(cargo.expected, file.fd, cargo.hashThread)
    this.#verifier.reach(written.frontier)
    journal?.contributor(cargo.contributor)
  }

  /**
   * Begins with an empty file.
   *
   * @param total bytes of the file, undefined when nobody knows
   * @throws R3mesError `DISK_FULL`, `STORE_UNSAFE`, `STORE_NOT_WRITABLE`
   */
  static async begin(cargo: Cargo, total: number | undefined): Promise<Landing> {
    const file = await PartialFile.open(cargo.path)
    try {
      await removeJournal(cargo.path)
      if (total !== undefined) await file.resize(total)
      const isJournaled = cargo.mayResume && total !== undefined
      const journal = isJournaled ? Journal.begin(cargo.path, total) : undefined
      return new Landing(cargo, file, new ByteRanges(), journal)
    } catch (thrown) {
      await file.discard()
      throw thrown
    }
  }

  /**
   * Goes on where an earlier attempt ended.
   *
   * @throws R3mesError `STORE_UNSAFE`, `STORE_NOT_WRITABLE`
   */
  static async resume(cargo: Cargo, leftover: Leftover): Promise<Landing> {
    const file = await PartialFile.open(cargo.path, { keep: true })
    return new Landing(cargo, file, leftover.written, Journal.resume(cargo.path))
  }

  /** What a file of `total` bytes still lacks. */
  missing(total: number): readonly ByteRange[] {
    return this.#written.missing(total)
  }

  /** @throws R3mesError `DISK_FULL`, `STORE_NOT_WRITABLE` */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    this.#cargo.onReceived(bytes.byteLength)
    await this.#file.write(bytes, position)
    const range = { start: position, end: position + bytes.byteLength }
    this.#journal?.wrote(range)
    this.#written.add(range)
    this.#verifier.reach(this.#written.frontier)
    this.#cargo.onProgress(this.#written.size)
  }

  /**
   * Closes the file when its bytes are the approved ones. Nothing may be written any more. A journal stays beside it, so that
   * nothing is lost when the process ends before the file has its name.
   *
   * @throws R3mesError `SIZE_MISMATCH`, `DIGEST_MISMATCH`, `DISK_FULL`, `STORE_NOT_WRITABLE`, `STORE_CORRUPT`
   */
  async finish(size: number): Promise<VerifiedFile> {
    const { path, onProgress } = this.#cargo
    const verified = await this.#verifier.finish(path, size)
    this.#isOver = true
    this.#journal?.close()
    await this.#file.close()
    onProgress(verified.size)
    return verified
  }

  /** Ends without the file. What is there stays for a later attempt where that is possible and `keep` says so. */
  async end(keep: boolean): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    await this.#verifier.stop()
    this.#journal?.close()
    if (keep && this.#journal !== undefined && this.#written.size > 0) {
      await this.#file.close().catch(() => undefined)
    } else await this.#file.discard()
  }
}
