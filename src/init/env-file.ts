/** The `.env` of a repository: the variables that runs read, with the answers. No secrets. Pure. */
import { R3mesError } from '../core/index.ts'
import { ENVIRONMENT_ONLY, INPUTS, type InputSpec } from '../ensure/index.ts'
import type { Answers } from './answers.ts'

export const ENV_PATH = '.env'

/** Text that neither shells nor readers of such files take for anything else. */
const PLAIN = /^[A-Za-z0-9_./:@%+,^=-]+$/

/**
 * A value as shells and readers of `.env` files read it alike. `~` is left bare, so that both make the user's home of it.
 *
 * @throws R3mesError `INPUT_INVALID` for a value that has no such form
 */
export function envValue(name: string, value: string): string {
  if (PLAIN.test(value) || /^~[A-Za-z0-9_./-]*$/.test(value)) return value
  if (/^[\x20-\x26\x28-\x7e\n]*$/.test(value)) return `'${value}'`
  // A single quote, and nothing that a shell obeys between double ones.
  if (/^[\x20-\x7e\n]*$/.test(value) && !/["$`\\]/.test(value)) return `"${value}"`
  throw new R3mesError(
    'INPUT_INVALID',
    `The value of ${name} has characters that a \`.env\` file cannot hold in a way that all readers share. Percent-encode them, or choose another value.`,
  )
}

interface Variable {
  readonly name: string
  readonly about: string
  /** Empty: it is shown, and not set. */
  readonly value: string
}

function variablesOf({ inputs }: Answers): readonly Variable[] {
  const answers: Readonly<Record<string, string>> = inputs
  const specs: readonly InputSpec[] = INPUTS
  const ofInputs = specs.flatMap((spec): readonly Variable[] => {
    const { name, environment, description, default: usual, secret } = spec
    if (environment === undefined) return []
    const value = answers[name] ?? ''
    const isUsual = value === usual || value === ''
    const about = usual === '' ? description : `${description} Default: ${usual}.`
    return [{ name: environment, about, value: secret === true || isUsual ? '' : value }]
  })
  const moved = ENVIRONMENT_ONLY.map(({ name, description, default: usual }) => ({
    name,
    about: usual === '' ? description : `${description} Default: ${usual}.`,
    value: '',
  }))
  return [...ofInputs, ...moved]
}

function linesOf({ name, about, value }: Variable): readonly string[] {
  return [
    '',
    `# ${about.replaceAll('`', '')}`,
    value === '' ? `# ${name}=` : `${name}=${envValue(name, value)}`,
  ]
}

/** @throws R3mesError as {@link envValue} */
export function envText(answers: Answers): string {
  return `${[
    '# For runs on this machine: r3mes ensure --env-file .env. Not for git: tokens that you add below stay here.',
    '# What is trusted is not set here. It stands in r3mes.lock, where it is reviewed.',
    ...variablesOf(answers).flatMap(linesOf),
  ].join('\n')}\n`
}

/** The names that such a file sets. */
export function namesSet(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/gm)].map(([, name = '']) => name))
}

/** What the answers would set and a file that is there does not: lines to paste. */
export function missingLines(answers: Answers, present: string): readonly string[] {
  const known = namesSet(present)
  return variablesOf(answers)
    .filter(({ name, value }) => value !== '' && !known.has(name))
    .map(({ name, value }) => `${name}=${envValue(name, value)}`)
}

export const IGNORE_PATH = '.gitignore'

/** Lines that keep `.env` out of git already. */
const IGNORING = /^\/?(?:\*\*\/)?(?:\.env\*?|\*\.env)$/

/** The ignore file with `.env` in it; undefined when it is there. */
export function ignoringEnv(present: string): string | undefined {
  if (present.split(/\r?\n/).some((line) => IGNORING.test(line.trim()))) return undefined
  return `${present}${present === '' || present.endsWith('\n') ? '' : '\n'}.env\n`
}
