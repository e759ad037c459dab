/** Which model versions an adapter fits. */
import type { AdapterFit } from './types.ts'
import { compareVersions, isInRange, isRange, isSameVersion, parseVersion } from './versions.ts'

/** What an adapter says about the models that it fits. */
type Needs = Omit<AdapterFit, 'targetModules'>

function isAtLeast(version: string, bound: string): boolean {
  const order = compareVersions(version, bound)
  return order === undefined ? isSameVersion(version, bound) : order >= 0
}

function isAtMost(version: string, bound: string): boolean {
  const order = compareVersions(version, bound)
  return order === undefined ? isSameVersion(version, bound) : order <= 0
}

/** The entries of `compatible_model_versions` that say something. */
function namedVersions(adapter: Needs): string[] {
  return adapter.compatibleModelVersions.map((text) => text.trim()).filter((text) => text !== '')
}

/**
 * An adapter fits a model version that `compatible_model_versions` names, exactly or by range, when it names any;
 * otherwise one within `[min, max]`, of which one end may be open. An adapter that names nothing fits nothing.
 */
export function isCompatible(adapter: Needs, modelVersion: string): boolean {
  const named = namedVersions(adapter)
  if (named.length > 0) {
    return named.some((entry) =>
      isRange(entry) ? isInRange(modelVersion, entry) : isSameVersion(modelVersion, entry),
    )
  }
  const min = adapter.minModelVersion.trim()
  const max = adapter.maxModelVersion.trim()
  if (min === '' && max === '') return false
  return (min === '' || isAtLeast(modelVersion, min)) && (max === '' || isAtMost(modelVersion, max))
}

function semverText(text: string): string | undefined {
  const version = parseVersion(text)
  return version.kind === 'semver' ? version.semver.version : undefined
}

/**
 * What an adapter needs, in checked words: `needs model 1.0.0 or 1.1.0`, `needs model ≥ 2.0.0`. Ranges and other text
 * are the chain's own words and stay out.
 */
export function describeNeeds(adapter: Needs): string {
  const named = namedVersions(adapter)
  if (named.length > 0) {
    const versions = named.map(semverText)
    return versions.length <= 5 && versions.every((version) => version !== undefined)
      ? `needs model ${versions.join(' or ')}`
      : 'is approved for other model versions'
  }
  const min = semverText(adapter.minModelVersion)
  const max = semverText(adapter.maxModelVersion)
  if (min !== undefined && max !== undefined) return `needs model ≥ ${min} and ≤ ${max}`
  if (min !== undefined) return `needs model ≥ ${min}`
  if (max !== undefined) return `needs model ≤ ${max}`
  return adapter.minModelVersion.trim() === '' && adapter.maxModelVersion.trim() === ''
    ? 'names no model version that it fits'
    : 'is approved for other model versions'
}
