/** The settings of a run as far as they can be read: a mistake in one input must not hide what is wrong with the rest. */
import { R3mesError } from '../core/index.ts'
import {
  ENVIRONMENT_ONLY,
  type Environment,
  INPUTS,
  inputText,
  type RawInputs,
  readSettings,
  type Settings,
} from '../ensure/index.ts'

export interface ReadableSettings {
  /** Without the endpoints, when these cannot be read. Bad inputs count as not given. */
  readonly settings: Settings
  readonly problems: readonly R3mesError[]
}

/** Inputs that are read together. */
const TOGETHER: readonly (readonly string[])[] = [['trusted-height', 'trusted-hash']]

/** Stands for endpoints that are missing while the rest is read; nobody is asked at it. */
const SOME_ENDPOINT = 'https://rpc.invalid'

/** The effective texts of all inputs, so that no variable is read in a second way. */
function textsOf(raw: RawInputs, environment: Environment): Record<string, string> {
  const texts = INPUTS.map(({ name }) => [name, inputText(name, raw, environment)] as const)
  // What a default only describes is no value.
  return Object.fromEntries(texts.filter(([name, text]) => text !== defaultOf(name)))
}

function defaultOf(name: string): string | undefined {
  return INPUTS.find((input) => input.name === name)?.default
}

function moves(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    ENVIRONMENT_ONLY.flatMap(({ name }) => {
      const value = environment[name]?.trim()
      return value ? [[name, value]] : []
    }),
  )
}

function problemsOf(thrown: unknown): readonly R3mesError[] {
  if (!(thrown instanceof R3mesError)) throw thrown
  return thrown.problems.length > 0 ? thrown.problems : [thrown]
}

function reads(texts: RawInputs, variables: Environment): boolean {
  try {
    readSettings({ 'rpc-urls': SOME_ENDPOINT, ...texts }, variables)
    return true
  } catch (thrown) {
    problemsOf(thrown)
    return false
  }
}

/** Those of the texts that can be read, each one alone or with those that it belongs to. */
function readable(texts: Record<string, string>): Record<string, string> {
  const names = Object.keys(texts)
  const groups = [
    ...TOGETHER.map((group) => group.filter((name) => names.includes(name))),
    ...names.filter((name) => !TOGETHER.flat().includes(name)).map((name) => [name]),
  ]
  const pick = (group: readonly string[]) =>
    Object.fromEntries(group.map((name) => [name, texts[name] ?? '']))
  return Object.assign({}, ...groups.map(pick).filter((group) => reads(group, {})))
}

/** Reads what can be read. Never throws for what somebody typed. */
export function readableSettings(raw: RawInputs, environment: Environment): ReadableSettings {
  try {
    return { settings: readSettings(raw, environment), problems: [] }
  } catch (thrown) {
    const problems = problemsOf(thrown)
    const kept = readable(textsOf(raw, environment))
    const variables = Object.fromEntries(
      Object.entries(moves(environment)).filter(([name, value]) => reads({}, { [name]: value })),
    )
    const whole = { 'rpc-urls': SOME_ENDPOINT, ...kept }
    const settings = readSettings(reads(kept, variables) ? whole : { 'rpc-urls': SOME_ENDPOINT }, variables)
    return { settings: 'rpc-urls' in kept ? settings : { ...settings, rpcUrls: [] }, problems }
  }
}
