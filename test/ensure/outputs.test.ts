import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import { OUTPUTS, outputsOf, readyEnvironment } from '../../src/ensure/index.ts'
import { aFile, anArtifact, anEvidence, aResult } from '../support/result.ts'

const failed = aResult({
  success: false,
  artifacts: [],
  height: undefined,
  trust: undefined,
  modelVersion: undefined,
  receiptPath: undefined,
  error: new R3mesError('ADAPTER_CONFLICT', 'Adapters coder and writer change the same modules.', {
    detail: 'said the chain: ::error::gotcha',
  }),
})

describe('outputs', () => {
  it('sets every output on success and on failure', () => {
    const names = OUTPUTS.map(({ name }) => name)
    expect(Object.keys(outputsOf(aResult()))).toEqual(names)
    expect(Object.keys(outputsOf(failed))).toEqual(names)
  })

  it('maps adapters and datasets to their paths', () => {
    const result = aResult({
      artifacts: [
        anArtifact(),
        anArtifact({ kind: 'adapter', id: 'coder', path: '/s/adapters/coder.pt' }),
        anArtifact({ kind: 'dataset', id: 'training_dataset_v1', path: '/s/datasets/training_dataset_v1' }),
      ],
    })
    const outputs = outputsOf(result)
    expect(outputs['model-path']).toBe('/home/miner/.r3mes/models/v1.0.0')
    expect(JSON.parse(outputs['adapter-paths'])).toEqual({ coder: '/s/adapters/coder.pt' })
    expect(JSON.parse(outputs['dataset-paths'])).toEqual({
      training_dataset_v1: '/s/datasets/training_dataset_v1',
    })
  })

  it('names code and message of a failure, and nothing that a network said', () => {
    const outputs = outputsOf(failed)
    expect(outputs['error-code']).toBe('ADAPTER_CONFLICT')
    expect(outputs['error-message']).toBe('Adapters coder and writer change the same modules.')
    expect(Object.values(outputs).join()).not.toContain('gotcha')
  })

  it.each(['"', "'"])('is a message that a shell prints between %s and does not obey', (quote) => {
    const said = 'Adapter `echo obeyed` is not approved. The store\'s "home" costs $PATH \\ $(echo obeyed).'
    const error = new R3mesError('ADAPTER_NOT_APPROVED', said)
    const message = outputsOf(aResult({ success: false, error }))['error-message']
    const printed = execFileSync('sh', ['-c', `printf %s ${quote}${message}${quote}`], { encoding: 'utf8' })
    expect(printed).toBe(message)
    expect(message).toContain('Adapter ‘echo obeyed’ is not approved. The store’s home')
  })

  it('says how the approvals were proven, who agreed, and when that ends', () => {
    const outputs = outputsOf(
      aResult({
        trust: 'light-client',
        frozen: true,
        evidence: anEvidence({
          witnesses: [
            { endpoint: 'https://rpc-b.example.org', verdict: 'agrees', why: '' },
            { endpoint: 'https://rpc-c.example.org', verdict: 'silent', why: 'it gave no answer' },
          ],
        }),
        trustExpiresAt: new Date('2026-01-15T03:00:00Z'),
      }),
    )
    expect(outputs).toMatchObject({ trust: 'light-client', 'trust-expires-at': '2026-01-15T03:00:00.000Z' })
    expect(JSON.parse(outputs.status)).toMatchObject({ frozen: true, witnesses: { asked: 2, agree: 1 } })
    expect(outputsOf(aResult())['trust-expires-at']).toBe('')
    expect(JSON.parse(outputsOf(aResult()).status)).toMatchObject({ frozen: false, witnesses: null })
  })

  it('says that a run was interrupted', () => {
    const outputs = outputsOf(aResult({ success: false, interrupted: true, artifacts: [] }))
    expect(outputs.success).toBe('false')
    expect(outputs['error-message']).toContain('stopped by a signal')
  })

  it('keeps every output within 8 KiB, with status and maps still JSON', () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      anArtifact({ kind: 'adapter', id: `adapter_${index}`, path: `/store/adapters/adapter_${index}.pt` }),
    )
    const problems = Array.from(
      { length: 300 },
      (_, index) => new R3mesError('ID_UNSAFE', `Entry ${index}. ${'x'.repeat(80)}`),
    )
    const outputs = outputsOf(aResult({ artifacts: many, error: R3mesError.from(problems) }))
    for (const value of Object.values(outputs)) expect(Buffer.byteLength(value)).toBeLessThanOrEqual(8192)
    expect(JSON.parse(outputs['adapter-paths'])).toEqual({})
    expect(JSON.parse(outputs.status)).toMatchObject({ success: true })
  })

  it('escapes what a runner would obey in printed JSON', () => {
    const outputs = outputsOf(
      aResult({ artifacts: [anArtifact({ kind: 'adapter', id: 'a', path: '/x/##[error]/::y::' })] }),
    )
    expect(outputs['adapter-paths']).not.toContain('##[')
    expect(outputs['adapter-paths']).not.toContain('::')
    expect(JSON.parse(outputs['adapter-paths'])).toEqual({ a: '/x/##[error]/::y::' })
  })
})

it('exports variables under names that are no inputs', () => {
  const exported = readyEnvironment(aResult({ artifacts: [anArtifact({ files: [aFile()] })] }))
  expect(Object.keys(exported).every((name) => name.startsWith('R3MES_READY_'))).toBe(true)
  expect(exported['R3MES_READY_MODEL_VERSION']).toBe('1.0.0')
})
