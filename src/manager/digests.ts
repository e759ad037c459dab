import { createHash } from 'node:crypto'
import { isSha256Hex, R3mesError, type Sha256Hex } from '../core/index.ts'

const OF_NOTHING = createHash('sha256').digest('hex')

/**
 * A SHA-256 as people type it: either case, with or without `sha256:` before it.
 *
 * @param subject the model in checked names
 * @returns undefined when there is none
 * @throws R3mesError `INPUT_INVALID`
 */
export function readHash(text: string | null | undefined, subject: string): Sha256Hex | undefined {
  // A program without a type checker may give anything.
  const given = text === undefined || text === null ? '' : String(text).trim()
  if (given === '') return undefined
  const hex = given.replace(/^sha256:/i, '').toLowerCase()
  if (!isSha256Hex(hex)) {
    throw new R3mesError(
      'INPUT_INVALID',
      `The hash of ${subject} is no SHA-256. Write its 64 hexadecimal digits, with or without \`sha256:\` before them.`,
      { detail: given },
    )
  }
  if (hex === OF_NOTHING) {
    throw new R3mesError(
      'INPUT_INVALID',
      `The hash of ${subject} is that of a file without bytes, which no model is. Take the hash from the page of the model.`,
    )
  }
  return hex
}
