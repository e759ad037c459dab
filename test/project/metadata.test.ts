import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  actionTypesYaml,
  actionYaml,
  readmeTables,
  volumeActionTypesYaml,
  volumeActionYaml,
  volumeTables,
  withTables,
} from '../../scripts/metadata.ts'
import { ENVIRONMENT_ONLY, INPUTS, type InputSpec, OUTPUTS } from '../../src/ensure/inputs.ts'
import { VOLUME_INPUTS, VOLUME_OUTPUTS } from '../../src/manager/index.ts'
import { plain, projectFiles, read, section, tableRows } from '../support/project.ts'

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

describe('the sub-action volume', () => {
  const volume = parse(read('volume/action.yml')) as ActionFile
  const document = read('docs/volume.md')
  const outputs: readonly string[] = VOLUME_OUTPUTS.map(({ name }) => name)

  it('is what the code says', () => {
    expect(read('volume/action.yml'), 'npm run generate writes it').toBe(volumeActionYaml())
    expect(read('volume/action-types.yml'), 'npm run generate writes it').toBe(volumeActionTypesYaml())
  })

  it('runs on Node 24 from the folder of the action', () => {
    expect(volume.runs).toEqual({ using: 'node24', main: '../dist/volume.js' })
  })

  it('declares every input and output of the code, describes each, and requires none', () => {
    expect(Object.keys(volume.inputs)).toEqual(VOLUME_INPUTS.map(({ name }) => name))
    expect(Object.keys(volume.outputs)).toEqual(outputs)
    for (const { description } of Object.values(volume.outputs)) expect(description).toMatch(/\.$/)
    const specs: readonly InputSpec[] = VOLUME_INPUTS
    for (const { name, environment, default: value } of specs) {
      const declared = volume.inputs[name]
      expect(declared?.description, name).toMatch(/\.$/)
      expect(declared?.required, name).toBe(false)
      expect(declared?.default, name).toBe(environment === undefined ? value : '')
      if (environment !== undefined) expect(declared?.description, name).toContain(`\`${environment}\``)
    }
  })

  it('stands in docs/volume.md with the same words', () => {
    expect(document, 'npm run generate writes the tables').toBe(withTables(document, volumeTables()))
    expect(tableRows(section(document, '### Outputs')).map(([name = '']) => plain(name))).toEqual(outputs)
  })

  it('has each output that a document reads', () => {
    const texts = projectFiles('*.md', 'examples').map(read)
    const used = texts.flatMap((text) =>
      [...text.matchAll(/steps\.models\.outputs\.([a-z-]+)/g)].map(([, name = '']) => name),
    )
    expect(used.length).toBeGreaterThan(2)
    expect(used.filter((name) => !outputs.includes(name))).toEqual([])
  })

  it('is part of the package', () => {
    expect(JSON.parse(read('package.json'))).toMatchObject({ files: expect.arrayContaining(['volume']) })
  })
})
