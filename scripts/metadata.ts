/**
 * What `src/ensure/inputs.ts` and `src/manager/volume-inputs.ts` say, in the other forms that people and tools read: action.yml,
 * action-types.yml and the tables of the documents. Pure; `scripts/generate.ts` writes the files.
 */
import { stringify } from 'yaml'
import { SOURCE_NAMES } from '../src/core/index.ts'
import { ENVIRONMENT_ONLY, INPUTS, type InputName, type InputSpec, OUTPUTS } from '../src/ensure/inputs.ts'
import { CACHE_MODES, VERIFY_MODES } from '../src/ensure/settings.ts'
import { FROZEN_MODES, TRUST_MODES } from '../src/ensure/trust/trust-inputs.ts'
import { ON_ERROR_MODES, VOLUME_INPUTS, VOLUME_OUTPUTS } from '../src/manager/volume-inputs.ts'

const YAML_STYLE = { lineWidth: 110, singleQuote: true } as const

/** Types that `form` alone does not tell. */
const TYPES: Readonly<Partial<Record<InputName, object>>> = {
  sources: {
    type: 'list',
    separator: ',',
    'list-item': { type: 'enum', 'allowed-values': [...SOURCE_NAMES] },
  },
  cache: { type: 'enum', 'allowed-values': [...CACHE_MODES] },
  trust: { type: 'enum', 'allowed-values': [...TRUST_MODES] },
  frozen: { type: 'enum', 'allowed-values': [...FROZEN_MODES] },
  verify: { type: 'enum', 'allowed-values': [...VERIFY_MODES] },
  'trusted-height': { type: 'integer' },
  'min-witnesses': { type: 'integer' },
  'parallel-downloads': { type: 'integer' },
  'deadline-minutes': { type: 'integer' },
  'prune-keep-popular': { type: 'integer' },
}
const TYPE_OF_FORM: Readonly<Record<InputSpec['form'], object>> = {
  text: { type: 'string' },
  flag: { type: 'boolean' },
  lines: { type: 'list', separator: '\n', 'list-item': { type: 'string' } },
}
const OUTPUT_TYPES: Readonly<Partial<Record<(typeof OUTPUTS)[number]['name'], string>>> = {
  success: 'boolean',
  'cache-hit': 'boolean',
  'registry-height': 'integer',
  'bytes-downloaded': 'integer',
}

/** A default as people read it: values as code, sentences as they are. */
function shownDefault({ default: value }: { readonly default: string }): string {
  if (value === '') return ''
  return value.includes(' ') ? value : `\`${value}\``
}

/**
 * An input's description in action.yml. An input with an environment variable declares no default there, because the
 * runner would always set it and the variable would never count; so the text names the default.
 */
function inputDescription(input: InputSpec): string {
  if (input.environment === undefined) return input.description
  const sentences = [input.description, `Environment variable: \`${input.environment}\`.`]
  if (input.default !== '') sentences.push(`Default: ${shownDefault(input)}.`)
  return sentences.join(' ')
}

interface OutputSpec {
  readonly name: string
  readonly description: string
}

/** All that is said of an action in one place of the sources. */
interface ActionSource {
  /** Where that is. */
  readonly path: string
  readonly name: string
  readonly description: string
  readonly inputs: readonly InputSpec[]
  readonly outputs: readonly OutputSpec[]
  readonly runs: Readonly<Record<string, string>>
  /** Types of inputs and outputs that their form alone does not tell. */
  readonly types: Readonly<Record<string, object>>
  readonly outputTypes: Readonly<Record<string, string>>
}

const MAIN_ACTION: ActionSource = {
  path: 'src/ensure/inputs.ts',
  name: 'Set up R3MES',
  description: 'Puts a chain-approved, byte-verified R3MES model store on the machine.',
  inputs: INPUTS,
  outputs: OUTPUTS,
  // Post runs always, which is the runner's default: also after a failed or cancelled job.
  runs: { using: 'node24', main: 'dist/main.js', post: 'dist/post.js' },
  types: TYPES,
  outputTypes: OUTPUT_TYPES,
}

