import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  statfs,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { StepOptions, StepResult } from '../../scripts/action-runner.ts'
import { approveAdapter, approveModel } from '../../src/devnet/index.ts'
import { OUTPUTS } from '../../src/ensure/index.ts'
import { MAIN_JOB, type Scenario, startScenario } from '../support/scenario.ts'
import { aFolderElsewhere, sha256Of } from '../support/store.ts'
import { mayMount } from '../support/store-process.ts'
import { finalTree, treeOf } from '../support/tree.ts'

const IS_ROOT = process.getuid?.() === 0
/** Takes from root what lets it write everywhere; nobody else has that. */
const AS_PLAIN_USER: Omit<StepOptions, 'inputs'> = IS_ROOT
  ? { launcher: ['setpriv', '--bounding-set=-dac_override,-dac_read_search,-fowner', '--'] }
  : {}
const MIB = 1024 * 1024
/** No file may grow larger: the adapters of the sample fit, its models do not. */
const SMALL_FILES_ONLY = ['prlimit', `--fsize=${600 * 1024}`, '--']
const MODEL = { 'model-version': '1.0.0' }

async function aScenario(options: Parameters<typeof startScenario>[0] = { cache: false }): Promise<Scenario> {
  const scenario = await startScenario(options)
  onTestFinished(() => scenario[Symbol.asyncDispose]())
  return scenario
}

/** Digests of the main job's files, by path below the store. */
function approved({ devnet }: Scenario): Record<string, string> {
  const sha256 = (name: string, size: number): string => devnet.addContent(name, size).sha256
  return {
    'models/v1.0.0/model.gguf': sha256('model 1.0.0', 2 * MIB),
    'adapters/general_dora.safetensors': sha256('adapter general_dora', 256 * 1024),
    'adapters/coder.safetensors': sha256('adapter coder', 256 * 1024),
    'datasets/training_dataset_v1/training_dataset_v1.jsonl': sha256(
      'dataset training_dataset_v1',
      128 * 1024,
    ),
  }
}

/** Overwrites a file in place, as another program would, whatever its mode. */
async function scribble(path: string, bytes: string | Uint8Array): Promise<void> {
  const { mode } = await stat(path)
  await chmod(path, 0o644)
  await writeFile(path, bytes)
  await chmod(path, mode & 0o7777)
}

/** Holds a step to what every refusal by the store has in common. */
function expectRefused(step: StepResult, scenario: Scenario, code: string): void {
  expect([step.exitCode, step.outputs['error-code']]).toEqual([7, code])
  expect(step.outputs).toMatchObject({ success: 'false', 'model-path': '', 'adapter-paths': '{}' })
  expect(Object.keys(step.outputs).sort()).toEqual(OUTPUTS.map(({ name }) => name).sort())
  expect(scenario.devnet.requests.content()).toEqual([])
  expect(step.stdout.split('\n').filter((line) => line.startsWith('::error'))).toHaveLength(1)
}

