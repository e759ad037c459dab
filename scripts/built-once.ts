/** A file or folder that takes long to make, made once for all processes of a machine. */
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const WAIT_MS = 250
/** A holder touches its lock this often … */
const TOUCH_MS = 5_000
/** … and is gone when it did not for so long: after a restart of the machine another process may have its id. */
const GONE_MS = 60_000

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const holder = Number(await readFile(lock, 'utf8'))
    return !isAlive(holder) || Date.now() - (await stat(lock)).mtimeMs > GONE_MS
  } catch {
    return false
  }
}

/** True when this process now holds the lock, false when another one holds or held it. */
async function tryLock(lock: string): Promise<boolean> {
  const own = `${lock}.${process.pid}`
  // Linked, not written in place: a lock always names its holder.
  await writeFile(own, String(process.pid))
  try {
    await link(own, lock)
    return true
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
    // Two that both remove an abandoned lock may both build, which costs time and harms nothing.
    if (await isAbandoned(lock)) await rm(lock, { force: true })
    return false
  } finally {
    await rm(own)
  }
}

/**
 * Returns when `target` is there. Of several processes that ask at once one calls `build`, the others wait for it.
 *
 * @param build makes the file under the path it is given
 */
export async function builtOnce(target: string, build: (unfinished: string) => Promise<void>): Promise<void> {
  const lock = `${target}.lock`
  const unfinished = `${target}.${process.pid}`
  await mkdir(dirname(target), { recursive: true })
  while (!existsSync(target)) {
    if (!(await tryLock(lock))) {
      await sleep(WAIT_MS)
      continue
    }
    const touch = setInterval(() => void utimes(lock, new Date(), new Date()).catch(() => {}), TOUCH_MS)
    try {
      if (!existsSync(target)) {
        await build(unfinished)
        await rename(unfinished, target)
      }
    } finally {
      clearInterval(touch)
      await rm(unfinished, { force: true, recursive: true })
      await rm(lock, { force: true })
    }
  }
}
