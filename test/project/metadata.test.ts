import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { actionTypesYaml, actionYaml, readmeTables, withTables } from '../../scripts/metadata.ts'
import { ENVIRONMENT_ONLY, INPUTS, type InputSpec, OUTPUTS } from '../../src/ensure/inputs.ts'
import { plain, read, section, tableRows } from '../support/project.ts'

interface ActionFile {
  readonly name: string
  readonly description: string
  readonly branding: Readonly<Record<string, string>>
  readonly inputs: Readonly<Record<string, { description: string; required: boolean; default: unknown }>>
  readonly outputs: Readonly<Record<string, { description: string }>>
  readonly runs: Readonly<Record<string, string>>
}
interface TypesFile {
  readonly inputs: Readonly<Record<string, { type: string }>>
  readonly outputs: Readonly<Record<string, { type: string }>>
}

const action = parse(read('action.yml')) as ActionFile
const types = parse(read('action-types.yml')) as TypesFile
const readme = read('README.md')
const inputs: readonly InputSpec[] = INPUTS
const inputNames = inputs.map(({ name }) => name)
const outputNames = OUTPUTS.map(({ name }) => name)

describe('action.yml', () => {
  it('is what the inputs of the code say', () => {
    expect(read('action.yml'), 'npm run generate writes it').toBe(actionYaml())
    expect(read('action-types.yml'), 'npm run generate writes it').toBe(actionTypesYaml())
  })

  it('runs the built action on Node 24, and its post step whatever became of the job', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/main.js', post: 'dist/post.js' })
  })

  it('has a name, a description and branding that the marketplace accepts', () => {
    expect(action.name).not.toBe('')
    expect(action.description.length).toBeLessThan(125)
    expect(action.branding).toEqual({ icon: 'shield', color: 'blue' })
  })

  it('declares every input and output of the code, in the same order, and no other', () => {
    expect(Object.keys(action.inputs)).toEqual(inputNames)
    expect(Object.keys(action.outputs)).toEqual(outputNames)
  })

  it('describes every input and output, and requires none', () => {
    for (const [name, { description, required }] of Object.entries(action.inputs)) {
      expect(description, name).toMatch(/\.$/)
      expect(required, name).toBe(false)
    }
    for (const [name, { description }] of Object.entries(action.outputs)) {
      expect(description, name).toMatch(/\.$/)
    }
  })

  it('gives every default as text, and none where an environment variable may fill in', () => {
    for (const { name, environment, default: value } of inputs) {
      expect(action.inputs[name]?.default, name).toBe(environment === undefined ? value : '')
    }
  })

  it('names the variable and the real default of such an input in its description', () => {
    for (const { name, environment, default: value } of inputs) {
      if (environment === undefined) continue
      expect(action.inputs[name]?.description, name).toContain(`\`${environment}\``)
      expect(action.inputs[name]?.description, name).toContain(value)
    }
  })

  it('has no input for a private key and none with the name of a workflow key', () => {
    expect(inputNames.filter((name) => /private|mnemonic|seed-phrase|^cache-mode$/.test(name))).toEqual([])
  })

  it('never exports a variable that is read as input', () => {
    const read = new Set<string>([
      ...inputs.flatMap(({ environment }) => environment ?? []),
      ...ENVIRONMENT_ONLY.map(({ name }) => name),
    ])
    const exported = [...(action.inputs['export-env']?.description ?? '').matchAll(/R3MES_[A-Z_]+/g)].map(
      ([name]) => name,
    )
    expect(exported).toHaveLength(4)
    expect(exported.filter((name) => read.has(name))).toEqual([])
  })
})

describe('action-types.yml', () => {
  it('types every input and output', () => {
    expect(Object.keys(types.inputs)).toEqual(inputNames)
    expect(Object.keys(types.outputs)).toEqual(outputNames)
  })

  it('calls flags boolean and lists lists', () => {
    for (const { name, form } of inputs) {
      const { type } = types.inputs[name] ?? {}
      if (form === 'flag') expect(type, name).toBe('boolean')
      if (form === 'lines') expect(type, name).toBe('list')
    }
  })
})

describe('the README', () => {
  const rows = (heading: string) => tableRows(section(readme, heading))

  it('has the tables that the code says', () => {
    expect(readme, 'npm run generate writes them').toBe(withTables(readme, readmeTables()))
  })

  it('lists every input with its variable', () => {
    expect(rows('## Inputs').map(([name = '', variable = '']) => [plain(name), plain(variable)])).toEqual([
      ...inputs.map(({ name, environment }) => [name, environment ?? '–']),
      ...ENVIRONMENT_ONLY.map(({ name, default: value }) => [name, value === '' ? '–' : value]),
    ])
  })

  it('lists every output', () => {
    expect(rows('## Outputs').map(([name = '']) => plain(name))).toEqual(outputNames)
  })

  it('loses no table without a word', () => {
    expect(() => withTables('no markers here', { inputs: '| a |' })).toThrow(/markers of the table inputs/)
  })
})