describe('a home that is no place for a store', () => {
  async function refused(home: string, scenario: Scenario, code: string, options = {}): Promise<StepResult> {
    const step = await scenario.step({ ...MAIN_JOB, home }, options)
    expectRefused(step, scenario, code)
    // Not even the chain is asked for what could not be kept.
    expect(scenario.devnet.requests.all()).toEqual([])
    return step
  }

  it('is refused when it cannot be written, with who owns it', async () => {
    const scenario = await aScenario()
    const home = join(scenario.job.folder, 'closed')
    await mkdir(home, { mode: 0o555 })
    const step = await refused(home, scenario, 'STORE_NOT_WRITABLE', AS_PLAIN_USER)
    expect(step.outputs['error-message']).toContain(`user id ${process.getuid?.()}`)
    expect(await readdir(home)).toEqual([])
    const below = await refused(join(home, 'deep', 'er'), scenario, 'STORE_NOT_WRITABLE', AS_PLAIN_USER)
    expect(below.outputs['error-message']).toContain('Make it writable')
  })

  it('is refused when every user may write it, and not changed', async () => {
    const scenario = await aScenario()
    const home = join(scenario.job.folder, 'open')
    await mkdir(home)
    await chmod(home, 0o777)
    const step = await refused(home, scenario, 'STORE_UNSAFE')
    expect(step.outputs['error-message']).toContain('chmod o-w')
    expect((await stat(home)).mode & 0o777).toBe(0o777)
    expect(await readdir(home)).toEqual([])
  })

  it('is refused when it belongs to somebody else', async () => {
    const scenario = await aScenario()
    // Root can give a folder away; everybody else finds one of root's.
    let home = '/usr'
    if (IS_ROOT) {
      home = join(scenario.job.folder, 'foreign')
      await mkdir(home)
      await chown(home, 12345, 12345)
    }
    const step = await refused(home, scenario, 'STORE_UNSAFE')
    expect(step.outputs['error-message']).toMatch(/belongs to user id \d+.*chown/)
  })

  it('is refused when it is a file, lies below one, or is a link to nowhere', async () => {
    const scenario = await aScenario()
    const { folder } = scenario.job
    await writeFile(join(folder, 'file'), 'mine')
    await symlink(join(folder, 'nowhere'), join(folder, 'dangling'))
    for (const home of ['file', 'file/below', 'dangling']) {
      const step = await refused(join(folder, home), scenario, 'STORE_NOT_WRITABLE')
      expect(step.outputs['error-message']).toContain('Remove what is there, or choose another folder')
    }
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('mine')
    expect(await readlink(join(folder, 'dangling'))).toBe(join(folder, 'nowhere'))
  })

  it.each(['R3MES_MODEL_PATH', 'R3MES_ADAPTER_DIR'])('counts for the folder in %s too', async (variable) => {
    const scenario = await aScenario()
    const moved = join(scenario.job.folder, 'moved')
    await mkdir(moved)
    await chmod(moved, 0o777)
    const step = await scenario.step(MAIN_JOB, { environment: { [variable]: moved } })
    expectRefused(step, scenario, 'STORE_UNSAFE')
    expect(step.outputs['error-message']).toContain(variable)
  })

  it('is made safe with a notice when only its group may write it', async () => {
    const scenario = await aScenario()
    await mkdir(scenario.store)
    await chmod(scenario.store, 0o775)
    const step = await scenario.step(MODEL)
    expect(step.outputs['success']).toBe('true')
    expect((await stat(scenario.store)).mode & 0o777).toBe(0o755)
    expect(step.stdout).toMatch(/::notice[^\n]*could be written by its group/)
  })
})

