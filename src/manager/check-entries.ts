import { availableParallelism } from 'node:os'
import pLimit from 'p-limit'
import { R3mesError } from '../core/index.ts'
import type { ModelManager } from './model-manager.ts'
import type { ModelFailure, VolumeEntry } from './types.ts'

export interface CheckedEntries {
  readonly right: readonly VolumeEntry[]
  readonly failures: readonly ModelFailure[]
}

/** Why an entry is not right; undefined when it is. */
async function whyNot(
  manager: ModelManager,
  entry: VolumeEntry,
  allowUnpinned: boolean,
): Promise<R3mesError | undefined> {
  const { kind, name, path, hash } = entry
  if (hash === undefined && !allowUnpinned) {
    return new R3mesError(
      'INPUT_INVALID',
      `Nobody has said which bytes ${kind} ${name} has to have. Get it again with its hash, or allow models without one with \`--allow-unpinned\`.`,
      { detail: path },
    )
  }
  if (await manager.isRight(entry)) return undefined
  return new R3mesError(
    'DIGEST_MISMATCH',
    `The file of ${kind} ${name} is not the one that its hash names. Get it again.`,
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
