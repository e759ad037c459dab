/** How this process talks to people: set once from the command line, before the command begins. */
import { styleText } from 'node:util'
import type { Environment } from '../ensure/index.ts'

let quiet = false

/** From now on only errors are said beside the result. */
export function beQuiet(): void {
  quiet = true
}

export function isQuiet(): boolean {
  return quiet
}

/** Whether a stream is a terminal on which lines can be drawn over: none that a CI service records, and no dumb one. */
export function drawsOver(stream: { readonly isTTY?: boolean }, environment: Environment): boolean {
  const ci = environment['CI'] ?? ''
  const isCI = ci !== '' && ci.toLowerCase() !== 'false' && ci !== '0'
  return stream.isTTY === true && !isCI && environment['TERM'] !== 'dumb'
}

export type Style = Parameters<typeof styleText>[0]
export type Paint = (style: Style, text: string) => string

/**
 * Colours for a stream: on a terminal that shows them, as `NO_COLOR`, `FORCE_COLOR` and `TERM` say. Paint text after it was made
 * harmless, which would show the colours as characters.
 */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  // NO_COLOR wins over FORCE_COLOR here, as its users expect; Node has it the other way round, and warns.
  const isOff = (process.env['NO_COLOR'] ?? '') !== ''
  if (isOff || styleText('bold', '-', { stream }) === '-') return (_style, text) => text
  return (style, text) => styleText(style, text, { validateStream: false })
}
