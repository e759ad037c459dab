/**
 * What `src/ensure/inputs.ts` says, in the other forms that people and tools read: action.yml, action-types.yml and the
 * tables of the README. Pure; `scripts/generate.ts` writes the files.
 */
import { stringify } from 'yaml'
import { SOURCE_NAMES } from '../src/core/index.ts'
import { ENVIRONMENT_ONLY, INPUTS, type InputName, type InputSpec, OUTPUTS } from '../src/ensure/inputs.ts'
import { CACHE_MODES, VERIFY_MODES } from '../src/ensure/settings.ts'
import { FROZEN_MODES, TRUST_MODES } from '../src/ensure/trust/trust-inputs.ts'

const HEADER = '# Written by `npm run generate` from src/ensure/inputs.ts.\n'
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

const inputs: readonly InputSpec[] = INPUTS

export function actionYaml(): string {
  const action = {
    name: 'Set up R3MES',
    description: 'Puts a chain-approved, byte-verified R3MES model store on the machine.',
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
    outputs: Object.fromEntries(OUTPUTS.map(({ name, description }) => [name, { description }])),
    // Post runs always, which is the runner's default: also after a failed or cancelled job.
    runs: { using: 'node24', main: 'dist/main.js', post: 'dist/post.js' },
  }
  return HEADER + stringify(action, YAML_STYLE)
}

/** In the format of github-actions-typing. */
export function actionTypesYaml(): string {
  const types = {
    inputs: Object.fromEntries(INPUTS.map(({ name, form }) => [name, TYPES[name] ?? TYPE_OF_FORM[form]])),
    outputs: Object.fromEntries(OUTPUTS.map(({ name }) => [name, { type: OUTPUT_TYPES[name] ?? 'string' }])),
  }
  return HEADER + stringify(types, YAML_STYLE)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => (cell === '' ? '–' : cell.replaceAll('|', '\\|'))).join(' | ')} |`
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

const code = (text: string | undefined): string => (text === undefined ? '' : `\`${text}\``)

/** The tables of the README by the name of their marker. */
export function readmeTables(): Readonly<Record<'inputs' | 'variables' | 'outputs', string>> {
  return {
    inputs: table(
      ['Input', 'Variable', 'Default', 'Meaning'],
      inputs.map((input) => [
        code(input.name),
        code(input.environment),
        shownDefault(input),
        input.description,
      ]),
    ),
    variables: table(
      ['Variable', 'Default', 'Meaning'],
      ENVIRONMENT_ONLY.map((variable) => [code(variable.name), shownDefault(variable), variable.description]),
    ),
    outputs: table(
      ['Output', 'Meaning'],
      OUTPUTS.map(({ name, description }) => [code(name), description]),
    ),
  }
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
