import { describe, expect, it } from 'vitest'
import {
  describeLockChanges,
  diffLocks,
  type LockedArtifact,
  type Lockfile,
} from '../../../src/registry/index.ts'
import { sha256Of } from '../../support/digest.ts'
import { aRegistry, FULL_REQUEST, lockOfRegistry } from '../../support/lockfile.ts'
import { aDataset, aModel, anAdapter, aVersion, type RegistryContents } from '../../support/registry.ts'

const before = lockOfRegistry()

/** The lines of the diff to the lockfile that another state of the registry gives. */
function linesAfter(contents: RegistryContents, raw = FULL_REQUEST): readonly string[] {
  const lines = describeLockChanges(diffLocks(before, lockOfRegistry({ ...aRegistry(), ...contents }, raw)))
  return lines.filter((line) => !line.startsWith('request: '))
}

const coder = (fields: Parameters<typeof anAdapter>[0]) => ({
  adapters: [anAdapter({ version: '1.2.0', ...fields }), anAdapter({ id: 'writer', domain: 'text' })],
})

describe('what changed from one lockfile to the next', () => {
  it('is nothing when nothing did', () => {
    expect(diffLocks(before, lockOfRegistry())).toEqual([])
  })

  const digests = `new digest sha256:${sha256Of('new').slice(0, 12)}… (was sha256:${sha256Of('adapter').slice(0, 12)}…)`
  it.each<[string, RegistryContents, string]>([
    ['an adapter’s bytes', coder({ checksum: sha256Of('new') }), `adapter coder 1.2.0: ${digests}`],
    [
      'an adapter’s version',
      coder({ version: '1.3.0', checksum: sha256Of('new') }),
      `adapter coder 1.2.0 → 1.3.0: ${digests}`,
    ],
    [
      'its size',
      coder({ sizeBytes: 1_234_567n }),
      'adapter coder 1.2.0: approved size 1,234,567 bytes (was 1,000 bytes); claims 1,234,567 bytes on disk (was 1,000 bytes)',
    ],
    [
      'what it fits',
      coder({ compatibleModelVersions: [], minModelVersion: '1.0.0' }),
      'adapter coder 1.2.0: needs model ≥ 1.0.0 (before: needs model 1.0.0)',
    ],
    [
      'what it fits, in words that are not printed',
      coder({ compatibleModelVersions: ['^1 ##[error]'.slice(0, 2)] }),
      'adapter coder 1.2.0: is approved for other model versions (before: needs model 1.0.0)',
    ],
    [
      'what it changes in a model',
      coder({ targetModules: ['q'] }),
      'adapter coder 1.2.0: now changes other modules of the model',
    ],
    ['its domain', coder({ domain: '##[error]' }), 'adapter coder 1.2.0: moved to another domain'],
    [
      'its file and its places',
      coder({ fileName: 'c.bin', downloadSource: 'https://x.example/##[c.bin' }),
      'adapter coder 1.2.0: file name c.bin (was coder.safetensors); other places to ask for it',
    ],
    [
      'when it was approved',
      coder({ approvedAtHeight: 12_345n }),
      'adapter coder 1.2.0: approved at height 12,345 (was 10)',
    ],
    [
      'the model’s standing',
      { versions: [aVersion({ status: 'deprecated' })] },
      'model 1.0.0: now deprecated (was active); stands in another record of the registry',
    ],
    [
      'the dataset’s record',
      { datasets: [aDataset({ datasetId: 8n })] },
      'dataset training_dataset_v1: stands in another record of the registry',
    ],
  ])('names %s', (_what, contents, line) => {
    expect(linesAfter(contents)).toEqual([line])
  })

  it('names what was added and removed, and the model by both versions', () => {
    const contents = {
      ...aRegistry(),
      models: [aModel({ version: '2.0.0', name: 'bitnet' })],
      adapters: [anAdapter({ id: 'lawyer', compatibleModelVersions: ['2.0.0'] })],
    }
    const lines = linesAfter(contents, { modelVersion: '2.0.0', adapters: ['lawyer'] })
    expect(lines).toEqual([
      'model 1.0.0 → 2.0.0',
      'adapter lawyer 1.0.0 added',
      'adapter coder 1.2.0 removed',
      'adapter writer 1.0.0 removed',
      'dataset training_dataset_v1 removed',
    ])
  })

  const changed = (changes: Partial<Lockfile>) =>
    describeLockChanges(diffLocks(before, { ...before, ...changes }))
  const anchored = (changes: Partial<Lockfile['anchor']>) =>
    changed({ anchor: { ...before.anchor, ...changes } })

  it('says how far the anchor moved', () => {
    const origin = 'light client from height 101'
    const later = (ms: number) => new Date(before.anchor.time.getTime() + ms)
    const day = 24 * 60 * 60_000
    expect(anchored({ height: 1950n, hash: 'CD'.repeat(32), time: later(3.5 * day), origin })).toEqual([
      'anchor 101 → 1,950 (3 days later), from light client from height 101',
    ])
    expect(anchored({ height: 102n, time: later(60_000) })[0]).toContain('(1 minute later)')
    expect(anchored({ height: 102n, time: later(5000) })[0]).toContain('(5 seconds later)')
    expect(anchored({ height: 90n, time: later(-2 * 60 * 60_000) })[0]).toContain('(2 hours earlier)')
    expect(anchored({ origin })[0]).toBe('anchor 101: now from light client from height 101')
  })

  it('shouts when the anchor became another header of the same height', () => {
    expect(anchored({ hash: 'CD'.repeat(32) })[0]).toContain('ANOTHER HEADER at the same height')
  })

  it('names the chain, the periods and the request', () => {
    expect(
      changed({
        chainId: 'remes-2',
        trustingPeriodSeconds: 7 * 24 * 60 * 60,
        unbondingSeconds: undefined,
        request: {
          ...before.request,
          modelVersion: '^1',
          adapters: ['writer@1.0.0', 'domain:law'],
          requireDataset: false,
        },
      }),
    ).toEqual([
      'request: model-version 1.0.0 → ^1; adapters + domain:law, - coder; require-dataset false',
      'chain remes-testnet-1 → remes-2',
      'trusting period 14 days → 7 days',
      'unbonding time 21 days → unknown',
    ])
  })

  it('holds nothing that a record could have written freely', () => {
    const hostile = '##[error]\n::x::'
    const bad = before.artifacts.map((artifact): LockedArtifact => {
      const { facts } = artifact
      const fit = {
        compatibleModelVersions: [hostile],
        minModelVersion: hostile,
        maxModelVersion: hostile,
        targetModules: [hostile],
      }
      return {
        ...artifact,
        places: [`https://x.example/${hostile}`],
        containerHash: 'sha256:2',
        facts: facts.kind === 'adapter' ? { ...facts, domain: hostile, fit } : facts,
      }
    })
    for (const line of changed({ artifacts: bad })) expect(line).not.toMatch(/##|::|\n/)
  })
})
