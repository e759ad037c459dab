/**
 * Names of unfinished work. Hidden, never a final path, and recognisable as abandoned after a crash: each carries the tag of
 * the store that made it, which is the id of its session.
 */
import { randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reporter } from '../core/index.ts'
import { entryAt } from './disk.ts'
import { errnoOf } from './fs-error.ts'
import { processExists, processScope } from './leases/identity.ts'
import type { SessionState } from './leases/liveness.ts'

const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000
/** Downloads that a journal makes resumable are kept so long. */
const RESUMABLE_MS = 7 * ABANDONED_AFTER_MS
const STAGING_NAME =
  /^(?:\.r3mes-|[0-9a-f]{64}\.)(?<tag>(?<scope>[0-9a-f]{8})-(?<pid>[0-9]{1,10})-[0-9a-f]{12})(?:-[0-9a-f]{1,8})?(?:\.part(?:\.journal)?)?$/

let made = 0

/**
 * A name that nothing else ever had: `<scope>-<pid>-<random>`. Scope and process say something to those who find no session
 * of this name, earlier versions of this tool among them.
 */
export function stagingTag(): string {
  return `${processScope()}-${process.pid}-${randomBytes(6).toString('hex')}`
}

/**
 * A fresh hidden name in `folder`.
 *
 * @param tag of the store that works there
 */
export function stagingPath(folder: string, tag: string = stagingTag()): string {
  made = (made + 1) % 2 ** 32
  return join(folder, `.r3mes-${tag}-${made.toString(16)}`)
}

/** The tag in a name of unfinished work; undefined for all other names. */
export function tagOf(name: string): string | undefined {
  return STAGING_NAME.exec(name)?.groups?.['tag']
}

/** What is known of the one who made a name. */
export interface Owner {
  /** Of its session. */
  readonly state: SessionState
  /** Of the process that looks. */
  readonly scope: string
  readonly isAlive: (pid: number) => boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * Whether unfinished work, partials included, may be deleted: its session has ended; or there is none that could be asked, and
 * its process, in our own scope, is dead, or nothing changed in it for a day.
 *
 * @param changedAt milliseconds since the epoch, from ctime: a hard link carries the mtime of its blob
 */
export function isAbandoned(name: string, changedAt: number, owner: Owner): boolean {
  const match = STAGING_NAME.exec(name)?.groups
  if (match === undefined || owner.state === 'alive') return false
  if (owner.state === 'dead' || owner.now - changedAt > ABANDONED_AFTER_MS) return true
  return owner.state === 'missing' && hasEndedHere(match, owner)
}

/**
 * Whether for certain nobody writes a partial any more: its session has ended; or it has none, and its process, in our own
 * scope, is dead; in another scope, nothing changed in it for a day. Who lives keeps it, however silent: it could write
 * into bytes that were checked.
 *
 * @param changedAt milliseconds since the epoch
 */
export function isForsaken(name: string, changedAt: number, owner: Owner): boolean {
  const match = STAGING_NAME.exec(name)?.groups
  if (match === undefined) return false
  if (owner.state !== 'missing') return owner.state === 'dead'
  if (match['scope'] === owner.scope) return hasEndedHere(match, owner)
  return owner.now - changedAt > ABANDONED_AFTER_MS
}

function hasEndedHere(match: Readonly<Record<string, string | undefined>>, owner: Owner): boolean {
  return match['scope'] === owner.scope && !owner.isAlive(Number(match['pid']))
}

/** The owner of a name, as this process sees it. */
function ownerSeenHere(state: SessionState): Owner {
  return { state, scope: processScope(), isAlive: processExists, now: Date.now() }
}

/** {@link isForsaken} of names, as this process sees their owners. */
export function forsakenJudge(
  stateOf: (tag: string) => Promise<SessionState>,
): (name: string, changedAt: number) => Promise<boolean> {
  return async (name, changedAt) => {
    const tag = tagOf(name)
    return tag !== undefined && isForsaken(name, changedAt, ownerSeenHere(await stateOf(tag)))
  }
}

/** Which parts of an abandoned download a later run can use: a journal is nothing without its partial. */
function isResumable(name: string, names: ReadonlySet<string>, changedAt: number, now: number): boolean {
  if (name.endsWith('.journal')) return names.has(name.slice(0, -'.journal'.length))
  return names.has(`${name}.journal`) && now - changedAt <= RESUMABLE_MS
}

/** None of a folder that this user may not read: then nothing of it can be removed, either. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (thrown) {
    if (errnoOf(thrown) === 'EACCES') return []
    throw thrown
  }
}

/** Deletes what crashed runs left behind. Failing to is no reason to stop: the names are in nobody's way. */
export async function clearAbandoned(
  folders: readonly string[],
  reporter: Reporter,
  stateOf: (tag: string) => Promise<SessionState>,
): Promise<void> {
  const states = new Map<string, Promise<SessionState>>()
  for (const folder of folders) {
    const names = new Set(await namesIn(folder))
    for (const name of names) {
      const tag = tagOf(name)
      if (tag === undefined) continue
      const path = join(folder, name)
      try {
        const state = states.get(tag) ?? stateOf(tag)
        states.set(tag, state)
        const entry = await entryAt(path)
        const owner = ownerSeenHere(await state)
        if (entry === undefined || !isAbandoned(name, Number(entry.ctimeMs), owner)) continue
        // What a silent session left may still be written to: nobody goes on with it.
        const isSafe = owner.state === 'dead' || owner.state === 'missing'
        if (isSafe && isResumable(name, names, Number(entry.ctimeMs), owner.now)) continue
        await rm(path, { recursive: true, force: true })
        names.delete(name)
        reporter.debug(`Removed what an earlier run left unfinished: ${path}`)
      } catch (thrown) {
        reporter.debug(`Could not remove what an earlier run left unfinished: ${String(thrown)}`)
      }
    }
  }
}
