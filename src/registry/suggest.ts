/** "Did you mean": what else is approved, for messages. */
import { distance } from 'fastest-levenshtein'
import { isSafeName } from '../core/index.ts'
import { isCompatible } from './compatibility.ts'
import { listNames } from './printable.ts'
import { mayBeMissing } from './proof-words.ts'
import type { Snapshot } from './types.ts'

/**
 * How many model versions and ranges of adapters are looked at for a message: a registry may hold megabytes of ranges, and
 * each one takes time to read.
 */
const MOST_JUDGED = 5_000

/** The nearest printable name, when it is near enough to be a slip of the fingers. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3))
  const [best] = names
    .filter((other) => isSafeName(other) && other !== name)
    .map((other) => ({ other, steps: distance(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ steps }) => steps <= limit)
    .sort((a, b) => a.steps - b.steps || (a.other < b.other ? -1 : 1))
  return best?.other
}

/** ` Did you mean x?` or nothing. */
export function didYouMean(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names)
  return nearest === undefined ? '' : ` Did you mean \`${nearest}\`?`
}

/**
 * ` Approved adapters for 1.0.0: general_dora, coder.`, or nothing when the adapters were not listed.
 *
 * @param modelVersion in checked words; undefined when no version was resolved: then all approved ones are named
 */
export function approvedAdapters(
  { knownAdapters: known, completeness }: Pick<Snapshot, 'knownAdapters' | 'completeness'>,
  modelVersion: string | undefined,
): string {
  if (known === undefined) return ''
  let left = MOST_JUDGED
  const ids = known
    .filter((adapter) => adapter.status === 'active')
    // Those that name few first, so that none with very many takes the others' turn.
    .toSorted((one, other) => one.compatibleModelVersions.length - other.compatibleModelVersions.length)
    .filter((adapter) => {
      left -= 1 + adapter.compatibleModelVersions.length
      return left >= 0 && (modelVersion === undefined || isCompatible(adapter, modelVersion))
    })
    .map((adapter) => adapter.id)
    .sort()
  const forVersion = modelVersion === undefined ? '' : ` for ${modelVersion}`
  const listed = listNames(ids)
  if (mayBeMissing(completeness.adapters)) {
    const some = listed === '' ? '' : ` Some of them: ${listed}.`
    return ` The approved adapters${forVersion} could not be listed completely.${some}`
  }
  return listed === ''
    ? ` No adapter is approved${forVersion}.`
    : ` Approved adapters${forVersion}: ${listed}.`
}
