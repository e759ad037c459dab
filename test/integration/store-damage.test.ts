import { lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { approveAdapter } from '../../src/devnet/index.ts'
import { sha256Of } from '../support/digest.ts'
import { MAIN_JOB } from '../support/scenario.ts'
import { scribble } from '../support/store.ts'
import { approved, aStoreScenario, MODEL } from '../support/store-scenario.ts'
import { finalTree, treeOf } from '../support/tree.ts'

/** Everything that can be seen of a path without following it, and of what lies below it. */
async function portrait(path: string): Promise<unknown> {
  const { mode, size, ino, mtimeMs, uid } = await lstat(path)
  const target = await readlink(path).catch(() => undefined)
  return {
    mode,
    size,
    ino,
    mtimeMs,
    uid,
    target,
    below: target === undefined ? await treeOf(path).catch(() => 'file') : '',
  }
}

describe('a final path that holds something else', () => {
  const OCCUPANTS: [string, (path: string) => Promise<unknown>][] = [
    [
      'a folder',
      (path) => mkdir(path, { recursive: true }).then(() => writeFile(join(path, 'mine.txt'), 'mine')),
    ],
    ['a file', (path) => writeFile(path, 'mine')],
    ['a link to /etc', (path) => symlink('/etc', path)],
    ['a link to nowhere', (path) => symlink('/nowhere/at/all', path)],
  ]
  const PLACES = ['models/v1.0.0', 'adapters/coder.safetensors', 'datasets/training_dataset_v1']

  it.each(OCCUPANTS)('is left alone, and ours stands beside it: %s', async (_name, occupy) => {
    const scenario = await aStoreScenario()
    const { store } = scenario
    for (const kind of ['models', 'adapters', 'datasets']) await mkdir(join(store, kind), { recursive: true })
    for (const place of PLACES) await occupy(join(store, place))
    const before = await Promise.all(PLACES.map((place) => portrait(join(store, place))))

    const request = { ...MAIN_JOB, adapters: 'coder' }
    for (const change of ['beside', 'unchanged']) {
      const step = await scenario.step(request)
      expect(step.outputs['success']).toBe('true')
      const wanted = approved(scenario)
      const twelve = (path: string): string => wanted[path]?.slice(0, 12) ?? ''
      const model = `models/v1.0.0@${twelve('models/v1.0.0/model.gguf')}`
      const adapter = `adapters/coder@${twelve('adapters/coder.safetensors')}.safetensors`
      const file = 'datasets/training_dataset_v1/training_dataset_v1.jsonl'
      const dataset = `datasets/training_dataset_v1@${twelve(file)}`
      expect(step.outputs['model-path']).toBe(join(store, model))
      expect(JSON.parse(step.outputs['adapter-paths'] ?? '')).toEqual({ coder: join(store, adapter) })
      expect(JSON.parse(step.outputs['dataset-paths'] ?? '')).toEqual({
        training_dataset_v1: join(store, dataset),
      })
      const status: { ready: { change: string }[] } = JSON.parse(step.outputs['status'] ?? '')
      expect(new Set(status.ready.map((artifact) => artifact.change))).toEqual(new Set([change]))
      // Asked one by one: a walk over the whole store would follow the link.
      expect(await treeOf(join(store, model))).toEqual({ 'model.gguf': wanted['models/v1.0.0/model.gguf'] })
      expect(sha256Of(await readFile(join(store, adapter)))).toBe(wanted['adapters/coder.safetensors'])
      expect(await treeOf(join(store, dataset))).toEqual({ 'training_dataset_v1.jsonl': wanted[file] })
      if (change === 'beside') expect(step.stdout).toMatch(/::warning[^\n]*holds other content/)
    }
    expect(await Promise.all(PLACES.map((place) => portrait(join(store, place))))).toEqual(before)
  })

  it('is left alone when it is an older artifact of the same name', async () => {
    const scenario = await aStoreScenario()
    const { devnet, store } = scenario
    await scenario.step({ ...MODEL, adapters: 'coder' })
    const before = await portrait(join(store, 'adapters/coder.safetensors'))
    const newer = devnet.addContent('coder, newer', 1000)
    devnet.publishToMirror('coder', newer)
    approveAdapter(devnet, {
      adapterId: 'coder',
      checksum: newer.sha256,
      fileName: 'coder.safetensors',
      compatibleModelVersions: ['1.0.0'],
    })
    const step = await scenario.step({ ...MODEL, adapters: 'coder' })
    const path = join(store, `adapters/coder@${newer.sha256.slice(0, 12)}.safetensors`)
    expect(JSON.parse(step.outputs['adapter-paths'] ?? '')).toEqual({ coder: path })
    expect(await portrait(join(store, 'adapters/coder.safetensors'))).toEqual(before)
  })
})

describe('damage in a store', () => {
  it.each([
    ['of the same length', 'x'.repeat(256 * 1024)],
    ['of another length', 'x'],
    ['that are none', ''],
  ])('is repaired by the next run, with a warning: bytes %s', async (_name, bytes) => {
    const scenario = await aStoreScenario()
    const { store, devnet } = scenario
    await scenario.step(MAIN_JOB)
    const wanted = approved(scenario)
    const hex = wanted['adapters/coder.safetensors'] ?? ''
    await scribble(join(store, 'blobs/sha256', hex.slice(0, 2), hex), bytes)
    // The blob and the final file are one inode.
    expect(await finalTree(store)).not.toEqual(wanted)

    devnet.requests.clear()
    const step = await scenario.step(MAIN_JOB)
    expect(step.outputs).toMatchObject({ success: 'true', 'bytes-downloaded': String(256 * 1024) })
    expect(step.stdout).toMatch(/::warning[^\n]*is damaged and will not be used/)
    expect(step.stdout).toMatch(/::warning[^\n]*adapter coder was damaged in the store and was repaired/)
    expect(JSON.parse(step.outputs['status'] ?? '').ready).toContainEqual({
      kind: 'adapter',
      id: 'coder',
      change: 'repaired',
    })
    expect(await finalTree(store)).toEqual(wanted)
    expect(devnet.requests.to('cdn')).toHaveLength(1)
    // Kept as evidence, under no final path.
    expect(await readdir(join(store, 'blobs/quarantine'))).toHaveLength(1)

    const after = await scenario.step(MAIN_JOB)
    expect(after.outputs['bytes-downloaded']).toBe('0')
    expect(after.stdout).not.toContain('damaged')
  })

  it('of a final file whose link was cut is nobody’s to overwrite: ours stands beside it', async () => {
    const scenario = await aStoreScenario()
    const { store } = scenario
    await scenario.step(MODEL)
    const path = join(store, 'models/v1.0.0/model.gguf')
    await writeFile(`${path}.new`, 'other weights')
    await rename(`${path}.new`, path)
    const step = await scenario.step(MODEL)
    const hex = approved(scenario)['models/v1.0.0/model.gguf'] ?? ''
    expect(step.outputs['model-path']).toBe(join(store, `models/v1.0.0@${hex.slice(0, 12)}`))
    expect(step.outputs['bytes-downloaded']).toBe('0')
    expect(await readFile(path, 'utf8')).toBe('other weights')
  })

  it('that is a missing file is mended without a download', async () => {
    const scenario = await aStoreScenario()
    const { store } = scenario
    await scenario.step(MAIN_JOB)
    await rm(join(store, 'adapters/coder.safetensors'))
    await rm(join(store, 'models/v1.0.0/model.gguf'))
    scenario.devnet.requests.clear()
    const step = await scenario.step(MAIN_JOB)
    expect(step.outputs['success']).toBe('true')
    expect(scenario.devnet.requests.content()).toEqual([])
    expect(await finalTree(store)).toEqual(approved(scenario))
  })

  it('cannot be mended when no source is left, and the bad bytes are handed to nobody', async () => {
    const scenario = await aStoreScenario()
    const { store, devnet } = scenario
    await scenario.step(MODEL)
    const hex = approved(scenario)['models/v1.0.0/model.gguf'] ?? ''
    await scribble(join(store, 'blobs/sha256', hex.slice(0, 2), hex), 'bad')
    for (const endpoint of ['hub', 'gateway', 'mirror'] as const) {
      devnet.fail(endpoint, { kind: 'status', status: 404 })
    }
    const step = await scenario.step(MODEL)
    expect([step.exitCode, step.outputs['error-code']]).toEqual([6, 'SOURCES_EXHAUSTED'])
    expect(step.outputs['model-path']).toBe('')
    expect(step.stdout).toMatch(/::warning[^\n]*is damaged and will not be used/)
  })
})

describe('names that are one where case folds', () => {
  it('are refused together, before any content is asked for', async () => {
    const scenario = await aStoreScenario()
    const content = scenario.devnet.addContent('loud', 1000)
    approveAdapter(scenario.devnet, {
      adapterId: 'CODER',
      checksum: content.sha256,
      fileName: 'CODER.safetensors',
      compatibleModelVersions: ['1.0.0'],
      targetModules: ['loud_proj'],
    })
    const both = await scenario.step({ ...MODEL, adapters: 'coder\nCODER' })
    expect([both.exitCode, both.outputs['error-code']]).toEqual([2, 'ID_UNSAFE'])
    expect(scenario.devnet.requests.content()).toEqual([])
    const inManifest = Buffer.from(
      JSON.stringify({
        version: 1,
        files: [
          { path: 'A.bin', size: 1, sha256: 'a'.repeat(64) },
          { path: 'a.bin', size: 1, sha256: 'b'.repeat(64) },
        ],
      }),
    )
    const manifest = scenario.devnet.addContent('folded', inManifest)
    scenario.devnet.publishToMirror('folded', manifest)
    approveAdapter(scenario.devnet, {
      adapterId: 'folded',
      checksum: `manifest:${manifest.sha256}`,
      compatibleModelVersions: ['1.0.0'],
      targetModules: ['folded_proj'],
    })
    const folded = await scenario.step({ ...MODEL, adapters: 'folded' })
    expect([folded.exitCode, folded.outputs['error-code']]).toEqual([2, 'ID_UNSAFE'])
    expect(await finalTree(scenario.store)).toEqual({})
  })
})
