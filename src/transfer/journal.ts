/**
 * What is known about a partial file: which bytes were written, and whose they are. One line of JSON per event, only ever
 * appended, so that a process may end at any moment. A journal is believed by nobody: bytes that it names are hashed like
 * all others, and one that is torn, stale or forged costs time only.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { strongValidator } from './answer-rules.ts'
import { type ByteRange, ByteRanges } from './byte-ranges.ts'

/** A journal is a line for every MiB or so. What is larger is none. */
const MOST_BYTES = 16 * 1024 * 1024
const VERSION = 1
/** Each connection leaves a gap where it ended, and there are a few of them. What has more is no journal of ours. */
const MOST_GAPS = 1_000
/** A link is not followed, and a pipe that somebody put there is not waited for. */
const CAREFULLY = constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Where the bytes of a partial came from. */
export interface Contributor {
  /** Names an origin without telling its URL, which may be a secret. */
  readonly key: string
  /** The strong ETag of what it sent. */
  readonly validator: string | undefined
}

/** What an earlier attempt left. */
export interface Leftover {
  readonly total: number
  readonly written: ByteRanges
  readonly contributors: readonly Contributor[]
}

export function journalPath(partial: string): string {
  return `${partial}.journal`
}

/** Appends to the journal of a partial. A journal that cannot be written is no reason to stop: it is then of no use later. */
export class Journal {
  #fd: number | undefined

  private constructor(fd: number | undefined) {
    this.#fd = fd
  }

  /** Begins an empty journal for a file of `total` bytes. */
  static begin(partial: string, total: number): Journal {
    const journal = Journal.#open(partial, constants.O_CREAT | constants.O_TRUNC)
    journal.#append(['partial', VERSION, total])
    return journal
  }

  /** Goes on with the one that is there. */
  static resume(partial: string): Journal {
    const journal = Journal.#open(partial, 0)
    // The last line may be torn; what follows must not be joined to it.
    journal.#line('')
    return journal
  }

  static #open(partial: string, more: number): Journal {
    try {
      const flags = constants.O_WRONLY | constants.O_APPEND | CAREFULLY | more
      return new Journal(openSync(journalPath(partial), flags, 0o600))
    } catch {
      return new Journal(undefined)
    }
  }

  /** What follows comes from this origin. */
  contributor({ key, validator }: Contributor): void {
    this.#append(validator === undefined ? ['from', key] : ['from', key, validator])
  }

  /** These bytes were written. */
  wrote({ start, end }: ByteRange): void {
    this.#append(['wrote', start, end])
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  #append(event: readonly unknown[]): void {
    this.#line(JSON.stringify(event))
  }

  #line(text: string): void {
    if (this.#fd === undefined) return
    try {
      writeSync(this.#fd, `${text}\n`)
    } catch {
      this.close()
    }
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function eventOf(line: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads what a journal says. Pure. Lines that say nothing readable are passed over.
 *
 * @returns undefined when it says nothing of use
 */
export function parseJournal(text: string): Leftover | undefined {
  const [first, ...events] = text.split('\n').map(eventOf)
  const total = first?.[2]
  if (first?.[0] !== 'partial' || first[1] !== VERSION || !isCount(total)) return undefined
  const ranges: ByteRange[] = []
  const contributors: Contributor[] = []
  for (const [kind, one, other] of events.filter((event) => event !== undefined)) {
    if (kind === 'wrote' && isCount(one) && isCount(other) && other <= total) {
      ranges.push({ start: one, end: other })
    } else if (kind === 'from' && typeof one === 'string') {
      // It will stand in a request, so it has to be what a host could have sent.
      const validator = typeof other === 'string' ? strongValidator({ etag: other }) : undefined
      contributors.push({ key: one, validator })
    }
  }
  const written = new ByteRanges(ranges)
  if (written.size === 0 || written.missing(total).length > MOST_GAPS) return undefined
  return { total, written, contributors }
}

/** What an earlier attempt left beside this partial, if the file is what its journal says. */
export async function readLeftover(partial: string): Promise<Leftover | undefined> {
  try {
    await using file = await open(partial, constants.O_RDONLY | CAREFULLY)
    await using journal = await open(journalPath(partial), constants.O_RDONLY | CAREFULLY)
    const [entry, record] = await Promise.all([file.stat(), journal.stat()])
    if (!entry.isFile() || !record.isFile() || record.size > MOST_BYTES) return undefined
    const leftover = parseJournal(await journal.readFile('utf8'))
    return leftover?.total === entry.size ? leftover : undefined
  } catch {
    return undefined
  }
}

/** Removes the journal of a partial. Never throws. */
export async function removeJournal(partial: string): Promise<void> {
  await rm(journalPath(partial), { force: true }).catch(() => undefined)
}
