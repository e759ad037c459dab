/** "Did you mean": what else is approved, for messages. */
import { isCompatible } from './compatibility.ts'
import { listNames } from './printable.ts'
import { mayBeMissing } from './proof-words.ts'
import type { Snapshot } from './types.ts'

export { didYouMean } from '../core/index.ts'

/**
 * How many model versions and ranges of adapters are looked at for a message: a registry may hold megabytes of ranges, and
 * each one takes time to read.
 */
const MOST_JUDGED = 5_000

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
