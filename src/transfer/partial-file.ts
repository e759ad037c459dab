/**
 * The file that a transfer writes into. Opened so that nobody can lead the bytes elsewhere, removed when they are of no
 * use.
 */
import { constants, type PathLike } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { diskFailure } from './failures.ts'

/** `open` of `node:fs/promises`. */
export type OpenFile = (path: PathLike, flags: number, mode: number) => Promise<FileHandle>

/** A symbolic link under this name is not followed (POSIX; Windows has no such flag and counts it as 0). */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW

export class PartialFile {
  readonly #handle: FileHandle
  readonly #path: string
  #size = 0

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle
    this.#path = path
  }

  /**
   * Creates the file, or empties the one that is there. Only this user may read it until it is promoted.
   *
   * @throws R3mesError `DISK_FULL`, `STORE_UNSAFE`, `STORE_NOT_WRITABLE`
   */
  static async open(path: string, openFile: OpenFile = open): Promise<PartialFile> {
    try {
      return new PartialFile(await openFile(path, FLAGS, 0o600), path)
    } catch (thrown) {
      throw diskFailure(thrown, path)
    }
  }

  /** @throws R3mesError `DISK_FULL`, `STORE_NOT_WRITABLE` */
  async append(chunk: Uint8Array): Promise<void> {
    try {
      let written = 0
      // A disk that is almost full takes a part and says so only at the next write.
      while (written < chunk.byteLength) {
        const { bytesWritten } = await this.#handle.write(
          chunk,
          written,
          chunk.byteLength - written,
          this.#size,
        )
        written += bytesWritten
        this.#size += bytesWritten
      }
    } catch (thrown) {
      throw diskFailure(thrown, this.#path)
    }
  }

  /**
   * Brings the bytes to the disk and closes the file. Network file systems report a full disk only here.
   *
   * @throws R3mesError `DISK_FULL`, `STORE_NOT_WRITABLE`
   */
  async finish(): Promise<void> {
    try {
      await this.#handle.sync()
      await this.#handle.close()
    } catch (thrown) {
      throw diskFailure(thrown, this.#path)
    }
  }

  /** Closes and removes the file. Never throws: the failure that led here is the one to report. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
    await rm(this.#path, { force: true }).catch(() => undefined)
  }
}
