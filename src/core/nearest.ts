/** "Did you mean": the name that somebody may have meant to type. */
import { distance } from 'fastest-levenshtein'
import { isSafeName } from './names.ts'

/**
 * The nearest printable name, when it is near enough to be a slip of the fingers.
 *
 * @param least steps that a slip may take in a short name: where there are few names, two letters in each other's place are one
 */
export function nearestName(name: string, names: readonly string[], least = 1): string | undefined {
  const limit = Math.max(least, Math.floor(name.length / 3))
  const [best] = names
    .filter((other) => isSafeName(other) && other !== name)
    .map((other) => ({ other, steps: distance(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ steps }) => steps <= limit)
    .sort((a, b) => a.steps - b.steps || (a.other < b.other ? -1 : 1))
  return best?.other
}

/** ` Did you mean x?` or nothing. */
export function didYouMean(name: string, names: readonly string[]): string {
  return asQuestion(nearestName(name, names))
}

/** The same for one of few values, all of which the user is told. */
export function didYouMeanValue(text: string, values: readonly string[]): string {
  return asQuestion(nearestName(text, values, text.length > 3 ? 2 : 1))
}

function asQuestion(nearest: string | undefined): string {
  return nearest === undefined ? '' : ` Did you mean \`${nearest}\`?`
}
