import { rm, utimes } from 'node:fs/promises'
import type { Sha256Hex } from '../../core/index.ts'
import { entryAt } from '../disk.ts'
import { isDiskFull } from '../fs-error.ts'
import { claimSourcePath, type LeaseFolders, recordPath, sessionLockPath } from '../layout.ts'
import { LocksUnsupported, removeLockFile } from '../lock-file.ts'
import { type ProcessLock, tryLock } from '../process-lock.ts'
import type { Volume } from './file-system.ts'
import { processStart, thisMachine } from './identity.ts'
import { HEARTBEAT_MS } from './liveness.ts'
import { type Roots, type SessionRecord, writeRecord } from './records.ts'

/** A fresh file is locked by nobody, but somebody who cleans up may look at it in that very moment. */
const ATTEMPTS = 5

/** What a session says that it uses; absent fields change nothing. */
export interface Uses {
  readonly blobs?: readonly Sha256Hex[]
  /** Absolute final paths of artifacts. */
  readonly artifacts?: readonly string[]
}

/** One open store, as other processes see it. */
export interface Session {
  readonly id: string
  readonly record: SessionRecord
  /** Whether all of this is written down already. */
  says(uses: Uses): boolean
  /** Writes down what it uses from now on, beside what it used before. */
  use(uses: Uses): Promise<void>
  /** It no longer uses these paths. */
  forgo(artifacts: Iterable<string>): Promise<void>
  /**
   * Ends it. With `asCertificate` its lock file stays, free: it proves that who left unfinished work behind has ended.
   */
  end(options: { readonly asCertificate: boolean }): Promise<void>
}

/**
 * Opens a session: from here on it counts as living, until `end` or the end of the process.
 *
 * @param newId makes an id that nothing else ever had
 * @throws LocksUnsupported, or the error of the file system or of SQLite
 */
export async function openSession(
  folders: LeaseFolders,
  newId: () => string,
  { doing, volume, roots }: { readonly doing: string; readonly volume: Volume; readonly roots?: Roots },
): Promise<Session> {
  const { id, lock } = await takeOwnLock(folders, newId)
  const path = recordPath(folders, id)
  const blobs = new Set<Sha256Hex>()
  const artifacts = new Set<string>()
  const written = new Set<string>()
  const { pid } = process
  const born = { ...thisMachine(), since: Date.now(), pid, pidStart: processStart(pid), doing }
  const current = (): SessionRecord => ({
    ...born,
    blobs: [...blobs],
    artifacts: [...artifacts],
    ...(roots === undefined ? {} : { roots }),
  })
  let writing = Promise.resolve()
  /** One after the other, so that the last one written is the newest. */
  const write = (): Promise<void> => {
    const next = writing.then(() => writeRecord(path, current()))
    writing = next.catch(() => {})
    return next
  }
  try {
    await write()
  } catch (thrown) {
    // Its lock says that it lives, and it uses nothing yet. Who makes room on a full disk has to come in.
    if (!isDiskFull(thrown)) {
      lock.release()
      throw thrown
    }
  }
  const heart = volume === 'local' ? undefined : setInterval(() => beat(path, write), HEARTBEAT_MS)
  heart?.unref()
  return {
    id,
    get record() {
      return current()
    },
    says: (uses) => [...(uses.blobs ?? []), ...(uses.artifacts ?? [])].every((each) => written.has(each)),
    async use(uses) {
      for (const blob of uses.blobs ?? []) blobs.add(blob)
      for (const artifact of uses.artifacts ?? []) artifacts.add(artifact)
      await write()
      for (const each of [...(uses.blobs ?? []), ...(uses.artifacts ?? [])]) written.add(each)
    },
    forgo(paths) {
      for (const path of paths) {
        artifacts.delete(path)
        written.delete(path)
      }
      return write()
    },
    async end({ asCertificate }) {
      clearInterval(heart)
      await writing
      // Where several machines share a volume, a free lock proves something only of a session of one's own machine.
      if (asCertificate && volume === 'shared') {
        blobs.clear()
        artifacts.clear()
        await write().catch(() => {})
      } else await rm(path, { force: true })
      await rm(claimSourcePath(folders, id), { force: true })
      lock.release()
      if (!asCertificate) removeLockFile(sessionLockPath(folders, id))
    },
  }
}

async function takeOwnLock(
  folders: LeaseFolders,
  newId: () => string,
): Promise<{ readonly id: string; readonly lock: ProcessLock }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const id = newId()
    const path = sessionLockPath(folders, id)
    const lock = tryLock(path)
    if (lock === undefined) continue
    // Taken for one that nobody wants and deleted, between its making and its lock.
    if ((await entryAt(path)) !== undefined) return { id, lock }
    lock.release()
  }
  // Some file systems say "locked" of everything.
  throw new LocksUnsupported()
}

/** Says that the session lives. Whoever deleted its record gets it back. */
async function beat(path: string, write: () => Promise<void>): Promise<void> {
  const now = new Date()
  await utimes(path, now, now).catch(() => write().catch(() => {}))
}
