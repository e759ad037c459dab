import { existsSync } from 'node:fs'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { newJob, runStep, type StepResult } from '../../scripts/action-runner.ts'
import { VOLUME_OUTPUTS } from '../../src/manager/index.ts'
import { aModelHost, type ModelHost, modelBytes } from '../support/model-host.ts'

const LONG = { timeout: 120_000 }
const NAMES = VOLUME_OUTPUTS.map(({ name }) => name).sort()

interface World {
  readonly host: ModelHost
  readonly base: string
  readonly workspace: string
  step(inputs: Readonly<Record<string, string>>, environment?: Record<string, string>): Promise<StepResult>
}

async function aWorld(): Promise<World> {
  const job = await newJob()
  onTestFinished(() => rm(job.folder, { recursive: true, force: true }))
  const host = await aModelHost()
  const base = join(job.folder, 'models')
  return {
    host,
    base,
    workspace: join(job.folder, 'workspace'),
    step: (inputs, environment = {}) =>
      runStep(job, {
        action: 'volume',
        program: 'src/action/volume.ts',
        inputs: { base, 'allow-hosts': host.host, ...inputs },
        environment,
      }),
  }
}

function aRequest(host: ModelHost) {
  const model = (name: string, file: string) => ({ name, ...host.serve(file) })
  return {
    checkpoint: model('sdxl', 'sdxl.safetensors'),
    loras: [{ ...model('detail', 'detail.safetensors'), scale: 0.8 }, model('ink', 'ink.safetensors')],
    embeddings: [model('bad-hands', 'bad-hands.pt')],
    prompt: 'a lake at dawn',
  }
}

/** Every output is there, none is longer than a runner takes. */
function expectAllOutputs({ outputs }: StepResult): void {
  expect(Object.keys(outputs).sort()).toEqual(NAMES)
  for (const value of Object.values(outputs)) expect(Buffer.byteLength(value)).toBeLessThanOrEqual(8192)
}

