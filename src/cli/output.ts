/** What commands print: the result on standard output, errors on standard error. */
import { sanitiseText } from '../core/index.ts'
import { paintFor, type Style } from './manner.ts'

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

/** As {@link print}, one line that may hold anybody's text; painted where standard output is a terminal. */
export async function printLine(line: string, style?: Style): Promise<boolean> {
  const text = sanitiseText(line)
  return await print(`${style === undefined ? text : paintFor(process.stdout)(style, text)}\n`)
}

/** Prints an error: lines as `describeError` gives them, which may hold anybody's text. */
export function printError(lines: readonly string[]): void {
  if (lines.length === 0) return
  const paint = paintFor(process.stderr)
  const painted = lines
    .map((line) => sanitiseText(line))
    .map((line) => line.replace(/^[A-Z][A-Z_]+(?=:)/, (code) => paint(['red', 'bold'], code)))
  process.stderr.write(`${painted.join('\n')}\n`)
}
