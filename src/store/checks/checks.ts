import { constants } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import type { Reporter, Sha256Hex } from '../../core/index.ts'
import { entryAt, makeFolders, sameIdentity } from '../disk.ts'
import { checksPath, type Layout } from '../layout.ts'
import { stagingPath } from '../staging.ts'
import {
  type ExactIdentity,
  exactIdentity,
  formatChecks,
  parseChecks,
  type RecordedCheck,
  sameExactly,
  withCheck,
} from './record.ts'

/** Bytes. Smaller files are hashed as fast as their records would be read. */
export const LEAST_RECORDED = 256 * 1024
/** Bytes. A record is no larger. */
const MOST_BYTES = 64 * 1024
/** Milliseconds: the kernel's clock for times of files moves on in steps of up to 10. */
const CLOCK_STEP = 20
/** The same for file systems that count whole seconds, or two of them. */
const SLOW_CLOCK_STEP = 2_100
/** Milliseconds after which the time of a check is written down again although the file is the same. */
const RENEWED_AFTER = 24 * 60 * 60 * 1000
const AT_ONCE = 8

/** Where checks of whole files are written down, and looked up. None of it fails a run. */
export interface Checks {
  /** When exactly this file was hashed last, as far as somebody wrote it down. */
  checkedAt(sha256: Sha256Hex, file: ExactIdentity): Promise<Date | undefined>
  /**
   * The same, under `verify: changed` alone: then the file need not be hashed. Undefined otherwise.
   */
  trusted(sha256: Sha256Hex, file: ExactIdentity): Promise<Date | undefined>
  /** Every byte of the file was hashed just now, and it is this one. */
  note(sha256: Sha256Hex, path: string, file: ExactIdentity): void
  /**
   * Does work of ours that changes nothing of these files but their links and modes. Who was what was checked right before is so
   * after it.
   */
  around<T>(paths: readonly string[], work: () => Promise<T>): Promise<T>
  /** Writes down what is known, of files that are still what they were. To be called when no more work is to come. */
  keep(): Promise<void>
}

interface Known {
  readonly sha256: Sha256Hex
  readonly path: string
  readonly check: RecordedCheck
  readonly isWritten: boolean
}

/** @param trusts whether earlier checks count: `verify: changed` */
export function checksIn(
  layout: Layout,
  { tag, trusts, reporter }: { readonly tag: string; readonly trusts: boolean; readonly reporter: Reporter },
): Checks {
  const known = new Map<string, Known>()
  const keyOf = ({ dev, ino }: ExactIdentity): string => `${dev}:${ino}`

  async function recorded(sha256: Sha256Hex, file: ExactIdentity): Promise<RecordedCheck | undefined> {
    if (file.size < LEAST_RECORDED) return undefined
    return (await read(layout, sha256)).find((check) => sameExactly(check, file))
  }

  async function lookAt(path: string): Promise<Known | undefined> {
    const entry = await entryAt(path).catch(() => undefined)
    const found = entry === undefined ? undefined : known.get(keyOf(entry))
    return found !== undefined && entry !== undefined && sameExactly(found.check, entry) ? found : undefined
  }

  async function changed(path: string, before: Known): Promise<void> {
    const entry = await entryAt(path).catch(() => undefined)
    if (entry === undefined || !entry.isFile() || !sameIdentity(before.check, entry)) return
    if (entry.ctimeNs === before.check.ctimeNs) return
    const check = { ...before.check, ctimeNs: entry.ctimeNs }
    known.set(keyOf(entry), { ...before, check, isWritten: false })
  }

  return {
    async checkedAt(sha256, file) {
      const check = await recorded(sha256, file)
      return check === undefined ? undefined : new Date(check.checkedAt)
    },

    async trusted(sha256, file) {
      if (!trusts) return undefined
      const check = await recorded(sha256, file)
      if (check === undefined) return undefined
      known.set(keyOf(file), { sha256, path: '', check, isWritten: true })
      return new Date(check.checkedAt)
    },

    note(sha256, path, file) {
      if (file.size < LEAST_RECORDED) return
      const check = { ...exactIdentity(file), checkedAt: Date.now() }
      known.set(keyOf(file), { sha256, path, check, isWritten: false })
    },

    async around(paths, work) {
      const limit = pLimit(AT_ONCE)
      const before = await Promise.all(
        paths.map((path) => limit(async () => ({ path, found: await lookAt(path) }))),
      )
      try {
        return await work()
      } finally {
        await Promise.all(
          before.map(({ path, found }) =>
            limit(async () => (found === undefined ? undefined : changed(path, { ...found, path }))),
          ),
        )
      }
    },

    async keep() {
      const waiting = [...known.values()].filter(({ isWritten }) => !isWritten)
      for (const each of waiting) known.set(keyOf(each.check), { ...each, isWritten: true })
      await untilClocksMoved(waiting)
      const limit = pLimit(AT_ONCE)
      const bySha256 = Map.groupBy(waiting, ({ sha256 }) => sha256)
      await Promise.all([...bySha256].map(([sha256, files]) => limit(() => write(sha256, files))))
    },
  }

  async function write(sha256: Sha256Hex, files: readonly Known[]): Promise<void> {
    try {
      const before = await read(layout, sha256)
      let after = before
      for (const { path, check } of files) {
        const entry = await entryAt(path)
        if (entry === undefined || !sameExactly(entry, check) || !isSettled(check)) continue
        const old = before.find((each) => sameExactly(each, check))
        if (old !== undefined && check.checkedAt - old.checkedAt < RENEWED_AFTER) continue
        after = withCheck(after, check)
      }
      if (after !== before) await writeRecord(layout, tag, sha256, formatChecks(sha256, after))
    } catch (thrown) {
      // Then it is hashed again.
      reporter.debug(`A check could not be written down: ${String(thrown)}`)
    }
  }
}

/** A change in the same step of the clock would not show. */
function isSettled({ ctimeNs }: ExactIdentity): boolean {
  const isSlow = ctimeNs % 1_000_000_000n === 0n
  return Date.now() - Number(ctimeNs / 1_000_000n) > (isSlow ? SLOW_CLOCK_STEP : CLOCK_STEP)
}

/** Waits a moment where that is all that is missing. */
async function untilClocksMoved(files: readonly Known[]): Promise<void> {
  if (files.some(({ check }) => !isSettled(check))) await sleep(CLOCK_STEP * 2)
}

async function read(layout: Layout, sha256: Sha256Hex): Promise<readonly RecordedCheck[]> {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    await using file = await open(checksPath(layout, sha256), flags)
    const entry = await file.stat()
    if (!entry.isFile() || entry.size > MOST_BYTES) return []
    return parseChecks(sha256, await file.readFile('utf8'))
  } catch {
    return []
  }
}

/** Not synced: a record that a power cut loses costs a hash. */
async function writeRecord(layout: Layout, tag: string, sha256: Sha256Hex, json: string): Promise<void> {
  const path = checksPath(layout, sha256)
  await makeFolders(dirname(path), 0o700)
  const hidden = stagingPath(layout.cache, tag)
  try {
    {
      await using file = await open(hidden, 'wx', 0o600)
      await file.writeFile(json)
    }
    await rename(hidden, path)
  } finally {
    await rm(hidden, { force: true })
  }
}
