/** Standard output, which belongs to the result. */
import { sanitiseText } from '../core/index.ts'

let isBegun = false

/** Part of a result is on standard output. */
export function hasPrinted(): boolean {
  return isBegun
}

/**
 * Prints text of the result and comes back when the reader keeps up: there may be any amount of it.
 *
 * @returns false when nobody reads any more
 */
export async function print(text: string): Promise<boolean> {
  const { stdout } = process
  if (stdout.destroyed) return false
  isBegun = true
  return await new Promise((resolve) => {
    stdout.write(text, (error) => resolve(error === undefined || error === null))
  })
}

/** As {@link print}, one line that may hold anybody's text. */
export async function printLine(line: string): Promise<boolean> {
  return await print(`${sanitiseText(line)}\n`)
}