describe('where a store lies', () => {
  it('is the input `home` before R3MES_HOME, and `~` is the home of the user in both', async () => {
    const scenario = await aScenario()
    const { home: userHome } = scenario.job
    const environment = { R3MES_HOME: '~/from/variable' }
    const fromVariable = await scenario.step(MODEL, { environment })
    expect(fromVariable.outputs['model-path']).toBe(join(userHome, 'from/variable/models/v1.0.0'))
    const fromInput = await scenario.step({ ...MODEL, home: '~/from/input' }, { environment })
    expect(fromInput.outputs['home']).toBe(join(userHome, 'from/input'))
    const relative = await scenario.step({ ...MODEL, home: 'below/workspace' })
    expect(relative.outputs['home']).toBe(join(scenario.job.folder, 'workspace/below/workspace'))
    const foreign = await scenario.step({ ...MODEL, home: '~root/store' })
    expect([foreign.exitCode, foreign.outputs['error-code']]).toEqual([2, 'INPUT_INVALID'])
  })

  it('may leave models and adapters on another file system', async () => {
    const scenario = await aScenario()
    const models = await aFolderElsewhere()
    const adapters = join(models, 'adapters')
    const environment = { R3MES_MODEL_PATH: models, R3MES_ADAPTER_DIR: adapters }
    const cold = await scenario.step({ ...MODEL, adapters: 'coder' }, { environment })
    expect(cold.outputs['model-path']).toBe(join(models, 'v1.0.0'))
    expect(JSON.parse(cold.outputs['adapter-paths'] ?? '')).toEqual({
      coder: join(adapters, 'coder.safetensors'),
    })
    const wanted = approved(scenario)
    expect(await treeOf(models)).toEqual({
      'v1.0.0/model.gguf': wanted['models/v1.0.0/model.gguf'],
      'adapters/coder.safetensors': wanted['adapters/coder.safetensors'],
    })
    expect((await stat(join(models, 'v1.0.0/model.gguf'))).mode & 0o222).toBe(0)
    expect(await finalTree(scenario.store)).toEqual({})

    scenario.devnet.requests.clear()
    const warm = await scenario.step({ ...MODEL, adapters: 'coder' }, { environment })
    expect(warm.outputs).toMatchObject({ success: 'true', 'bytes-downloaded': '0' })
    expect(JSON.parse(warm.outputs['status'] ?? '').ready).toEqual([
      { kind: 'model', id: '1.0.0', change: 'unchanged' },
      { kind: 'adapter', id: 'coder', change: 'unchanged' },
    ])
    expect(scenario.devnet.requests.content()).toEqual([])
  })

  it('may be `~` paths in the moved folders', async () => {
    const scenario = await aScenario()
    const step = await scenario.step(MODEL, { environment: { R3MES_MODEL_PATH: '~/models' } })
    expect(step.outputs['model-path']).toBe(join(scenario.job.home, 'models/v1.0.0'))
  })
})

