import { describe, expect, it } from 'vitest'
import { parseRequest } from '../../src/registry/index.ts'
import { codesOf, refusalOf } from '../support/registry.ts'

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'

describe('a request', () => {
  it('means the active model when no version is named', () => {
    expect(parseRequest({})).toEqual({
      modelVersion: { kind: 'active' },
      adapters: [],
      adapterDomains: [],
      loadedAdapters: [],
      datasets: [],
      requireDataset: true,
    })
  })

  it.each([
    ['active', { kind: 'active' }],
    ['none', { kind: 'none' }],
    [' v1.0 ', { kind: 'version', text: 'v1.0' }],
    ['b1.58', { kind: 'version', text: 'b1.58' }],
    ['^1.2', { kind: 'range', text: '^1.2' }],
    ['>=1 <3', { kind: 'range', text: '>=1 <3' }],
  ])('reads model-version %j', (modelVersion, meaning) => {
    expect(parseRequest({ modelVersion, datasets: ['d'] }).modelVersion).toEqual(meaning)
  })

  it.each([
    '1.0.0.0',
    '1..2',
    '>=abc',
    '^^1',
    '1.0.0; rm -rf',
    '../1.0.0',
    'a\0b',
    '１.０.０',
    'x'.repeat(300),
  ])('refuses model-version %j and shows examples', (modelVersion) => {
    const refusal = refusalOf(() => parseRequest({ modelVersion }))
    expect(refusal.code).toBe('VERSION_INVALID')
    expect(refusal.message).toContain('`1.0.0`')
    expect(refusal.message).not.toContain(modelVersion)
  })

  it('trims entries, leaves empty ones out and splits off versions', () => {
    const request = parseRequest({
      adapters: [' general_dora ', '', 'coder@1.2.0', '\t'],
      loadedAdapters: ['', 'writer'],
      datasets: ['0', 'training_dataset_v1 '],
    })
    expect(request.adapters).toEqual([{ id: 'general_dora' }, { id: 'coder', version: '1.2.0' }])
    expect(request.loadedAdapters).toEqual(['writer'])
    expect(request.datasets).toEqual(['0', 'training_dataset_v1'])
  })

  it.each(['adapters', 'loadedAdapters', 'datasets'] as const)(
    'names an entry that stands twice in %s',
    (list) => {
      const refusal = refusalOf(() => parseRequest({ [list]: ['coder', 'writer', ' coder'] }))
      expect(refusal.code).toBe('INPUT_INVALID')
      expect(refusal.message).toContain('`coder` twice')
    },
  )

  it('takes two versions of one adapter for the same entry twice', () => {
    expect(refusalOf(() => parseRequest({ adapters: ['coder@1.0.0', 'coder@2.0.0'] })).code).toBe(
      'INPUT_INVALID',
    )
  })

  it.each([
    '../../x',
    '..',
    'CON',
    'con.txt',
    'a\0b',
    'ends.',
    'x'.repeat(300),
    'cоder',
    '# coder',
    'a/b',
    'a\\b',
    '-rf',
    '##[error]x',
  ])('refuses the name %j', (name) => {
    for (const list of ['adapters', 'loadedAdapters', 'datasets'] as const) {
      const refusal = refusalOf(() => parseRequest({ [list]: [name] }))
      expect(refusal.code).toBe('ID_UNSAFE')
      expect(refusal.message).not.toContain(name)
      expect(refusal.detail).toContain(name)
    }
  })

  it('may name domains of adapters beside adapters', () => {
    const { adapters, adapterDomains } = parseRequest({ adapters: ['coder', 'domain:code', 'domain: law '] })
    expect(adapters).toEqual([{ id: 'coder' }])
    expect(adapterDomains).toEqual(['code', 'law'])
  })

  it.each([
    [['domain:'], 'ID_UNSAFE'],
    [['domain:../x'], 'ID_UNSAFE'],
    [['domain:code', 'domain: code'], 'INPUT_INVALID'],
  ])('refuses the domains %j', (adapters, code) => {
    expect(refusalOf(() => parseRequest({ adapters })).code).toBe(code)
  })

  it('leaves domains nothing to fit when the model is none', () => {
    const refusal = refusalOf(() => parseRequest({ modelVersion: 'none', adapters: ['domain:code'] }))
    expect(refusal.code).toBe('INPUT_INVALID')
  })

  it.each(['coder@', 'coder@$(id)', 'coder@../1'])('refuses the version in %s', (entry) => {
    expect(refusalOf(() => parseRequest({ adapters: [entry] })).code).toBe('VERSION_INVALID')
  })

  it('leaves adapters nothing to fit when the model is none', () => {
    expect(refusalOf(() => parseRequest({ modelVersion: 'none', adapters: ['coder'] })).code).toBe(
      'INPUT_INVALID',
    )
  })

  it('wants something to do', () => {
    expect(refusalOf(() => parseRequest({ modelVersion: 'none' })).message).toContain('Nothing was asked for')
  })

  it('takes any spelling of a pinned CID, and nothing that is none', () => {
    expect(parseRequest({ modelCidPin: CID.toUpperCase().replace(/^B/, 'B') }).modelCidPin).toBe(CID)
    expect(refusalOf(() => parseRequest({ modelCidPin: 'QmNope' })).code).toBe('INPUT_INVALID')
  })

  it.each(['a\u202Eb', 'a\nb', 'x'.repeat(201)])('refuses the model name %j', (modelName) => {
    expect(refusalOf(() => parseRequest({ modelName })).code).toBe('INPUT_INVALID')
  })

  it('tells every problem at once', () => {
    const refusal = refusalOf(() =>
      parseRequest({
        modelVersion: '1..2',
        adapters: ['../x', 'a', 'a'],
        datasets: ['CON'],
        modelCidPin: 'no',
      }),
    )
    expect(codesOf(refusal.problems)).toEqual([
      'VERSION_INVALID',
      'INPUT_INVALID',
      'ID_UNSAFE',
      'INPUT_INVALID',
      'ID_UNSAFE',
    ])
  })
})
