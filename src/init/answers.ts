/** What a repository wants, checked by the readers that read it in a run. Pure. */
import { R3mesError } from '../core/index.ts'
import {
  type Environment,
  type InputName,
  inputText,
  lines,
  type RawInputs,
  readSettings,
} from '../ensure/index.ts'

/** The inputs that can be answered. What proves the lockfile's block stands in the lockfile, and nowhere else. */
export const INIT_INPUTS = [
  'rpc-urls',
  'chain-id',
  'model-version',
  'model-name',
  'adapters',
  'datasets',
  'trusted-height',
  'trusted-hash',
  'home',
  'hf-endpoint',
  'ipfs-gateways',
] as const satisfies readonly InputName[]
export type InitInput = (typeof INIT_INPUTS)[number]

export interface Answers {
  /** By input, as a run takes them: lists one a line. Empty where the default will do. */
  readonly inputs: Readonly<Record<InitInput, string>>
  /** Labels of the runner, one or more. */
  readonly runner: readonly string[]
}

export const DEFAULT_RUNNER = 'ubuntu-latest'

const LABEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/

function invalid(message: string): R3mesError {
  return new R3mesError('INPUT_INVALID', message)
}

/** Labels with commas or spaces between them. @throws R3mesError `INPUT_INVALID` */
export function readRunner(text: string): readonly string[] {
  const labels = text.split(/[\s,]+/).filter((label) => label !== '')
  if (labels.length > 0 && labels.every((label) => LABEL.test(label))) return labels
  throw invalid(
    '`--runner` takes labels of a runner, such as ubuntu-latest or self-hosted,linux: letters, digits, dots and dashes.',
  )
}

/** The file that is written is committed, and read by everybody who may read the repository. */
function refuseCredentials(text: string): void {
  const named = lines(text).findIndex((line) => {
    const url = URL.parse(line)
    return url !== null && (url.username !== '' || url.password !== '')
  })
  if (named === -1) return
  throw invalid(
    `Entry ${named + 1} of \`rpc-urls\` holds a user name or password, which would be committed. Name an endpoint without one, and put the other into a secret of the repository by hand.`,
  )
}

/** No value spans lines where a run takes one line. */
function refuseLines(name: InitInput, text: string): void {
  if (!/[\r\n]/.test(text)) return
  throw invalid(`\`${name}\` holds a line break. Write it on one line.`)
}

const LISTS: ReadonlySet<InitInput> = new Set(['rpc-urls', 'adapters', 'datasets', 'ipfs-gateways'])

/**
 * One answer, as it is kept.
 *
 * @throws R3mesError as `readSettings`; `INPUT_INVALID` for credentials
 */
function normalised(name: InitInput, typed: string): string {
  const text = typed.trim()
  if (name === 'rpc-urls') refuseCredentials(text)
  if (LISTS.has(name)) return lines(text).join('\n')
  refuseLines(name, text)
  return text
}

/** Nobody is asked there: it stands in while another answer is judged. */
const SOME_ENDPOINTS = 'https://rpc-a.invalid\nhttps://rpc-b.invalid'

/** Judges answers that are there, whatever else is missing. @throws R3mesError as `readSettings` */
export function checkAnswers(raw: RawInputs): void {
  const given = INIT_INPUTS.filter((name) => raw[name]?.trim())
  const texts = given.map((name) => [name, normalised(name, raw[name] ?? '')] as const)
  readSettings({ 'rpc-urls': SOME_ENDPOINTS, ...Object.fromEntries(texts) }, {})
}

/** What holds for an input when nobody types it: the variable of the environment, else the default where that is a value. */
export function usualAnswer(name: InitInput, environment: Environment): string {
  // The defaults of these two describe what happens.
  if (name === 'ipfs-gateways' || name === 'home') return ''
  return inputText(name, {}, environment)
}

/**
 * All answers.
 *
 * @param raw as typed; what is missing has its usual answer
 * @throws R3mesError `INPUT_INVALID` that names the flags that are needed and missing; as `readSettings` for wrong ones
 */
export function readAnswers(raw: RawInputs, runner: string, environment: Environment): Answers {
  const labels = readRunner(runner)
  const inputs = Object.fromEntries(
    INIT_INPUTS.map((name) => [name, raw[name]?.trim() ? (raw[name] ?? '') : usualAnswer(name, environment)]),
  ) as Record<InitInput, string>
  if (inputs['rpc-urls'] === '') {
    throw invalid(
      '`r3mes init` has no terminal to ask on, or was told not to ask, and needs `--rpc-urls`: the endpoints of your chain, such as `--rpc-urls https://rpc-a.example.org https://rpc-b.example.org`.',
    )
  }
  checkAnswers(inputs)
  for (const name of INIT_INPUTS) inputs[name] = normalised(name, inputs[name])
  return { inputs, runner: labels }
}
