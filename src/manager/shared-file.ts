/** Reading and replacing `cache_registry.json`, which other programs write whenever they like, in place and as a whole. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { writeWhole } from '../store/index.ts'
import { EMPTY, parseRegistry, type RegistryDocument } from './registry-text.ts'

/** Bytes. What is larger is no registry of a volume. */
const MOST_BYTES = 64 * 1024 * 1024
/** Milliseconds for which somebody may still be writing a file that cannot be read. */
const WRITING = 2_000
const LOOK_AGAIN = 25

/** What tells one text of the file from another. */
interface Seen {
  readonly dev: number
  readonly ino: number
  readonly size: number
  readonly mtimeMs: number
}

function isSame(one: Seen | undefined, other: Seen | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return (
    one.ino === other.ino && one.dev === other.dev && one.size === other.size && one.mtimeMs === other.mtimeMs
  )
}

/**
 * A text that was read, and the file that it was read from, kept open: its writer may not have been done. A plain descriptor: managers
 * are left behind without being disposed of.
 */
interface Read {
  readonly fd: number
  readonly seen: Seen
}

export type SharedText = RegistryDocument | 'damaged'

/** One registry file, as one process sees it over time. */
export class SharedFile {
  readonly #path: string
  #current: Read | undefined
  /** Whose place this process has taken. Who had it open then writes to nobody's file. */
  #replaced: Read | undefined
  #isRead = false

  constructor(path: string) {
    this.#path = path
  }

  /** Whether it is what was read, or written, last. */
  isUnchanged(): boolean {
    return this.#isRead && isSame(seenAt(this.#path), this.#current?.seen)
  }

  /** The registry as it stands there. A link counts as damage: it is not followed. */
  async read(): Promise<SharedText> {
    for (let looks = 0; ; looks += 1) {
      close(this.#current)
      this.#current = undefined
      this.#isRead = true
      const read = openRegistry(this.#path)
      if (read === undefined) return EMPTY
      if (read === 'damaged') return read
      this.#current = read
      const found = read.seen.size > MOST_BYTES ? undefined : parseRegistry(textOf(read.fd))
      if (found !== undefined) return found
      // The Python manager empties the file before it writes it.
      const isSettled = Date.now() - read.seen.mtimeMs > WRITING
      // A clock of another machine may be ahead of this one.
      if (isSettled || looks * LOOK_AGAIN > WRITING) return 'damaged'
      await pause(LOOK_AGAIN)
    }
  }

  /**
   * What somebody wrote to the file whose place this process took, after it had read it; undefined when there is nothing. To be asked
   * once in a while: the writer had the file open, and does not know.
   */
  lateWriting(): RegistryDocument | undefined {
    const late = this.#replaced
    if (late === undefined) return undefined
    const seen = seenOf(fstatSync(late.fd))
    if (isSame(seen, late.seen) || seen.size > MOST_BYTES) return undefined
    const found = parseRegistry(textOf(late.fd))
    if (found !== undefined) this.#replaced = { fd: late.fd, seen }
    return found
  }

  /**
   * Puts another text in its place in one step.
   *
   * @param stagingFolder where it grows
   * @returns false when somebody wrote to it since it was read: read it again
   */
  async replace(
    text: string,
    { stagingFolder, isDurable }: { readonly stagingFolder: string; readonly isDurable: boolean },
  ): Promise<boolean> {
    const before = this.#current
    const mode = before === undefined ? undefined : fstatSync(before.fd).mode & 0o777
    const isReplaced = await writeWhole(this.#path, [Buffer.from(text)], {
      stagingFolder,
      isDurable,
      ...(mode === undefined ? {} : { mode }),
      mayReplace: async () => isSame(seenAt(this.#path), before?.seen),
    })
    if (!isReplaced) return false
    close(this.#replaced)
    this.#replaced = before
    const written = openRegistry(this.#path)
    this.#current = written === 'damaged' ? undefined : written
    return true
  }

  close(): void {
    this.#isRead = false
    close(this.#current)
    close(this.#replaced)
    this.#current = undefined
    this.#replaced = undefined
  }
}

function seenOf({ dev, ino, size, mtimeMs }: Stats): Seen {
  return { dev, ino, size, mtimeMs }
}

function seenAt(path: string): Seen | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? undefined : seenOf(found)
}

/** From its beginning, however often it was read. */
function textOf(fd: number): string {
  const buffer = Buffer.alloc(fstatSync(fd).size)
  const bytes = readSync(fd, buffer, 0, buffer.length, 0)
  return buffer.subarray(0, bytes).toString('utf8')
}

function close(read: Read | undefined): void {
  if (read !== undefined) closeSync(read.fd)
}

function openRegistry(path: string): Read | 'damaged' | undefined {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
    if (code === 'ENOENT') return undefined
    if (code === 'ELOOP') return 'damaged'
    throw thrown
  }
  const found = fstatSync(fd)
  if (found.isFile()) return { fd, seen: seenOf(found) }
  closeSync(fd)
  return 'damaged'
}
