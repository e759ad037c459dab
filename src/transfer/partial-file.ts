/**
 * The file that a transfer writes into. Opened so that nobody can lead the bytes elsewhere, removed when they are of no
 * use.
 */
import { constants, type PathLike } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { diskFailure } from './failures.ts'
import { removeJournal } from './journal.ts'

/** `open` of `node:fs/promises`. */
export type OpenFile = (path: PathLike, flags: number, mode: number) => Promise<FileHandle>

export interface PartialFileOptions {
  readonly openFile?: OpenFile
  /** True: what is in the file already stays. */
  readonly keep?: boolean
}

/** A symbolic link under this name is not followed (POSIX; Windows has no such flag and counts it as 0). */
const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW

export class PartialFile {
  readonly path: string
  readonly #handle: FileHandle
  #end = 0

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle
    this.path = path
  }

  /**
   * Creates the file, or empties the one that is there. Only this user may read it until it is promoted.
   *
   * @throws R3mesError `DISK_FULL`, `STORE_UNSAFE`, `STORE_NOT_WRITABLE`
   */
  static async open(path: string, options: PartialFileOptions = {}): Promise<PartialFile> {
    const { openFile = open, keep = false } = options
    try {
      return new PartialFile(await openFile(path, keep ? FLAGS : FLAGS | constants.O_TRUNC, 0o600), path)
    } catch (thrown) {
      throw diskFailure(thrown, path)
    }
  }

  /** Descriptor of the open file. */
  get fd(): number {
    return this.#handle.fd
  }

  /**
   * Gives the file its final size, so that parts of it can be written in any order.
   *
   * @throws R3mesError `DISK_FULL`, `STORE_NOT_WRITABLE`
   */
  async resize(size: number): Promise<void> {
    try {
      await this.#handle.truncate(size)
    } catch (thrown) {
      throw diskFailure(thrown, this.path)
    }
  }

  /** @throws R3mesError `DISK_FULL`, `STORE_NOT_WRITABLE` */
  async append(chunk: Uint8Array): Promise<void> {
    await this.write(chunk, this.#end)
    this.#end += chunk.byteLength
  }

  /** @throws R3mesError `DISK_FULL`, `STORE_NOT_WRITABLE` */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    try {
      let written = 0
      // A disk that is almost full takes a part and says so only at the next write.
      while (written < bytes.byteLength) {
        const left = bytes.byteLength - written
        const { bytesWritten } = await this.#handle.write(bytes, written, left, position + written)
        written += bytesWritten
      }
    } catch (thrown) {
      throw diskFailure(thrown, this.path)
    }
  }

  /**
   * Closes the file. Network file systems report a full disk only here. Whoever gives the bytes a name brings them to the
   * disk.
   *
   * @throws R3mesError `DISK_FULL`, `STORE_NOT_WRITABLE`
   */
  async close(): Promise<void> {
    try {
      await this.#handle.close()
    } catch (thrown) {
      throw diskFailure(thrown, this.path)
    }
  }

  /** Closes and removes the file and its journal. Never throws: the failure that led here is the one to report. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
    await rm(this.path, { force: true }).catch(() => undefined)
    await removeJournal(this.path)
  }
}
