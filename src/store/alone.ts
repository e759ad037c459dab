import { dirname } from 'node:path'
import { R3mesError } from '../core/index.ts'
import { makeFolders } from './disk.ts'
import { lock, type ProcessLock } from './process-lock.ts'

/** Milliseconds to wait for others to finish. Their work takes some of them, or a second now and then. */
const MOST_WAIT = 30_000

/**
 * Does short work on a file that several processes change, one at a time. Where there can be no lock, all of them may work at once,
 * and one may undo what another did.
 *
 * @param path of the lock file, which nobody opens in another way
 * @throws R3mesError `STORE_NOT_WRITABLE` when others keep it busy
 */
export async function alone<T>(path: string, work: () => Promise<T>): Promise<T> {
  const held = await hold(path)
  try {
    return await work()
  } finally {
    held?.release()
  }
}

/** Undefined where there can be no lock. */
async function hold(path: string): Promise<ProcessLock | undefined> {
  const signal = AbortSignal.timeout(MOST_WAIT)
  try {
    await makeFolders(dirname(path), 0o700)
    return await lock(path, { signal })
  } catch {
    if (!signal.aborted) return undefined
    throw new R3mesError(
      'STORE_NOT_WRITABLE',
      `Other processes have kept it busy for ${MOST_WAIT / 1000} seconds. Look which processes use this store, and end those that hang.`,
    )
  }
}
