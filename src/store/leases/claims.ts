/**
 * Who brings a blob. One process claims it, all others wait until it is there or its bringer gave up or died.
 *
 * A claim is a hard link to a file of its session, so that making it is one step which only one of many can do. It is no
 * promise to anybody: a wrong one costs a second download, or some waiting.
 */
import { randomBytes } from 'node:crypto'
import { link, readdir, rename, rmdir, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSha256Hex, type Sha256Hex } from '../../core/index.ts'
import { entryAt, type Identity, sameInode } from '../disk.ts'
import { errnoOf } from '../fs-error.ts'
import { claimPath, claimSourcePath, type LeaseFolders } from '../layout.ts'
import { cannotLink } from '../link-or-copy.ts'
import { withLock } from '../process-lock.ts'
import { type Liveness, mayLive } from './liveness.ts'
import { readRecord } from './records.ts'

/** Milliseconds between two looks at another's claim, at first and at most. */
const FIRST_WAIT = 16
const MOST_WAIT = 250
/** Milliseconds that one waits for the store's lock. Without it the blob is brought without a claim. */
const LOCK_WAIT = 10_000
/** The same for claims that are merely in nobody's way. */
const REAP_WAIT = 2_000
/** How often one who waits is told how far the other is. */
const TELL_EVERY_MS = 1_000
/** A bringer that lives, but brings nothing for so long, is no longer waited for. Hashing what is there takes time, too. */
const STALLED_MS = 10 * 60_000

/** Form of a session's id, which is all that a claim holds. */
const SESSION_ID = /^[0-9a-f]{8}-[0-9]{1,10}-[0-9a-f]{12}$/

/** A claim that is being written, where there are no hard links. */
const UNFINISHED_CLAIM = /^[0-9a-f]{64}\.[0-9a-f]{12}\.tmp$/

/** How far another process is with a blob. */
export interface Waiting {
  /** Bytes on the disk. */
  readonly bytes: number
}

export interface ClaimOptions {
  readonly signal?: AbortSignal | undefined
  /** Told every second or so while another process brings the blob. */
  readonly onWaiting?: ((progress: Waiting) => void) | undefined
  /** Whether it has come meanwhile. All who waited then go on at once, without a claim, and not one after the other. */
  readonly hasCome?: (() => Promise<boolean>) | undefined
}

export interface Claim {
  /** Another process had it meanwhile: the blob may be there now. */
  readonly waited: boolean
  /** Sessions that died while they held it: what they left of the blob can be gone on with. */
  readonly leftBy: readonly string[]
  release(): Promise<void>
}

export interface Claims {
  /** @throws the reason of the signal, or the error of the file system */
  claim(sha256: Sha256Hex, options?: ClaimOptions): Promise<Claim>
}

export interface ClaimContext {
  readonly folders: LeaseFolders
  readonly liveness: Liveness
  /** Of the session that claims. */
  readonly id: string
  /** Bytes on the disk of what a session has of a blob. */
  readonly bytesOf: (sha256: Sha256Hex, id: string) => Promise<number>
}

/** The id in a claim; undefined when there is none, or something else in its place. */
export async function claimantOf(folders: LeaseFolders, sha256: Sha256Hex): Promise<string | undefined> {
  const id = (await readRecord(claimPath(folders, sha256)))?.trim() ?? ''
  return SESSION_ID.test(id) ? id : undefined
}

export function claimsIn({ folders, liveness, id, bytesOf }: ClaimContext): Claims {
  let source: Promise<Inode | undefined> | undefined
  const own = new Map<Sha256Hex, number>()

  async function tryClaim(sha256: Sha256Hex, signal: AbortSignal | undefined): Promise<boolean> {
    const path = claimPath(folders, sha256)
    source ??= makeSource(claimSourcePath(folders, id), id)
    await source
    try {
      await link(claimSourcePath(folders, id), path)
      return true
    } catch (thrown) {
      if (errnoOf(thrown) === 'EEXIST') return false
      if (!cannotLink(thrown)) throw thrown
    }
    return await withLock(folders.lock, () => claimWithoutLink(path), { signal, patience: LOCK_WAIT })
  }

  /** One look tells a link to our own file. Runs have thousands of files, and reading the claim takes five calls more. */
  async function isOurs(sha256: Sha256Hex): Promise<boolean> {
    const [entry, ours] = await Promise.all([entryAt(claimPath(folders, sha256)), source])
    if (entry === undefined) return false
    return (ours !== undefined && sameInode(entry, ours)) || (await claimantOf(folders, sha256)) === id
  }

  async function claimAt(sha256: Sha256Hex): Promise<Inode | undefined> {
    return await entryAt(claimPath(folders, sha256))
  }

  /** In the store's lock, so that looking and making are one step for all who cannot link. */
  async function claimWithoutLink(path: string): Promise<boolean> {
    if ((await entryAt(path)) !== undefined) return false
    const hidden = `${path}.${randomBytes(6).toString('hex')}.tmp`
    await writeFile(hidden, `${id}\n`, { flag: 'wx', mode: 0o600 })
    await rename(hidden, path)
    return true
  }

  /** Removes the claim of one who cannot release it any more, unless somebody else's stands there by now. */
  async function reap(
    sha256: Sha256Hex,
    claimant: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const work = async (): Promise<void> => {
      const now = await claimantOf(folders, sha256)
      if (now !== claimant || (now !== undefined && mayLive(await liveness.stateOf(now)))) return
      await removeClaim(claimPath(folders, sha256))
    }
    await withLock(folders.lock, work, { signal, patience: LOCK_WAIT })
  }

  function granted(sha256: Sha256Hex, waited: boolean, leftBy: readonly string[]): Claim {
    own.set(sha256, (own.get(sha256) ?? 0) + 1)
    let isHeld = true
    return {
      waited,
      leftBy,
      async release() {
        if (!isHeld) return
        isHeld = false
        const others = (own.get(sha256) ?? 1) - 1
        if (others > 0) own.set(sha256, others)
        else {
          own.delete(sha256)
          // Somebody who took this session for dead may hold it by now.
          if (await isOurs(sha256)) await removeClaim(claimPath(folders, sha256))
        }
      },
    }
  }

  return {
    async claim(sha256, { signal, onWaiting, hasCome } = {}) {
      const leftBy: string[] = []
      let patience: Patience | undefined
      for (let wait = FIRST_WAIT; ; wait = Math.min(MOST_WAIT, wait * 2)) {
        signal?.throwIfAborted()
        if (patience !== undefined) {
          const held = await claimAt(sha256)
          if (held === undefined && (await hasCome?.()) === true)
            return { ...UNCLAIMED, waited: true, leftBy }
          // Whose bytes grow is alive: many who wait should not take the processor from the one who brings.
          if (held !== undefined && (await patience.isMoving(held, (id) => bytesOf(sha256, id)))) {
            await pause(wait, signal)
            continue
          }
        }
        if (own.has(sha256) || (await tryClaim(sha256, signal))) {
          return granted(sha256, patience !== undefined, leftBy)
        }
        const held = await claimAt(sha256)
        const claimant = await claimantOf(folders, sha256)
        const isGone = claimant === undefined && (await claimAt(sha256)) === undefined
        if (!isGone && (claimant === undefined || !mayLive(await liveness.stateOf(claimant)))) {
          await reap(sha256, claimant, signal)
          if (claimant !== undefined) leftBy.push(claimant)
          continue
        }
        patience ??= new Patience(onWaiting)
        if (claimant !== undefined && !patience.goesOn(held, claimant, await bytesOf(sha256, claimant))) {
          return { ...UNCLAIMED, waited: true, leftBy }
        }
        await pause(wait, signal)
      }
    },
  }
}

