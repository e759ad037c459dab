import { didYouMeanValue, isSafeName, R3mesError } from '../core/index.ts'
import { privateKeyNames } from '../ensure/index.ts'

/**
 * Refuses what means nothing, so that nothing which was meant to count goes unnoticed: a hash under another name would leave a model
 * unpinned.
 *
 * @param what who was given them, in our words
 * @param known names that it has
 * @throws R3mesError `PRIVATE_KEY_REFUSED`; `INPUT_INVALID` for what is no object, and for another name that has a value
 */
export function checkKeys(what: string, given: object, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new R3mesError('INPUT_INVALID', `${what} takes an object: \`{ ${known[0]}: … }\`.`)
  }
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (privateKeyNames(names).length > 0) {
    throw new R3mesError(
      'PRIVATE_KEY_REFUSED',
      `${what} was given a private key. Nothing here signs anything: take it out of the program, and replace the key if somebody else has seen it.`,
    )
  }
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  const shown = isSafeName(unknown) ? `no \`${unknown}\`` : 'nothing of that name'
  throw new R3mesError(
    'INPUT_INVALID',
    `${what} knows ${shown}.${didYouMeanValue(unknown, known)} It takes ${known.join(', ')}.`,
    { detail: unknown },
  )
}
