/** Names from a chain that may stand in messages: only those that pass the check for file names. */
import { isSafeName } from '../core/index.ts'

const MOST_LISTED = 10

/** The name in code marks, or a phrase in its stead when it could be anything. */
export function checkedName(name: string): string {
  return isSafeName(name) ? `\`${name}\`` : 'with an unprintable name'
}

/** `a, b, c and 4 more`, of the names that can be printed. */
export function listNames(names: readonly string[]): string {
  const safe = names.filter(isSafeName)
  const shown = safe.slice(0, MOST_LISTED).join(', ')
  return safe.length > MOST_LISTED ? `${shown} and ${safe.length - MOST_LISTED} more` : shown
}
