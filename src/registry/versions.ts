/** Model versions: semver where they can be, otherwise a text that matches only itself. Never compared as strings. */
import semver from 'semver'

/** A version as the registry and requests mean it. */
export type Version =
  | { readonly kind: 'semver'; readonly semver: semver.SemVer }
  | { readonly kind: 'text'; readonly text: string }

const LOOSE_PARTS = /^[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/

/**
 * Reads a version: a leading `v` is dropped, missing parts are 0, a prerelease is kept, build metadata does not count
 * (semver 2.0.0, 10). Anything else, such as `b1.58`, is text.
 */
export function parseVersion(text: string): Version {
  const trimmed = text.trim()
  const parts = LOOSE_PARTS.exec(trimmed)
  if (parts !== null) {
    const [, major, minor = '0', patch = '0', prerelease = ''] = parts
    const parsed = semver.parse(`${major}.${minor}.${patch}${prerelease}`)
    if (parsed !== null) return { kind: 'semver', semver: parsed }
  }
  return { kind: 'text', text: trimmed }
}

/** One spelling of a version: `1.0.0` for `v1.0`, other text as it is. */
export function canonicalVersion(text: string): string {
  const version = parseVersion(text)
  return version.kind === 'semver' ? version.semver.version : version.text
}

export function isSameVersion(a: string, b: string): boolean {
  return canonicalVersion(a) === canonicalVersion(b)
}

/** Order by semver precedence: negative, 0 or positive; undefined when one of them is text. */
export function compareVersions(a: string, b: string): number | undefined {
  const left = parseVersion(a)
  const right = parseVersion(b)
  if (left.kind === 'text' || right.kind === 'text') return undefined
  return semver.compare(left.semver, right.semver)
}

/** Newest first; texts last, in their own order. */
export function newestFirst(a: string, b: string): number {
  const order = compareVersions(b, a)
  if (order !== undefined) return order
  const [left, right] = [parseVersion(a), parseVersion(b)]
  if (left.kind !== right.kind) return left.kind === 'semver' ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** True for a semver range that is not a version itself: `^1.2`, `1.x`, `>=1 <3`, `*`. */
export function isRange(text: string): boolean {
  const trimmed = text.trim()
  return trimmed !== '' && parseVersion(trimmed).kind === 'text' && semver.validRange(trimmed) !== null
}

/** Whether a version lies in a semver range. Text versions lie in none; prereleases only where the range names one. */
export function isInRange(version: string, range: string): boolean {
  const parsed = parseVersion(version)
  return parsed.kind === 'semver' && semver.satisfies(parsed.semver, range)
}
