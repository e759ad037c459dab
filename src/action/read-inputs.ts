import type { RawInputs } from '../ensure/index.ts'

const PREFIX = 'INPUT_'

/**
 * Every input that the runner passed, by its name in lower case. Unknown ones are kept: a private key is refused under any
 * name.
 */
export function readInputs(environment: Readonly<Record<string, string | undefined>>): RawInputs {
  return Object.fromEntries(
    Object.entries(environment)
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, value]) => [name.slice(PREFIX.length).toLowerCase(), value]),
  )
}