describe('a disk without room', () => {
  /** More bytes than this file system has free, by more than anybody here gives back meanwhile. */
  async function tooMuch({ job }: Scenario): Promise<number> {
    const { bavail, bsize } = await statfs(job.folder)
    return bavail * bsize + 1e12
  }

  it('is known before the first byte, by the approved size', async () => {
    const scenario = await aScenario()
    approveAdapter(scenario.devnet, {
      adapterId: 'huge',
      checksum: 'a'.repeat(64),
      sizeBytes: BigInt(await tooMuch(scenario)),
      fileName: 'huge.safetensors',
      compatibleModelVersions: ['1.0.0'],
    })
    const step = await scenario.step({ ...MODEL, adapters: 'huge', 'max-artifact-size': '9000TB' })
    expectRefused(step, scenario, 'DISK_FULL')
    expect(step.outputs['error-message']).toMatch(/needs \d+ bytes, but only \d+ are free/)
    expect(await finalTree(scenario.store)).toEqual({})
  })

  it('is known before the first byte, by what a record without a size says it needs', async () => {
    const scenario = await aScenario()
    approveModel(scenario.devnet, {
      modelId: 9n,
      config: {
        modelVersion: '5.0.0',
        modelName: 'huge',
        fileName: 'model.gguf',
        verificationSha256: 'a'.repeat(64),
        requiredDiskSpaceGb: (await tooMuch(scenario)) / 1e9,
      },
    })
    const step = await scenario.step({ 'model-version': '5.0.0', 'max-artifact-size': '9000TB' })
    expectRefused(step, scenario, 'DISK_FULL')
  })

  it('does not count what the store has already', async () => {
    const scenario = await aScenario()
    await scenario.step(MODEL)
    approveModel(scenario.devnet, {
      modelId: 1n,
      config: {
        modelVersion: '1.0.0',
        fileName: 'model.gguf',
        verificationSha256: scenario.devnet.addContent('model 1.0.0', 2 * MIB).sha256,
        requiredDiskSpaceGb: (await tooMuch(scenario)) / 1e9,
      },
    })
    const step = await scenario.step({ ...MODEL, 'max-artifact-size': '9000TB' })
    expect(step.outputs['success']).toBe('true')
  })

  it('is survived in mid-transfer, and the next run works: a limit on the size of files', async () => {
    const scenario = await aScenario()
    const full = await scenario.step(MAIN_JOB, { launcher: SMALL_FILES_ONLY })
    expect([full.exitCode, full.outputs['error-code']]).toEqual([7, 'DISK_FULL'])
    expect(full.outputs['error-message']).toContain('‘home’')
    expect(await finalTree(scenario.store)).toEqual({})
    expect(await readdir(join(scenario.store, 'partials'))).toEqual([])
    const next = await scenario.step(MAIN_JOB)
    expect(next.outputs['success']).toBe('true')
    expect(await finalTree(scenario.store)).toEqual(approved(scenario))
  })

  it('is survived while files are put in place, and takes back what this run had put there', async () => {
    const scenario = await aScenario()
    const { store } = scenario
    expect((await scenario.step(MAIN_JOB)).outputs['success']).toBe('true')
    for (const kind of ['models', 'adapters']) await rm(join(store, kind), { recursive: true })
    const big = scenario.devnet.addContent('big adapter', MIB)
    scenario.devnet.publishToMirror('big', big)
    approveAdapter(scenario.devnet, {
      adapterId: 'big',
      checksum: big.sha256,
      fileName: 'big.safetensors',
      compatibleModelVersions: ['1.0.0'],
      targetModules: ['big_proj'],
    })
    const request = { ...MODEL, adapters: 'general_dora\nbig' }
    expect((await scenario.step({ ...request, 'plan-only': 'true' })).outputs['success']).toBe('true')
    expect((await scenario.step(request)).outputs['success']).toBe('true')
    for (const kind of ['models', 'adapters']) await rm(join(store, kind), { recursive: true })

    // Copies, not links, since the adapters go to another file system: the small one fits, the big one does not.
    const adapters = await aFolderElsewhere()
    const environment = { R3MES_ADAPTER_DIR: adapters }
    const full = await scenario.step(request, { environment, launcher: SMALL_FILES_ONLY })
    expect([full.exitCode, full.outputs['error-code']]).toEqual([7, 'DISK_FULL'])
    expect(full.outputs).toMatchObject({ 'model-path': '', 'adapter-paths': '{}' })
    expect(await treeOf(adapters)).toEqual({})
    expect(Object.keys(await finalTree(store))).toEqual([
      'datasets/training_dataset_v1/training_dataset_v1.jsonl',
    ])
    const next = await scenario.step(request, { environment })
    expect(next.outputs['success']).toBe('true')
    expect(Object.keys(await treeOf(adapters))).toEqual(['big.safetensors', 'general_dora.safetensors'])
  })

  const technique = mayMount() ? 'a file system of 1 MiB' : 'a limit on the size of files'
  it(`is said so where no record warned of it: ${technique}`, async () => {
    const scenario = await aScenario()
    const content = scenario.devnet.addContent('unsized', 4 * MIB)
    scenario.devnet.publishToMirror('unsized', content)
    approveModel(scenario.devnet, {
      modelId: 9n,
      config: { modelVersion: '5.0.0', fileName: 'model.gguf', verificationSha256: content.sha256 },
    })
    await mkdir(scenario.store)
    const mount = `mount -t tmpfs -o size=1m,mode=755 none ${scenario.store} && exec "$@"`
    // bash, not sh, which would drop variables such as INPUT_RPC-URLS.
    const launcher = mayMount() ? ['unshare', '-rm', 'bash', '-c', mount, 'bash'] : SMALL_FILES_ONLY
    const step = await scenario.step({ 'model-version': '5.0.0' }, { launcher })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([7, 'DISK_FULL'])
    expect(scenario.devnet.requests.content().length).toBeGreaterThan(0)
    expect(await finalTree(scenario.store)).toEqual({})
  })
})

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
    const scenario = await aScenario()
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
    const scenario = await aScenario()
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
    const scenario = await aScenario()
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
    const scenario = await aScenario()
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
    const scenario = await aScenario()
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
    const scenario = await aScenario()
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
    const scenario = await aScenario()
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
