/** Names of unfinished work. Hidden, never a final path, and recognisable as abandoned after a crash. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Reporter } from '../core/index.ts'
import { entryAt } from './disk.ts'
import { errnoOf } from './fs-error.ts'

const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000
/** Downloads that a journal makes resumable are kept so long. */
const RESUMABLE_MS = 7 * ABANDONED_AFTER_MS
const STAGING_NAME =
  /^(?:\.r3mes-|[0-9a-f]{64}\.)([0-9a-f]{8})-([0-9]{1,10})-[0-9a-f]{12}(?:\.part(?:\.journal)?)?$/

let ownScope: string | undefined

/**
 * Eight hex characters for the space in which a process id means something: this boot and pid namespace on Linux, the
 * host elsewhere. A pid that looks dead from a neighbouring container may be alive there.
 */
function processScope(): string {
  if (ownScope === undefined) {
    let scope: string
    try {
      scope = `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')}${readlinkSync('/proc/self/ns/pid')}`
    } catch {
      scope = hostname()
    }
    ownScope = createHash('sha256').update(scope).digest('hex').slice(0, 8)
  }
  return ownScope
}

/** Names this process in the names of its unfinished work, and nothing else ever: `<scope>-<pid>-<random>`. */
export function stagingTag(): string {
  return `${processScope()}-${process.pid}-${randomBytes(6).toString('hex')}`
}

/** A fresh hidden name in `folder`. */
export function stagingPath(folder: string): string {
  return join(folder, `.r3mes-${stagingTag()}`)
}

export interface StagingJudge {
  readonly scope: string
  readonly isAlive: (pid: number) => boolean
  readonly now: number
}

/**
 * Whether unfinished work, partials included, may be deleted: its process, in our own scope, is dead, or nothing changed
 * in it for a day.
 *
 * @param changedAt milliseconds since the epoch, from ctime: a hard link carries the mtime of its blob
 */
export function isAbandoned(name: string, changedAt: number, judge: StagingJudge): boolean {
  const match = STAGING_NAME.exec(name)
  if (match === null) return false
  if (judge.now - changedAt > ABANDONED_AFTER_MS) return true
  return match[1] === judge.scope && !judge.isAlive(Number(match[2]))
}

/**
 * Whether nobody writes a partial any more: its process, in our own scope, is dead; in another scope, nothing changed in it
 * for a day. A process that lives keeps it, however long it is silent.
 *
 * @param changedAt milliseconds since the epoch
 */
export function isForsaken(
  name: string,
  changedAt: number,
  judge: StagingJudge = { scope: processScope(), isAlive, now: Date.now() },
): boolean {
  const match = STAGING_NAME.exec(name)
  if (match === null) return false
  if (match[1] === judge.scope) return !judge.isAlive(Number(match[2]))
  return judge.now - changedAt > ABANDONED_AFTER_MS
}

/** Which parts of an abandoned download a later run can use: a journal is nothing without its partial. */
function isResumable(name: string, names: ReadonlySet<string>, changedAt: number, now: number): boolean {
  if (name.endsWith('.journal')) return names.has(name.slice(0, -'.journal'.length))
  return names.has(`${name}.journal`) && now - changedAt <= RESUMABLE_MS
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return errnoOf(thrown) !== 'ESRCH'
  }
}

/** Deletes what crashed runs left behind. Failing to is no reason to stop: the names are in nobody's way. */
export async function clearAbandoned(folders: readonly string[], reporter: Reporter): Promise<void> {
  for (const folder of folders) {
    const names = new Set(await readdir(folder))
    for (const name of names) {
      if (!STAGING_NAME.test(name)) continue
      const path = join(folder, name)
      try {
        const entry = await entryAt(path)
        const judge = { scope: processScope(), isAlive, now: Date.now() }
        if (entry === undefined || !isAbandoned(name, Number(entry.ctimeMs), judge)) continue
        if (isResumable(name, names, Number(entry.ctimeMs), judge.now)) continue
        await rm(path, { recursive: true, force: true })
        names.delete(name)
        reporter.debug(`Removed what an earlier run left unfinished: ${path}`)
      } catch (thrown) {
        reporter.debug(`Could not remove what an earlier run left unfinished: ${String(thrown)}`)
      }
    }
  }
}
