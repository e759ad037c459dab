/** Whether what was checked still has its name when it is handed out: a request may wait long for its other models. */
import { R3mesError } from '../core/index.ts'
import { entryAt, type Identity, sameIdentity } from '../store/index.ts'
import { hashOfFile } from './integrity.ts'
import { subjectOf } from './names.ts'
import type { GotModel } from './types.ts'

/** A model that is in place, and the file that was checked. */
export interface PlacedModel {
  readonly model: GotModel
  readonly identity: Identity
}

/**
 * What is not the same file any more is hashed once more: somebody may have brought the same bytes again.
 *
 * @throws R3mesError `STORE_CORRUPT` when other bytes stand at the path by now
 */
export async function assertStill({ model, identity }: PlacedModel): Promise<void> {
  const { kind, name, path, sha256 } = model
  const there = await entryAt(path).catch(() => undefined)
  if (there?.isFile() === true && sameIdentity(there, identity)) return
  if ((await hashOfFile(path).catch(() => undefined)) === sha256) return
  throw new R3mesError(
    'STORE_CORRUPT',
    `The file of ${subjectOf(kind, name)} was replaced before the request was done, as happens when two requests ask for other bytes under one name. Ask again, or give each its own name.`,
    { detail: path },
  )
}
