import { assertVerified, R3mesError } from '../core/index.ts'
import { entryAt, type Identity, sameInode } from './disk.ts'
import { type Evidence, inspect, type Occupant } from './inspect.ts'
import { assertPlaceable, besidePath, blobPath, type Layout, ownPath } from './layout.ts'
import { ownContentAt, replaceOwn } from './replace.ts'
import { discard, hide, repairFiles, restoreEmptyFolder, reveal, staged } from './stage.ts'
import type { Promotable, Promotion } from './types.ts'

/** How often a path that other processes change under our eyes is looked at again. */
const ATTEMPTS = 3

/**
 * Makes a verified artifact visible, at its own path or beside it.
 *
 * At its own path only what is provably this artifact is touched, and what is provably of this store and used by nobody else is
 * replaced. The path beside carries the artifact's digest, so whatever else stands there is replaced.
 *
 * @throws R3mesError `ID_UNSAFE`, `STORE_CORRUPT`, TypeError for files that no Verifier let through
 */
export async function promote(layout: Layout, artifact: Promotable, evidence: Evidence): Promise<Promotion> {
  for (const { file } of artifact.files) {
    assertVerified(file)
    if (file.path !== blobPath(layout, file.sha256)) {
      throw new TypeError('Only blobs of this store can be promoted: adopt the file first')
    }
  }
  assertPlaceable(artifact)
  return (await settleOwn(layout, artifact, evidence)) ?? settleBeside(layout, artifact, evidence)
}

/** Undefined: the own path holds other content, which was left alone. */
async function settleOwn(
  layout: Layout,
  artifact: Promotable,
  evidence: Evidence,
): Promise<Promotion | undefined> {
  const path = ownPath(layout, artifact)
  // Before the first look: nobody replaces or prunes it from here on.
  await evidence.leases.use({ artifacts: [path] })
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const occupant = await inspect(path, artifact, evidence)
    if (occupant.kind === 'other') {
      const found = await ownContentAt(layout, artifact, path, evidence)
      return found === undefined ? undefined : await replaceOwn(found, artifact, evidence)
    }
    const settled = await settle(path, artifact, occupant, evidence, 'created')
    if (settled !== undefined) return settled
    // An empty folder that cannot be taken, such as a mount point, stays what it is.
    if (occupant.kind === 'empty') return undefined
  }
  return undefined
}

async function settleBeside(layout: Layout, artifact: Promotable, evidence: Evidence): Promise<Promotion> {
  const path = besidePath(layout, artifact)
  await evidence.leases.use({ artifacts: [path] })
  await evidence.leases.forgo([ownPath(layout, artifact)])
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const occupant = await inspect(path, artifact, evidence)
    const settled =
      occupant.kind === 'other'
        ? await replace(path, artifact, evidence)
        : await settle(path, artifact, occupant, evidence, 'beside')
    if (settled !== undefined) return settled
  }
  throw new R3mesError(
    'STORE_CORRUPT',
    `The place of ${artifact.kind} ${artifact.name} in the store kept changing. Find out which program writes below \`home\`, then run again.`,
    { detail: path },
  )
}

/** Undefined: another process was faster, and the path has to be looked at again. */
async function settle(
  path: string,
  artifact: Promotable,
  occupant: Exclude<Occupant, { kind: 'other' }>,
  evidence: Evidence,
  whenNew: 'created' | 'beside',
): Promise<Promotion | undefined> {
  switch (occupant.kind) {
    case 'exact':
      return keep(path, 'unchanged')
    case 'damaged':
      await repairFiles(path, artifact, occupant.wrong, evidence)
      return keep(path, 'repaired')
    case 'absent':
    case 'empty': {
      const emptyMode = occupant.kind === 'empty' ? occupant.mode : undefined
      return staged(path, artifact, evidence, async (hidden) => {
        const own = await entryAt(hidden)
        const revealed = await reveal(hidden, path, artifact.asFolder)
        return revealed ? made(path, whenNew, own, emptyMode, evidence.tag) : undefined
      })
    }
  }
}

/** Only beside: what stands there cannot be anything else's, so it makes room. Between the two steps nothing is there. */
async function replace(
  path: string,
  artifact: Promotable,
  evidence: Evidence,
): Promise<Promotion | undefined> {
  return staged(path, artifact, evidence, async (hidden) => {
    const old = await hide(path, evidence.tag)
    const revealed = await reveal(hidden, path, artifact.asFolder)
    await discard(old)
    return revealed ? keep(path, 'repaired') : undefined
  })
}

/** Nothing to take back: what is there was there before, or is its verified repair. */
function keep(path: string, change: 'unchanged' | 'repaired'): Promotion {
  return { path, change, undo: async () => {} }
}

/**
 * @param own what was revealed at `path`: the same inode still, as long as nobody replaced it
 * @param emptyMode mode of the empty folder whose place was taken
 */
function made(
  path: string,
  change: 'created' | 'beside',
  own: Pick<Identity, 'dev' | 'ino'> | undefined,
  emptyMode: number | undefined,
  tag: string,
): Promotion {
  return {
    path,
    change,
    async undo() {
      const there = await entryAt(path)
      // Somebody put something else there since: that is not ours to remove.
      if (own === undefined || there === undefined || !sameInode(own, there)) return
      await discard(await hide(path, tag))
      if (emptyMode !== undefined) await restoreEmptyFolder(path, emptyMode)
    },
  }
}
