/** What single calls take. */
import { booleanOf, knownOptions, signalOf } from './options.ts'

/** How a question is asked. */
export interface AskOptions {
  /** Aborting it ends the call, which then throws the signal's reason. */
  readonly signal?: AbortSignal
}

/** How a thing is brought. */
export interface BringOptions extends AskOptions {
  /** Fetches it again although it is in place. Default: false. */
  readonly force?: boolean
}

/** @throws R3mesError `INPUT_INVALID` */
export function askOptions(what: string, options: unknown): AbortSignal | undefined {
  return signalOf(what, knownOptions(what, options, ['signal'])['signal'])
}

/** @throws R3mesError `INPUT_INVALID` */
export function bringOptions(what: string, options: unknown): BringOptions {
  const set = knownOptions(what, options, ['force', 'signal'])
  const signal = signalOf(what, set['signal'])
  const force = booleanOf(what, 'force', set['force'], false)
  return { force, ...(signal === undefined ? {} : { signal }) }
}
