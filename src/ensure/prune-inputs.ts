/** The inputs that say what the end of a job removes from the store. */
import { duration, fail, integer } from './forms.ts'
import type { InputName } from './inputs.ts'
import { parseSizeWithUnit } from './units.ts'

/** When something is removed, and what stays. Undefined: that rule was not asked for. At least one asks for a removal. */
export interface PruneRules {
  /** Milliseconds since the last use. */
  readonly maxAge: number | undefined
  /** Bytes that the store may hold. */
  readonly maxSize: number | undefined
  /** Bytes that the file system should have free. */
  readonly minFree: number | undefined
  /** How many of the artifacts that are used most stay. Undefined: as whoever prunes holds it. */
  readonly keepPopular: number | undefined
}

const MINUTE = 60_000
const YEAR = 365 * 24 * 60 * MINUTE
const MOST_KEPT = 1_000_000

function size(text: string, what: InputName): number {
  return (
    parseSizeWithUnit(text) ?? fail(`\`${what}\` must be a number and a unit, such as 200GB or 512MiB.`, text)
  )
}

/**
 * @param text the text that counts for an input
 * @param attempt collects the error of one input and goes on
 */
export function readPruneRules(
  text: (name: InputName) => string,
  attempt: <T>(work: () => T) => T | undefined,
): PruneRules | undefined {
  const read = <T>(name: InputName, parse: (typed: string) => T): T | undefined => {
    const typed = text(name)
    return typed === '' ? undefined : attempt(() => parse(typed))
  }
  const asks = (['prune-max-age', 'prune-max-size', 'prune-min-free'] as const).some(
    (name) => text(name) !== '',
  )
  const rules = {
    maxAge: read('prune-max-age', (typed) => duration(typed, MINUTE, 10 * YEAR, 'prune-max-age')),
    maxSize: read('prune-max-size', (typed) => size(typed, 'prune-max-size')),
    minFree: read('prune-min-free', (typed) => size(typed, 'prune-min-free')),
    keepPopular: read('prune-keep-popular', (typed) => integer(typed, 0, MOST_KEPT, 'prune-keep-popular')),
  }
  if (!asks && rules.keepPopular !== undefined) {
    attempt(() =>
      fail(
        '`prune-keep-popular` says what stays, and nothing says what goes. Set `prune-max-age`, `prune-max-size` or `prune-min-free` as well.',
      ),
    )
  }
  return asks ? rules : undefined
}