type Inode = Pick<Identity, 'dev' | 'ino'>

/** Of one who brings a blob, or has it, without holding anything. */
const UNCLAIMED: Claim = { waited: false, leftBy: [], release: async () => {} }

/** Writes the file that claims are links to, and says which one it is. */
async function makeSource(path: string, id: string): Promise<Inode | undefined> {
  await writeFile(path, `${id}\n`, { mode: 0o600 })
  return await entryAt(path)
}

/** A claim is a link to a file of its session, so that the same inode is the same claimant. */
function isSame(one: Inode | undefined, other: Inode | undefined): boolean {
  return one !== undefined && other !== undefined && sameInode(one, other)
}

/** How long one waits, and what is said meanwhile. */
class Patience {
  readonly #tell: ((progress: Waiting) => void) | undefined
  #toldAt = performance.now()
  #held: Inode | undefined
  #claimant = ''
  #bytes = -1
  #movedAt = performance.now()

  constructor(tell: ((progress: Waiting) => void) | undefined) {
    this.#tell = tell
  }

  /**
   * Whether the claimant of the last look has the claim still, and has brought more since then.
   *
   * @param held the claim as it is now
   */
  async isMoving(held: Inode, bytesOf: (claimant: string) => Promise<number>): Promise<boolean> {
    if (!isSame(held, this.#held)) return false
    const bytes = await bytesOf(this.#claimant)
    return bytes > this.#bytes && this.goesOn(held, this.#claimant, bytes)
  }

  /**
   * False when the claimant brought nothing for too long.
   *
   * @param held the claim as it was right before
   */
  goesOn(held: Inode | undefined, claimant: string, bytes: number): boolean {
    this.#held = held
    const now = performance.now()
    if (claimant !== this.#claimant || bytes !== this.#bytes) {
      this.#claimant = claimant
      this.#bytes = bytes
      this.#movedAt = now
    }
    if (now - this.#toldAt >= TELL_EVERY_MS) {
      this.#toldAt = now
      this.#tell?.({ bytes })
    }
    return now - this.#movedAt < STALLED_MS
  }
}

async function removeClaim(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return
    const entry = await entryAt(path)
    if (entry?.isDirectory() !== true) throw thrown
    // An empty folder holds nothing of anybody; one that is not stays, and the blob is brought without a claim.
    await rmdir(path)
  }
}

/** Not all of those who wait look at the same moment. */
async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const time = milliseconds * (0.5 + Math.random() / 2)
  await sleep(time, undefined, signal === undefined ? {} : { signal }).catch((thrown: unknown) => {
    signal?.throwIfAborted()
    throw thrown
  })
}

/**
 * Removes claims that nobody holds: of sessions that are gone, and those that name none, as a power cut leaves them.
 *
 * @param isGone whether a session counts as gone
 */
export async function removeForsakenClaims(
  folders: LeaseFolders,
  isGone: (id: string) => Promise<boolean>,
): Promise<void> {
  const isForsaken = async (name: string): Promise<boolean> => {
    if (!isSha256Hex(name)) return UNFINISHED_CLAIM.test(name)
    const claimant = await claimantOf(folders, name)
    if (claimant !== undefined) return await isGone(claimant)
    // One that was released in this moment may be somebody else's in the next.
    const isThere = (await entryAt(claimPath(folders, name))) !== undefined
    return isThere && (await claimantOf(folders, name)) === undefined
  }
  const names = await readdir(folders.claims)
  if (!(await Promise.all(names.map(isForsaken))).includes(true)) return
  // Again in the lock: another may have it by now.
  const remove = async (): Promise<void> => {
    for (const name of names) if (await isForsaken(name)) await removeClaim(join(folders.claims, name))
  }
  await withLock(folders.lock, remove, { patience: REAP_WAIT })
}
