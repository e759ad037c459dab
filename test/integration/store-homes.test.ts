import { chmod, chown, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StepResult } from '../../scripts/action-runner.ts'
import { MAIN_JOB, type Scenario } from '../support/scenario.ts'
import { aFolderElsewhere } from '../support/store.ts'
import {
  AS_PLAIN_USER,
  approved,
  aStoreScenario,
  expectRefused,
  IS_ROOT,
  MODEL,
} from '../support/store-scenario.ts'
import { finalTree, treeOf } from '../support/tree.ts'

describe('a home that is no place for a store', () => {
  async function refused(home: string, scenario: Scenario, code: string, options = {}): Promise<StepResult> {
    const step = await scenario.step({ ...MAIN_JOB, home }, options)
    expectRefused(step, scenario, code)
    // Not even the chain is asked for what could not be kept.
    expect(scenario.devnet.requests.all()).toEqual([])
    return step
  }

  it('is refused when it cannot be written, with who owns it', async () => {
    const scenario = await aStoreScenario()
    const home = join(scenario.job.folder, 'closed')
    await mkdir(home, { mode: 0o555 })
    const step = await refused(home, scenario, 'STORE_NOT_WRITABLE', AS_PLAIN_USER)
    expect(step.outputs['error-message']).toContain(`user id ${process.getuid?.()}`)
    expect(await readdir(home)).toEqual([])
    const below = await refused(join(home, 'deep', 'er'), scenario, 'STORE_NOT_WRITABLE', AS_PLAIN_USER)
    expect(below.outputs['error-message']).toContain('Make it writable')
  })

  it('is refused when every user may write it, and not changed', async () => {
    const scenario = await aStoreScenario()
    const home = join(scenario.job.folder, 'open')
    await mkdir(home)
    await chmod(home, 0o777)
    const step = await refused(home, scenario, 'STORE_UNSAFE')
    expect(step.outputs['error-message']).toContain('chmod o-w')
    expect((await stat(home)).mode & 0o777).toBe(0o777)
    expect(await readdir(home)).toEqual([])
  })

  it('is refused when it belongs to somebody else', async () => {
    const scenario = await aStoreScenario()
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
    const scenario = await aStoreScenario()
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
    const scenario = await aStoreScenario()
    const moved = join(scenario.job.folder, 'moved')
    await mkdir(moved)
    await chmod(moved, 0o777)
    const step = await scenario.step(MAIN_JOB, { environment: { [variable]: moved } })
    expectRefused(step, scenario, 'STORE_UNSAFE')
    expect(step.outputs['error-message']).toContain(variable)
  })

  it('is made safe with a notice when only its group may write it', async () => {
    const scenario = await aStoreScenario()
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
    const scenario = await aStoreScenario()
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
    const scenario = await aStoreScenario()
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
    const scenario = await aStoreScenario()
    const step = await scenario.step(MODEL, { environment: { R3MES_MODEL_PATH: '~/models' } })
    expect(step.outputs['model-path']).toBe(join(scenario.job.home, 'models/v1.0.0'))
  })
})
