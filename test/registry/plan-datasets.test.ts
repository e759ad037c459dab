import { describe, expect, it } from 'vitest'
import { plan, type RawRequest } from '../../src/registry/index.ts'
import {
  aDataset,
  aMalformed,
  aRequest,
  aSnapshot,
  codesOf,
  onlyProblem,
  type RegistryContents,
} from '../support/registry.ts'

const NAME = 'training_dataset_v1'

function planOf(datasets: RegistryContents['datasets'], ...wanted: string[]) {
  return planWith(datasets, { datasets: wanted.length === 0 ? [NAME] : wanted })
}

function planWith(datasets: RegistryContents['datasets'], raw: RawRequest) {
  return plan(aRequest({ modelVersion: 'none', ...raw }), aSnapshot({ datasets: datasets ?? [] }))
}

describe('a dataset of a plan', () => {
  it.each([NAME, '7', '007'])('is found by %s', (wanted) => {
    const result = planOf([aDataset({ datasetId: 7n })], wanted)
    expect(result.problems).toEqual([])
    expect(result.artifacts).toMatchObject([
      { kind: 'dataset', id: NAME, storeName: NAME, fileName: `${NAME}.jsonl`, size: 2000, required: true },
    ])
  })

  it('whose name is digits is found by it where no id is meant', () => {
    expect(planOf([aDataset({ datasetId: 7n, name: '2024' })], '2024').artifacts).toHaveLength(1)
  })

  it.each([
    ['DATASET_NOT_APPROVED', []],
    ['DATASET_NOT_APPROVED', [aDataset({ status: 'pending' })]],
    ['DATASET_REMOVED', [aDataset({ status: 'removed' })]],
    ['RECORD_MALFORMED', [aMalformed('ad_0', NAME)]],
    ['DIGEST_MISSING', [aDataset({ checksum: '' })]],
  ])('is refused as %s', (code, datasets) => {
    expect(onlyProblem(planOf(datasets)).code).toBe(code)
  })

  it('is refused by a malformed record’s id too', () => {
    expect(onlyProblem(planOf([aMalformed('ad_3')], '3')).code).toBe('RECORD_MALFORMED')
  })

  it('is not failed by another’s malformed record', () => {
    expect(planOf([aDataset(), aMalformed('ad_9'), aMalformed('ad_8', 'other')]).problems).toEqual([])
  })

  it('is a notice when it is deprecated', () => {
    const result = planOf([aDataset({ status: 'deprecated' })])
    expect(result.problems).toEqual([])
    expect(result.notices.join()).toContain('deprecates')
  })

  it('that two records name is ambiguous, and the message lists their ids', () => {
    const problem = onlyProblem(planOf([aDataset({ datasetId: 3n }), aDataset({ datasetId: 5n })]))
    expect(problem.code).toBe('DATASET_AMBIGUOUS')
    expect(problem.message).toContain('3, 5')
  })

  it('that was removed and approved again is the one that stands', () => {
    const result = planOf([aDataset({ datasetId: 3n, status: 'removed' }), aDataset({ datasetId: 5n })])
    expect(result.problems).toEqual([])
  })

  it('gets suggestions', () => {
    const problem = onlyProblem(planOf([aDataset()], 'training_dataset_v2'))
    expect(problem.message).toContain(`Did you mean \`${NAME}\`?`)
    expect(problem.message).toContain(`Approved datasets: ${NAME}.`)
  })

  it('asked for by id and by name is brought once', () => {
    const result = planOf([aDataset()], '0', NAME)
    expect(result.artifacts).toHaveLength(1)
    expect(result.notices.join()).toContain('twice')
  })

  it('with a name that is no folder name is refused', () => {
    expect(onlyProblem(planOf([aDataset({ name: '../../x' })], '0')).code).toBe('ID_UNSAFE')
    expect(onlyProblem(planOf([aDataset({ name: '' })], '0')).code).toBe('ID_UNSAFE')
  })

  it('may have a source that is plain words', () => {
    const result = planOf([aDataset({ source: 'Common Crawl' })])
    expect(result.problems).toEqual([])
    expect(result.artifacts[0]).toMatchObject({ places: [], fileName: NAME })
  })
})

describe('datasets that are not required', () => {
  it('fail as warnings, and leave the others in the plan', () => {
    const result = planWith([aDataset(), aDataset({ datasetId: 1n, name: 'other', status: 'removed' })], {
      datasets: [NAME, 'other', 'unknown'],
      requireDataset: false,
    })
    expect(result.problems).toEqual([])
    expect(codesOf(result.datasetProblems)).toEqual(['DATASET_REMOVED', 'DATASET_NOT_APPROVED'])
    expect(result.artifacts).toMatchObject([{ id: NAME, required: false }])
  })

  it('fail as warnings when their folders would be one', () => {
    const result = planWith([aDataset({ name: 'Data' }), aDataset({ datasetId: 1n, name: 'data' })], {
      datasets: ['Data', 'data'],
      requireDataset: false,
    })
    expect(result.problems).toEqual([])
    expect(codesOf(result.datasetProblems)).toEqual(['ID_UNSAFE'])
    expect(result.artifacts.map((artifact) => artifact.id)).toEqual(['Data'])
  })
})