const VOLUME_ACTION: ActionSource = {
  path: 'src/manager/volume-inputs.ts',
  name: 'Set up R3MES volume',
  description: 'Brings checkpoints, LoRAs and embeddings by URL and hash to a volume of models.',
  inputs: VOLUME_INPUTS,
  outputs: VOLUME_OUTPUTS,
  runs: { using: 'node24', main: '../dist/volume.js' },
  types: {
    'on-error': { type: 'enum', 'allowed-values': [...ON_ERROR_MODES] },
    verify: { type: 'enum', 'allowed-values': [...VERIFY_MODES] },
    'parallel-downloads': { type: 'integer' },
  },
  outputTypes: { success: 'boolean' },
}

function header({ path }: ActionSource): string {
  return `# Written by \`npm run generate\` from ${path}.\n`
}

function yamlOf(source: ActionSource): string {
  const { name, description, inputs, outputs, runs } = source
  const action = {
    name,
    description,
    author: 'R3MES',
    branding: { icon: 'shield', color: 'blue' },
    inputs: Object.fromEntries(
      inputs.map((input) => [
        input.name,
        {
          description: inputDescription(input),
          required: false,
          default: input.environment === undefined ? input.default : '',
        },
      ]),
    ),
    outputs: Object.fromEntries(outputs.map((output) => [output.name, { description: output.description }])),
    runs,
  }
  return header(source) + stringify(action, YAML_STYLE)
}

function typesYamlOf(source: ActionSource): string {
  const { inputs, outputs, types, outputTypes } = source
  const typing = {
    inputs: Object.fromEntries(inputs.map(({ name, form }) => [name, types[name] ?? TYPE_OF_FORM[form]])),
    outputs: Object.fromEntries(outputs.map(({ name }) => [name, { type: outputTypes[name] ?? 'string' }])),
  }
  return header(source) + stringify(typing, YAML_STYLE)
}

export const actionYaml = (): string => yamlOf(MAIN_ACTION)
/** In the format of github-actions-typing. */
export const actionTypesYaml = (): string => typesYamlOf(MAIN_ACTION)
/** The sub-action `volume`. */
export const volumeActionYaml = (): string => yamlOf(VOLUME_ACTION)
export const volumeActionTypesYaml = (): string => typesYamlOf(VOLUME_ACTION)

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => (cell === '' ? '–' : cell.replaceAll('|', '\\|'))).join(' | ')} |`
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

const code = (text: string | undefined): string => (text === undefined ? '' : `\`${text}\``)

function inputTable(inputs: readonly InputSpec[]): string {
  return table(
    ['Input', 'Variable', 'Default', 'Meaning'],
    inputs.map((input) => [
      code(input.name),
      code(input.environment),
      shownDefault(input),
      input.description,
    ]),
  )
}

function outputTable(outputs: readonly OutputSpec[]): string {
  return table(
    ['Output', 'Meaning'],
    outputs.map(({ name, description }) => [code(name), description]),
  )
}

/** The tables of the README by the name of their marker. */
export function readmeTables(): Readonly<Record<'inputs' | 'variables' | 'outputs', string>> {
  return {
    inputs: inputTable(INPUTS),
    variables: table(
      ['Variable', 'Default', 'Meaning'],
      ENVIRONMENT_ONLY.map((variable) => [code(variable.name), shownDefault(variable), variable.description]),
    ),
    outputs: outputTable(OUTPUTS),
  }
}

/** Those of docs/volume.md. */
export function volumeTables(): Readonly<Record<'inputs' | 'outputs', string>> {
  return { inputs: inputTable(VOLUME_INPUTS), outputs: outputTable(VOLUME_OUTPUTS) }
}

/**
 * A text with each table put between its markers, `<!-- name -->` and `<!-- /name -->`.
 *
 * @throws Error when a marker is missing: a table would silently grow old
 */
export function withTables(text: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((out, [name, rows]) => {
    const open = `<!-- ${name} -->`
    const start = out.indexOf(open)
    const end = out.indexOf(`<!-- /${name} -->`)
    if (start < 0 || end < start) throw new Error(`The markers of the table ${name} are missing.`)
    return `${out.slice(0, start + open.length)}\n${rows}\n${out.slice(end)}`
  }, text)
}
