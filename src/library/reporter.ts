import { type Reporter, silentReporter } from '../core/index.ts'
import { invalid, isObject } from './options.ts'

const METHODS = ['phase', 'debug', 'info', 'notice', 'warning', 'progress'] as const

/**
 * Whoever is told what happens; nobody when it is undefined.
 *
 * @throws R3mesError `INPUT_INVALID` for what is no reporter: it would fail in the middle of a run
 */
export function reporterOf(what: string, value: unknown): Reporter {
  if (value === undefined) return silentReporter
  const lacks = isObject(value) ? METHODS.find((name) => typeof value[name] !== 'function') : METHODS[0]
  if (lacks === undefined) return value as unknown as Reporter
  throw invalid(
    `\`reporter\` of ${what} has no method \`${lacks}\`. Write \`{ ...silentReporter, info: … }\` with the methods that you want.`,
  )
}
