import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { isSha256Hex, R3mesError, safeName, safePath } from '../../src/core/index.ts'
import type { VerifiedArtifact } from '../../src/ensure/fetch-all.ts'
import { openRun, type Run } from '../../src/ensure/open-run.ts'
import { promoteAll } from '../../src/ensure/promote.ts'
import { RunRecord } from '../../src/ensure/record.ts'
import { readSettings } from '../../src/ensure/settings.ts'
import type { KindFacts } from '../../src/registry/index.ts'
import type { ArtifactKind, Promotable, Promotion, Store } from '../../src/store/index.ts'
import { sha256Of } from '../support/digest.ts'
import { aPartial, aReporter, type RecordingReporter } from '../support/store.ts'
import { finalTree } from '../support/tree.ts'

interface Opened {
  readonly run: Run
  readonly home: string
  readonly reporter: RecordingReporter
}

/** A run over a real store, whose promotions go through `change`. */
async function aRun(change: (promote: Store['promote']) => Store['promote']): Promise<Opened> {
  const home = await mkdtemp(join(tmpdir(), 'r3mes-promote-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const settings = readSettings({ home, 'rpc-urls': 'http://127.0.0.1:1' }, {})
  const reporter = aReporter()
  const run = await openRun(settings, { reporter, environment: {} }, new RunRecord(settings))
  onTestFinished(() => run[Symbol.asyncDispose]())
  const store = { ...run.store, promote: change((artifact) => run.store.promote(artifact)) }
  return { run: { ...run, store }, home, reporter }
}

const FACTS: Readonly<Record<ArtifactKind, KindFacts>> = {
  model: { kind: 'model', modelId: 0n, name: '', versionNumber: undefined },
  adapter: {
    kind: 'adapter',
    domain: '',
    fit: { compatibleModelVersions: [], minModelVersion: '', maxModelVersion: '', targetModules: [] },
  },
  dataset: { kind: 'dataset', datasetId: 0n },
}

async function verified(run: Run, kind: ArtifactKind, name: string): Promise<VerifiedArtifact> {
  const bytes = Buffer.from(`${kind} ${name}`)
  const hex = sha256Of(bytes)
  if (!isSha256Hex(hex)) throw new TypeError('A SHA-256 has 64 hex characters')
  const planned = {
    path: safePath('file.bin', 'file'),
    sha256: hex,
    size: bytes.length,
    places: [],
    cid: undefined,
  }
  const file = await run.store.adopt(await aPartial(run.store, bytes))
  return {
    artifact: {
      kind,
      id: name,
      version: '',
      storeName: safeName(name, 'name'),
      digest: { kind: 'sha256', hex },
      cid: undefined,
      size: bytes.length,
      claimedDiskBytes: undefined,
      fileName: planned.path,
      places: [],
      downloadSource: '',
      approvedAtHeight: 1n,
      status: 'active',
      facts: FACTS[kind],
      approvedBy: [],
      containerHash: undefined,
      required: kind !== 'dataset',
      files: [planned],
    },
    files: [{ planned, obtained: { file, from: 'store', url: undefined, milliseconds: 0 } }],
  }
}

const failing =
  (kind: ArtifactKind, name: string) =>
  (promote: Store['promote']) =>
  async (artifact: Promotable): Promise<Promotion> => {
    if (artifact.kind === kind && artifact.name === name) throw new R3mesError('DISK_FULL', 'No room.')
    return promote(artifact)
  }

it('takes back the others when one of them cannot be taken back, and keeps the reason', async () => {
  const { run, home, reporter } = await aRun((promote) => async (artifact) => {
    const promotion = await failing('adapter', 'last')(promote)(artifact)
    return artifact.name === 'stuck'
      ? { ...promotion, undo: () => Promise.reject(new R3mesError('STORE_NOT_WRITABLE', 'Stuck.')) }
      : promotion
  })
  const artifacts = [
    await verified(run, 'model', 'v1.0.0'),
    await verified(run, 'adapter', 'stuck'),
    await verified(run, 'adapter', 'last'),
  ]
  await expect(promoteAll(run, artifacts)).rejects.toMatchObject({ code: 'DISK_FULL' })
  expect(Object.keys(await finalTree(home))).toEqual(['adapters/stuck.bin'])
  expect(reporter.lines.filter(({ level }) => level === 'warning').map(({ text }) => text)).toEqual([
    expect.stringContaining('stuck.bin'),
  ])
  expect(run.record.result.artifacts).toEqual([])
})

it('leaves a dataset out that is not required and cannot be put in place', async () => {
  const { run, home } = await aRun(failing('dataset', 'odd'))
  const artifacts = [await verified(run, 'model', 'v1.0.0'), await verified(run, 'dataset', 'odd')]
  await promoteAll(run, artifacts)
  expect(Object.keys(await finalTree(home))).toEqual(['models/v1.0.0/file.bin'])
  expect(run.record.result.datasetProblems.map(({ code }) => code)).toEqual(['DISK_FULL'])
})
