import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reporter } from '../../core/index.ts'
import { type Layout, type LeaseFolders, recordPath, sessionLockPath, stagingFolders } from '../layout.ts'
import { removeLockFile } from '../lock-file.ts'
import { tagOf } from '../staging.ts'
import { removeForsakenClaims } from './claims.ts'
import { removeEndedJobs } from './leases.ts'
import { type Liveness, mayLive } from './liveness.ts'
import type { OpenLeases } from './open-leases.ts'

/** Everything that a session has in its folder: lock, record, source of its claims, and a record that was being written. */
const OF_SESSION = /^([0-9a-f]{8}-[0-9]{1,10}-[0-9a-f]{12})\.(?:lock|claim|json(?:\.[0-9a-f]{12}\.tmp)?)$/
const IS_LOCK = /\.lock$/
/** On a volume of several machines a free lock means something only together with the record, which names the machine. */
const IS_CERTIFICATE = /\.(?:lock|json)$/
/** How much older than our own a record on a shared volume has to be, which its machine touches every few seconds. */
const LONG_SILENT_MS = 24 * 60 * 60 * 1000

/**
 * Removes sessions, claims and job leases that have ended. What fails is left to the next one who opens the store: nothing of it
 * is believed meanwhile.
 */
export async function reapStore(
  layout: Layout,
  { session, liveness, leases }: Pick<OpenLeases, 'session' | 'liveness' | 'leases'>,
  reporter: Reporter,
): Promise<void> {
  if (session === undefined) return
  try {
    await reapSessions(layout, liveness, session.id)
    await removeEndedJobs(layout.leases, leases)
  } catch (thrown) {
    reporter.debug(`Could not remove what ended sessions left: ${String(thrown)}`)
  }
}

/**
 * Removes what sessions left that have ended. The lock file and the record of one stay as long as unfinished work carries its name: they
 * prove that nobody writes there any more.
 */
async function reapSessions(layout: Layout, liveness: Liveness, own: string): Promise<void> {
  const folders = layout.leases
  const files = Map.groupBy(await readdir(folders.sessions), (name) => OF_SESSION.exec(name)?.[1])
  const gone = new Set<string>()
  for (const id of files.keys()) {
    if (id === undefined || id === own) continue
    const state = await liveness.stateOf(id)
    const isSilent = state === 'silent' || (state === 'doubtful' && (await isLongSilent(folders, id, own)))
    if (isSilent) await discardWork(layout, id)
    if (isSilent || !mayLive(state)) gone.add(id)
  }
  // A power cut may take the files of a session and leave its claims.
  await removeForsakenClaims(folders, async (id) => gone.has(id) || !mayLive(await liveness.stateOf(id)))
  if (gone.size === 0) return
  const inUse = new Set((await unfinishedIn(layout)).map(({ tag }) => tag))
  for (const id of gone) {
    const names = files.get(id) ?? []
    const others = names.filter((name) => !(inUse.has(id) ? IS_CERTIFICATE : IS_LOCK).test(name))
    for (const name of others) await rm(join(folders.sessions, name), { force: true })
    if (!inUse.has(id)) removeLockFile(sessionLockPath(folders, id))
  }
}

/** Names of unfinished work in all folders, with whose they are. */
async function unfinishedIn(layout: Layout): Promise<{ readonly path: string; readonly tag: string }[]> {
  const found: { path: string; tag: string }[] = []
  for (const folder of stagingFolders(layout)) {
    for (const name of await readdir(folder)) {
      const tag = tagOf(name)
      if (tag !== undefined) found.push({ path: join(folder, name), tag })
    }
  }
  return found
}

/** Deletes the work of a session that was silent for long. It may be frozen, so that nobody may go on with its bytes. */
async function discardWork(layout: Layout, id: string): Promise<void> {
  for (const { path, tag } of await unfinishedIn(layout)) {
    if (tag === id) await rm(path, { recursive: true, force: true })
  }
}

/** Both times come from the file server, so that nobody's clock is compared with another's. */
async function isLongSilent(folders: LeaseFolders, id: string, own: string): Promise<boolean> {
  const [theirs, ours] = await Promise.all(
    [id, own].map((each) => stat(recordPath(folders, each)).catch(() => undefined)),
  )
  if (ours === undefined) return false
  // Without a record its lock file is all that there is.
  const last = theirs ?? (await stat(sessionLockPath(folders, id)).catch(() => undefined))
  return last !== undefined && ours.ctimeMs - last.ctimeMs > LONG_SILENT_MS
}
