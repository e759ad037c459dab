import { existsSync } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newJob, runStep } from '../../scripts/action-runner.ts'
import { VOLUME_OUTPUTS } from '../../src/manager/index.ts'
import { aModelHost, modelBytes } from '../support/model-host.ts'

const LONG = { timeout: 120_000 }

async function aBuiltStep() {
  const job = await newJob()
  onTestFinished(() => rm(job.folder, { recursive: true, force: true }))
  const host = await aModelHost()
  const base = join(job.folder, 'models')
  const step = (inputs: Readonly<Record<string, string>>) =>
    runStep(job, { action: 'volume', inputs: { base, 'allow-hosts': host.host, ...inputs } })
  return { base, host, step }
}

describe('the built sub-action volume', () => {
  it('brings a model, hands out its path, and finds it there the next time', LONG, async () => {
    const { base, host, step } = await aBuiltStep()
    const lora = { name: 'detail', ...host.serve('detail.safetensors'), scale: 0.5 }
    const request = JSON.stringify({ loras: [lora], prompt: 'a lake' })
    const path = join(base, 'loras/detail.safetensors')
    for (const _run of ['cold', 'warm']) {
      const done = await step({ request })
      expect(done.exitCode, done.stdout + done.stderr).toBe(0)
      expect(Object.keys(done.outputs).sort()).toEqual(VOLUME_OUTPUTS.map(({ name }) => name).sort())
      expect(done.outputs).toMatchObject({
        success: 'true',
        'lora-paths': JSON.stringify([[path, 0.5]]),
        prompt: '<lora:detail:0.5> a lake',
      })
    }
    expect(await readFile(path)).toEqual(modelBytes('detail.safetensors'))
    expect((await stat(path)).mode & 0o222).toBe(0)
    expect(host.asked).toEqual(['/detail.safetensors'])
  })

  it('sets every output when its request is bad, and makes nothing', LONG, async () => {
    const { base, step } = await aBuiltStep()
    const done = await step({ request: '{"lora":[]}' })
    expect(done.exitCode).toBe(2)
    expect(done.outputs).toMatchObject({ success: 'false', 'error-code': 'INPUT_INVALID' })
    expect(Object.keys(done.outputs)).toHaveLength(VOLUME_OUTPUTS.length)
    expect(existsSync(base)).toBe(false)
  })
})
