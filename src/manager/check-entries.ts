import { availableParallelism } from 'node:os'
import pLimit from 'p-limit'
import { R3mesError } from '../core/index.ts'
import type { ModelManager } from './model-manager.ts'
import { isFileName, subjectOf } from './names.ts'
import type { ModelFailure, VolumeEntry } from './types.ts'

export interface CheckedEntries {
  readonly right: readonly VolumeEntry[]
  readonly failures: readonly ModelFailure[]
}

/** How people are told of an entry: its name is a text that other programs write. */
function shownAs({ kind, name }: VolumeEntry): string {
  return isFileName(name) ? subjectOf(kind, name) : `a ${kind} of the registry`
}

/** Why an entry is not right; undefined when it is. */
async function whyNot(
  manager: ModelManager,
  entry: VolumeEntry,
  allowUnpinned: boolean,
): Promise<R3mesError | undefined> {
  const { path, hash } = entry
  if (hash === undefined && !allowUnpinned) {
    return new R3mesError(
      'INPUT_INVALID',
      `Nobody has said which bytes ${shownAs(entry)} has to have. Get it again with its hash, or allow models without one with \`--allow-unpinned\`.`,
      { detail: path },
    )
  }
  if (hash !== undefined && !allowUnpinned && !(await manager.isKnown(hash))) {
    return new R3mesError(
      'INPUT_INVALID',
      `Only \`cache_registry.json\` names a hash of ${shownAs(entry)}, and every program of the volume may write that. Get the model once with its hash, or believe the file with \`--allow-unpinned\`.`,
      { detail: path },
    )
  }
  if (await manager.isRight(entry)) return undefined
  return new R3mesError(
    'DIGEST_MISMATCH',
    `The file of ${shownAs(entry)} is not the one that its hash names. Get it again.`,
    { detail: path },
  )
}

/** Checks every model of a volume, several at a time, and says which ones are what their hashes name. */
export async function checkEntries(
  manager: ModelManager,
  { allowUnpinned }: { readonly allowUnpinned: boolean },
): Promise<CheckedEntries> {
  const atOnce = pLimit(availableParallelism())
  const checked = await Promise.all(
    (await manager.entries()).map((entry) =>
      atOnce(async () => ({ entry, error: await whyNot(manager, entry, allowUnpinned) })),
    ),
  )
  return {
    right: checked.flatMap(({ entry, error }) => (error === undefined ? [entry] : [])),
    failures: checked.flatMap(({ entry: { kind, name }, error }) =>
      error === undefined ? [] : [{ kind, name, error }],
    ),
  }
}