describe('a step of the sub-action volume', () => {
  it('brings the models of a request and hands out paths, prompt and numbers', LONG, async () => {
    const { base, host, step } = await aWorld()
    const request = JSON.stringify(aRequest(host)).replace('"scale":0.8', '"scale":0.80')
    const done = await step({ request })
    expectAllOutputs(done)
    expect(done.stdout + done.stderr).not.toContain('::error')
    expect(done.exitCode).toBe(0)
    const at = (path: string) => join(base, path)
    expect(done.outputs).toMatchObject({
      success: 'true',
      'checkpoint-path': at('checkpoints/sdxl.safetensors'),
      'lora-paths': JSON.stringify([
        [at('loras/detail.safetensors'), 7],
        [at('loras/ink.safetensors'), 1],
      ]).replace(',7]', ',0.80]'),
      'embedding-paths': JSON.stringify([at('embeddings/bad-hands.pt')]),
      prompt: '<lora:detail:0.80> <lora:ink:1> a lake at dawn',
      'error-code': '',
      'error-message': '',
    })
    expect(JSON.parse(done.outputs['stats'] ?? '')).toMatchObject({ loras: { count: 2 }, disk_usage: {} })
    expect(await readFile(done.outputs['checkpoint-path'] ?? '')).toEqual(modelBytes('sdxl.safetensors'))
    const result = done.outputs['result'] ?? ''
    expect((await stat(result)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(result, 'utf8'))).toMatchObject({ success: true, failures: [] })
    for (const word of [
      '✅',
      'sdxl',
      'detail',
      'bad-hands',
      'brought',
      '4 of 4 models are in place and checked',
    ]) {
      expect(done.summary).toContain(word)
    }
  })

  it('reads the request from a file of the workspace', LONG, async () => {
    const { host, workspace, step } = await aWorld()
    await writeFile(join(workspace, 'request.json'), JSON.stringify(aRequest(host)))
    const done = await step({ request: 'request.json' })
    expect(done.outputs['success']).toBe('true')
  })

  it('brings what it can when a model cannot be had, and fails all the same', LONG, async () => {
    const { host, step } = await aWorld()
    const request = aRequest(host)
    const broken = { ...request, checkpoint: { ...request.checkpoint, hash: '0'.repeat(64) } }
    const done = await step({ request: JSON.stringify(broken) })
    expectAllOutputs(done)
    expect(done.exitCode).toBe(6)
    expect(done.outputs).toMatchObject({
      success: 'false',
      'checkpoint-path': '',
      prompt: '<lora:detail:0.8> <lora:ink:1> a lake at dawn',
      'error-code': 'DIGEST_MISMATCH',
    })
    expect(JSON.parse(done.outputs['lora-paths'] ?? '')).toHaveLength(2)
    expect(done.stdout).toMatch(/^::error title=setup-r3mes%3A content::DIGEST_MISMATCH/m)
    expect(done.summary).toContain('❌')
    const result = JSON.parse(await readFile(done.outputs['result'] ?? '', 'utf8'))
    expect(result.failures).toMatchObject([{ kind: 'checkpoint', 'error-code': 'DIGEST_MISMATCH' }])
    const failing = await step({ request: JSON.stringify(broken), 'on-error': 'fail' })
    expectAllOutputs(failing)
    expect(failing.exitCode).toBe(6)
    expect(failing.outputs).toMatchObject({ 'lora-paths': '[]', prompt: '', 'error-code': 'DIGEST_MISMATCH' })
  })

  it.each([
    [{}, 'INPUT_INVALID', 'There is no `request`'],
    [{ request: '{"lora":[]}' }, 'INPUT_INVALID', 'Did you mean `loras`?'],
    [{ request: '{"loras":[' }, 'INPUT_INVALID', 'it is no JSON'],
    [{ request: 'missing.json' }, 'INPUT_INVALID', 'cannot be read'],
    [{ request: '{}', 'on-error': 'stop' }, 'INPUT_INVALID', 'must be one of continue, fail'],
    [{ request: '{}', 'allow-unpinned': 'yes' }, 'INPUT_INVALID', 'must be true or false'],
    [{ request: '{}', 'private-key': 'abc' }, 'PRIVATE_KEY_REFUSED', 'private key'],
  ])('sets every output for the inputs %j', LONG, async (inputs, code, message) => {
    const { base, host, step } = await aWorld()
    const done = await step(inputs)
    expectAllOutputs(done)
    expect(done.exitCode).toBe(2)
    expect(done.outputs).toMatchObject({
      success: 'false',
      'checkpoint-path': '',
      prompt: '',
      'error-code': code,
    })
    // The output has no marks that a shell would obey.
    expect(done.outputs['error-message']).toContain(message.replaceAll(/`([^`]*)`/g, '‘$1’'))
    expect(done.outputs['error-message']).not.toMatch(/[`"$\\]/)
    expect(host.asked).toEqual([])
    expect(existsSync(base)).toBe(false)
  })

  it('hands out no part of what is too long: it is empty, and the file has all of it', LONG, async () => {
    const { host, step } = await aWorld()
    const long = 'x'.repeat(9000)
    const loras = Array.from({ length: 100 }, (_, at) => ({
      name: `a-lora-with-quite-a-long-name-${at}`,
      ...host.serve('same.safetensors'),
    }))
    const done = await step({ request: JSON.stringify({ loras, prompt: long }) })
    expectAllOutputs(done)
    expect(done.outputs).toMatchObject({ success: 'true', prompt: '', 'lora-paths': '' })
    const result = JSON.parse(await readFile(done.outputs['result'] ?? '', 'utf8'))
    expect(result['lora-paths']).toHaveLength(100)
    expect(result.prompt.endsWith(`<lora:a-lora-with-quite-a-long-name-99:1> ${long}`)).toBe(true)
    expect(host.asked).toEqual(['/same.safetensors'])
  })

  it('masks its tokens, and sends none of them to another host', LONG, async () => {
    const { host, step } = await aWorld()
    let authorization: string | undefined
    const url = host.answer('asks.safetensors', ({ headers }, response) => {
      authorization = headers.authorization
      response.writeHead(401).end()
    })
    const done = await step(
      {
        'hf-token': 'hf_secret',
        request: JSON.stringify({ loras: [{ name: 'a', url, hash: '0'.repeat(64) }] }),
      },
      { CIVITAI_TOKEN: 'civitai_secret' },
    )
    expect(done.stdout).toContain('::add-mask::hf_secret')
    expect(done.stdout).toContain('::add-mask::civitai_secret')
    expect(authorization).toBeUndefined()
    expect(done.stdout.replaceAll(/^::add-mask::.*$/gm, '') + done.summary).not.toContain('_secret')
    expect(done.exitCode).toBe(6)
  })

  it('lets no text of a request be a command of the runner', LONG, async () => {
    const { host, step } = await aWorld()
    const hostile = '\n::set-env name=X::y\n##[add-path]z'
    const request = {
      ...aRequest(host),
      loras: [{ name: hostile, url: `https://a/${hostile}` }],
      prompt: hostile,
    }
    const done = await step({ request: JSON.stringify(request) })
    expectAllOutputs(done)
    expect(done.stdout).not.toMatch(/^\s*::set-env|##\[add-path\]/m)
    expect(done.exported).toEqual({})
    expect(done.outputs['prompt']).toBe(hostile)
  })

  it('ends at a signal, with every output set', LONG, async () => {
    const { host, base } = await aWorld()
    const url = host.answer('slow.safetensors', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 1_000_000 })
      response.write('x'.repeat(1000))
      asked.resolve()
    })
    const asked = Promise.withResolvers<void>()
    const job = await newJob()
    onTestFinished(() => rm(job.folder, { recursive: true, force: true }))
    const request = JSON.stringify({ loras: [{ name: 'slow', url, hash: '0'.repeat(64) }] })
    const done = await runStep(job, {
      action: 'volume',
      program: 'src/action/volume.ts',
      inputs: { base, 'allow-hosts': host.host, request },
      onStart: (child) => void asked.promise.then(() => child.kill('SIGTERM')),
    })
    expectAllOutputs(done)
    expect(done.exitCode).toBe(143)
    expect(done.outputs).toMatchObject({ success: 'false', 'error-code': '' })
    expect(done.outputs['error-message']).toContain('stopped by a signal')
  })
})
