import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { StepOptions } from '../../scripts/action-runner.ts'
import { MAIN_JOB, startScenario } from '../support/scenario.ts'
import { MODEL } from '../support/store-scenario.ts'
import { finalTree } from '../support/tree.ts'

type Child = Parameters<NonNullable<StepOptions['onStart']>>[0]

/** The adapters arrive and the model stalls: the transfer is on its way when the log says so. */
const IN_MID_TRANSFER = 'adapter coder: coder.safetensors'

/** Sends the step one signal, once its log says this: a second one would end it at once. */
function signalAt(text: string, signal: NodeJS.Signals): Pick<StepOptions, 'onStart' | 'onLog'> {
  let child: Child | undefined
  let log = ''
  return {
    onStart: (started) => {
      child = started
    },
    onLog: (piece) => {
      const saidBefore = log.includes(text)
      log += piece
      if (!saidBefore && log.includes(text)) child?.kill(signal)
    },
  }
}

describe('a signal in mid-transfer', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the run with exit code %i and nothing under a final path', async (signal, exit) => {
    await using scenario = await startScenario({ cache: false })
    scenario.devnet.fail('cdn', { kind: 'stall', after: 500_000, path: 'model.gguf' })
    const step = await scenario.step(MAIN_JOB, signalAt(IN_MID_TRANSFER, signal))
    expect(step.exitCode).toBe(exit)
    expect(step.outputs['success']).toBe('false')
    expect(step.outputs['error-message']).toContain('stopped by a signal')
    expect(await finalTree(scenario.store)).toEqual({})

    scenario.devnet.requests.clear()
    const { sha256 } = scenario.devnet.addContent('model 1.0.0', 2 * 1024 * 1024)
    const next = await scenario.step({ ...MAIN_JOB, sources: 'http' })
    expect(next.outputs['success']).toBe('true')
    expect((await finalTree(scenario.store))['models/v1.0.0/model.gguf']).toBe(sha256)
  })

  it('SIGKILL leaves a store that the next run uses without help', async () => {
    await using scenario = await startScenario({ cache: false })
    scenario.devnet.fail('cdn', { kind: 'stall', after: 500_000, path: 'model.gguf' })
    const step = await scenario.step(MAIN_JOB, signalAt(IN_MID_TRANSFER, 'SIGKILL'))
    expect(step.signal).toBe('SIGKILL')
    expect(await finalTree(scenario.store)).toEqual({})
    const next = await scenario.step({ ...MAIN_JOB, sources: 'http' })
    expect(next.outputs['success']).toBe('true')
    expect(Object.keys(await finalTree(scenario.store))).toHaveLength(4)
    expect(next.outputs['model-path']).toBe(join(scenario.store, 'models/v1.0.0'))
  })
})

/** Lines of the journals of unfinished downloads. */
async function journaled(partials: string): Promise<number> {
  const names = await readdir(partials).catch(() => [])
  const journals = names.filter((name) => name.endsWith('.journal'))
  const texts = await Promise.all(journals.map((name) => readFile(join(partials, name), 'utf8')))
  return texts.join('').split('\n').length
}

describe('a large file that a run could not finish', () => {
  const size = 48 * 1024 * 1024

  it.each(['SIGTERM', 'SIGKILL'] as const)('is gone on with after %s', async (signal) => {
    await using scenario = await startScenario({ cache: false, sizes: { model: size } })
    const end = scenario.devnet.fail('cdn', { kind: 'stall', after: 3_000_000, path: 'model.gguf' })
    let child: Child | undefined
    const stepping = scenario.step(MODEL, {
      onStart: (started) => {
        child = started
      },
    })
    const partials = join(scenario.store, 'partials')
    await vi.waitUntil(async () => (await journaled(partials)) > 8, { timeout: 30_000, interval: 20 })
    child?.kill(signal)
    await stepping
    expect(await finalTree(scenario.store)).toEqual({})

    end()
    scenario.devnet.requests.clear()
    const next = await scenario.step(MODEL)
    expect(next.outputs['success']).toBe('true')
    const { sha256 } = scenario.devnet.addContent('model 1.0.0', size)
    expect((await finalTree(scenario.store))['models/v1.0.0/model.gguf']).toBe(sha256)
    expect(await readdir(partials)).toEqual([])
    const first = scenario.devnet.requests.to('cdn')[0]?.headers['range']
    expect(first).toMatch(/^bytes=[1-9]/)
  })
})

describe('a signal while the Actions cache is being filled', () => {
  it('ends the saving alone: what is verified and in place stays, and the log says why', async () => {
    await using scenario = await startScenario()
    scenario.devnet.fail('blobs', { kind: 'stall', after: 0 })
    const step = await scenario.step(MAIN_JOB, signalAt('::group::Actions cache', 'SIGINT'))
    expect([step.exitCode, step.outputs['success']]).toEqual([130, 'true'])
    expect(step.stdout).toMatch(/::warning[^\n]*A signal ended the saving to the Actions cache/)
    expect(Object.keys(await finalTree(scenario.store))).toHaveLength(4)
  })
})
