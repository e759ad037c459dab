import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StepResult } from '../../scripts/action-runner.ts'
import { classOf, type ErrorCode } from '../../src/core/index.ts'
import {
  type AdapterFields,
  adapterKey,
  approveAdapter,
  approveDataset,
  approveModel,
  approveVersion,
  type Devnet,
} from '../../src/devnet/index.ts'
import { type CommandResult, optionsOf, runBuiltCommand } from '../support/command.ts'
import {
  aRawHost,
  expectHarmlessCommand,
  expectHarmlessLog,
  expectHarmlessStep,
  foreignCommands,
  HOSTILE,
  HOSTILE_LINE,
  MARK,
} from '../support/hostile.ts'
import { type RpcCall, rawNode, rpcNode, statusResult } from '../support/rpc-node.ts'
import { aScenario, MAIN_JOB, type Scenario } from '../support/scenario.ts'

type Inputs = Readonly<Record<string, string>>

interface Faces {
  readonly step: StepResult
  readonly command: CommandResult
  readonly json: CommandResult
}

/** Runs a request through the action, the command and the command's `--json`, and holds each to the rules for text. */
async function onEveryFace(scenario: Scenario, inputs: Inputs): Promise<Faces> {
  const all = { ...scenario.devnet.inputs(), ...inputs }
  const command = (name: string, ...more: string[]) =>
    runBuiltCommand(['ensure', ...more, ...optionsOf(all)], { HOME: join(scenario.job.folder, name) })
  const [step, printed, json] = await Promise.all([
    scenario.step(inputs),
    command('home-of-command'),
    command('home-of-json', '--json'),
  ])
  expectHarmlessStep(step)
  expectHarmlessCommand(printed)
  expectHarmlessCommand(json)
  const outputs: Readonly<Record<string, string>> = JSON.parse(json.stdout)
  expect(Object.values(outputs).join('\n')).not.toContain(MARK)
  expect([printed.exitCode, json.exitCode]).toEqual([step.exitCode, step.exitCode])
  expect(outputs['error-code']).toBe(step.outputs['error-code'])
  await receiptOf(step)
  return { step, command: printed, json }
}

/** The receipt of a step. People print such files in workflows, so it is held to the rules for a log. */
async function receiptOf(step: StepResult): Promise<string> {
  const receipt = await readFile(step.outputs['receipt'] ?? '', 'utf8')
  expectHarmlessLog(receipt)
  return receipt
}

/** A compatible adapter that exists only as a record, with these fields. */
function anAdapter(devnet: Devnet, fields: Partial<AdapterFields> = {}): void {
  const content = devnet.addContent('hostile adapter', 1000)
  devnet.publishToMirror('hostile', content)
  approveAdapter(devnet, {
    adapterId: 'hostile',
    checksum: content.sha256,
    sizeBytes: 1000n,
    fileName: 'hostile.safetensors',
    compatibleModelVersions: ['1.0.0'],
    targetModules: ['hostile_proj'],
    ...fields,
  })
}

describe('the check of these tests', () => {
  it.each([
    `::error::${MARK}`,
    '  ::set-output name=success::true',
    `\u00a0::error::${MARK}`,
    'fine\r::add-mask::x',
    'fine ##[error]x',
    '::warning file=x::y',
    `::error title=setup-r3mes%3A chain::${MARK}`,
    '::add-mask::x',
    '::stop-commands::x',
  ])('sees the command in %j', (log) => {
    expect(foreignCommands(log)).toHaveLength(1)
  })

  it("knows this project's own commands", () => {
    const log = '::add-mask::a\n::group::Store\n::endgroup::\n::error title=setup-r3mes%3A chain::b ::c'
    expect(foreignCommands(log, ['a'])).toEqual([])
  })
})

describe('hostile fields of a record', () => {
  it('that nothing depends on are shown as text, and the run succeeds', async () => {
    const scenario = await aScenario({ cache: false })
    anAdapter(scenario.devnet, {
      name: HOSTILE,
      description: HOSTILE,
      adapterType: HOSTILE,
      domain: HOSTILE,
      proposer: HOSTILE,
      approvalTxHash: HOSTILE,
      targetModules: [HOSTILE.slice(0, 250)],
    })
    const content = scenario.devnet.addContent('hostile dataset', 1000)
    scenario.devnet.publishToMirror('hostile', content)
    approveDataset(scenario.devnet, {
      datasetId: 9n,
      datasetIpfsHash: content.cid,
      approvalTxHash: HOSTILE,
      proposer: HOSTILE,
      metadata: {
        name: 'hostile_set',
        description: HOSTILE,
        dataSchema: HOSTILE,
        license: HOSTILE,
        checksum: content.sha256,
      },
    })
    const { step } = await onEveryFace(scenario, {
      ...MAIN_JOB,
      adapters: 'hostile',
      datasets: 'hostile_set',
    })
    expect(step.outputs['success']).toBe('true')
  })

  it.each([
    'version',
    'status',
    'minModelVersion',
    'maxModelVersion',
    'checksum',
    'ipfsHash',
    'fileName',
    'downloadSource',
  ] as const)('are shown as text wherever they stand: %s of an adapter', async (field) => {
    const scenario = await aScenario({ cache: false })
    anAdapter(scenario.devnet, {
      ...(field === 'minModelVersion' || field === 'maxModelVersion' ? { compatibleModelVersions: [] } : {}),
      [field]: HOSTILE,
    })
    const { step } = await onEveryFace(scenario, { ...MAIN_JOB, adapters: 'hostile' })
    await receiptOf(step)
    if (step.exitCode !== 0) expect(scenario.devnet.requests.content()).toEqual([])
  })

  it('are shown as text when they are a list: versions and modules', async () => {
    const scenario = await aScenario({ cache: false })
    anAdapter(scenario.devnet, { compatibleModelVersions: [HOSTILE.slice(0, 250)] })
    const incompatible = await onEveryFace(scenario, { ...MAIN_JOB, adapters: 'hostile' })
    expect(incompatible.step.outputs['error-code']).toBe('ADAPTER_INCOMPATIBLE')
    const modules = [`${HOSTILE.slice(0, 200)}q_proj`, HOSTILE_LINE]
    anAdapter(scenario.devnet, { targetModules: modules })
    anAdapter(scenario.devnet, { adapterId: 'rival', targetModules: modules })
    const torn = await onEveryFace(scenario, { ...MAIN_JOB, adapters: 'hostile\nrival' })
    expect(torn.step.outputs['error-code']).toBe('ADAPTER_CONFLICT')
    expect(scenario.devnet.requests.content()).toEqual([])
  })

  it('are not offered as suggestions: ids of other adapters', async () => {
    const scenario = await aScenario({ cache: false })
    for (const adapterId of [HOSTILE, HOSTILE_LINE, `hostyle\r::error::${MARK}`]) {
      anAdapter(scenario.devnet, { adapterId })
    }
    scenario.devnet.setRecord(adapterKey(`malformed\n::error::${MARK}`), Buffer.from([0xff]))
    const { step } = await onEveryFace(scenario, { ...MAIN_JOB, adapters: 'hostyl' })
    expect(step.outputs['error-code']).toBe('ADAPTER_NOT_APPROVED')
    expect(step.outputs['error-message']).toContain('general_dora')
  })

  it('are no path of the store: the name of a dataset', async () => {
    const scenario = await aScenario({ cache: false })
    for (const name of [HOSTILE, HOSTILE_LINE]) {
      approveDataset(scenario.devnet, {
        datasetId: 9n,
        metadata: { name, checksum: 'a'.repeat(64), source: HOSTILE_LINE },
        status: 'active',
      })
      const { step } = await onEveryFace(scenario, { 'model-version': 'none', datasets: '9' })
      expect([step.exitCode, step.outputs['error-code']]).toEqual([2, 'ID_UNSAFE'])
    }
    expect(scenario.devnet.requests.content()).toEqual([])
  })

  it.each([
    'modelVersion',
    'modelName',
    'containerHash',
    'architectureConfig',
    'fileName',
    'downloadSource',
    'verificationSha256',
    'ipfsFallbackHash',
  ] as const)('are shown as text wherever they stand: %s of a model', async (field) => {
    const scenario = await aScenario({ cache: false })
    const content = scenario.devnet.addContent('hostile model', 1000)
    scenario.devnet.publishToMirror('hostile', content)
    approveModel(scenario.devnet, {
      modelId: 9n,
      config: {
        modelVersion: '5.0.0',
        modelName: 'hostile',
        fileName: 'model.gguf',
        verificationSha256: content.sha256,
        [field]: HOSTILE,
      },
    })
    const { step } = await onEveryFace(scenario, { 'model-version': '5.0.0' })
    if (field === 'modelVersion') expect(step.outputs['error-code']).toBe('MODEL_NOT_APPROVED')
    if (step.exitCode !== 0) expect(scenario.devnet.requests.content()).toEqual([])
  })

  it('are shown as text when they fail a dataset that is not required', async () => {
    const scenario = await aScenario({ cache: false })
    for (const [datasetId, fields] of [
      [7n, { name: HOSTILE, checksum: 'a'.repeat(64) }],
      [8n, { name: 'hostile_digest', checksum: HOSTILE }],
      [
        9n,
        {
          name: 'hostile_source',
          checksum: 'a'.repeat(64),
          source: `https://10.0.0.1/::error::${MARK}/file.bin`,
        },
      ],
    ] as const) {
      approveDataset(scenario.devnet, { datasetId, metadata: fields })
    }
    const { step } = await onEveryFace(scenario, {
      ...MAIN_JOB,
      datasets: '7\nhostile_digest\nhostile_source',
      'require-dataset': 'false',
    })
    expect(step.outputs['success']).toBe('true')
    expect(JSON.parse(step.outputs['status'] ?? '').datasetErrorCodes).toEqual([
      'ID_UNSAFE',
      'DIGEST_INVALID',
      'SOURCES_EXHAUSTED',
    ])
    expect(await receiptOf(step)).toContain(MARK)
  })

  it('are shown as text when two models are to be told apart by name', async () => {
    const scenario = await aScenario({ cache: false })
    for (const [modelId, modelName] of [
      [8n, HOSTILE],
      [9n, HOSTILE_LINE],
    ] as const) {
      approveModel(scenario.devnet, {
        modelId,
        config: { modelVersion: '1.0.0', modelName, verificationSha256: 'a'.repeat(64) },
      })
    }
    const { step } = await onEveryFace(scenario, { 'model-version': '1.0.0' })
    expect(step.outputs['error-code']).toBe('MODEL_AMBIGUOUS')
  })

  it('are shown as text when they are the status of a version', async () => {
    const scenario = await aScenario({ cache: false })
    approveVersion(scenario.devnet, { versionNumber: 9n, modelId: 1n, status: HOSTILE })
    const { step } = await onEveryFace(scenario, { 'model-version': '1.0.0' })
    expect(step.outputs['error-code']).toBe('MODEL_INACTIVE')
  })

  it('are no path of the store: names in an approved manifest', async () => {
    const scenario = await aScenario({ cache: false })
    const { devnet } = scenario
    const file = { path: HOSTILE, size: 1, sha256: 'a'.repeat(64) }
    const content = devnet.addContent(
      'hostile manifest',
      Buffer.from(JSON.stringify({ version: 1, files: [file] })),
    )
    devnet.publishToMirror('hostile', content)
    anAdapter(devnet, { checksum: `manifest:${content.sha256}`, fileName: '', sizeBytes: 0n })
    const { step } = await onEveryFace(scenario, { ...MAIN_JOB, adapters: 'hostile' })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([2, 'ID_UNSAFE'])
  })
})

/** The class of the error that ended a step. */
function classOfStep({ outputs }: StepResult): string {
  const code = outputs['error-code'] as ErrorCode
  return classOf(code)
}

describe('a hostile chain endpoint', () => {
  /** Asks this node alone, for proofs from a block that is trusted, and then believing it. */
  async function ask(scenario: Scenario, url: string): Promise<Faces> {
    const { height, hash } = scenario.devnet.anchor()
    const pinned = { 'trusted-height': height.toString(), 'trusted-hash': hash }
    const asked = { ...MAIN_JOB, 'rpc-urls': url }
    const proving = await onEveryFace(scenario, { ...asked, ...pinned })
    const believing = await onEveryFace(scenario, { ...asked, trust: 'rpc' })
    expect(scenario.devnet.requests.content()).toEqual([])
    expect(['trust', 'chain']).toContain(classOfStep(proving.step))
    return believing
  }

  it('says nothing as a command by the name of its network', async () => {
    const scenario = await aScenario({ cache: false, chainId: HOSTILE })
    const { step } = await onEveryFace(scenario, { ...MAIN_JOB, 'chain-id': 'remes-testnet-1' })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([4, 'CHAIN_ID_MISMATCH'])
    expect(await receiptOf(step)).toContain(MARK)
  })

  it('says nothing as a command by a JSON-RPC error', async () => {
    const scenario = await aScenario({ cache: false })
    await using node = await rpcNode(() => ({
      error: { code: -32603, message: HOSTILE, data: HOSTILE },
    }))
    const { step } = await ask(scenario, node.url)
    expect([step.exitCode, step.outputs['error-code']]).toEqual([5, 'CHAIN_RESPONSE_INVALID'])
    // What it said is there for people, but as text.
    expect(step.stdout).toContain(MARK)
  })

  it('says nothing as a command by the log of a query', async () => {
    const scenario = await aScenario({ cache: false })
    const response = {
      code: 5,
      codespace: HOSTILE,
      log: HOSTILE,
      info: HOSTILE,
      key: null,
      value: null,
      height: '49',
    }
    await using node = await rpcNode(({ method }: RpcCall) => ({
      result: method === 'status' ? statusResult({}) : { response },
    }))
    const { step } = await ask(scenario, node.url)
    expect(step.exitCode).toBe(5)
  })

  it('says nothing as a command by a body that is no answer, headers or a redirect', async () => {
    const scenario = await aScenario({ cache: false })
    const headers = { 'x-error': HOSTILE_LINE, 'content-type': HOSTILE_LINE, location: HOSTILE_LINE }
    for (const status of [200, 302, 403, 500]) {
      await using node = await rawNode((_call, response) => {
        response.writeHead(status, HOSTILE_LINE, headers).end(HOSTILE)
      })
      const { step } = await ask(scenario, node.url)
      expect(step.exitCode).toBe(5)
    }
  })

  it('says nothing as a command by an answer that is no HTTP', async () => {
    const scenario = await aScenario({ cache: false })
    for (const answer of [
      HOSTILE,
      `HTTP/1.1 500 x\r::error::${MARK}\r\n\r\n`,
      `HTTP/1.1 200 OK\r\n::error::${MARK}\r\n\r\n`,
    ]) {
      const { step } = await ask(scenario, await aRawHost(answer))
      expect([step.exitCode, step.outputs['error-code']]).toEqual([5, 'CHAIN_UNREACHABLE'])
    }
  })
})

describe('a hostile content host', () => {
  const JOB = { 'model-version': '1.0.0', sources: 'huggingface' }

  it('says nothing as a command by status, headers or body', async () => {
    const scenario = await aScenario({ cache: false })
    const headers = {
      'X-Error-Code': HOSTILE_LINE,
      'X-Error-Message': HOSTILE_LINE,
      'WWW-Authenticate': HOSTILE_LINE,
      'Retry-After': HOSTILE_LINE,
      'Content-Encoding': HOSTILE_LINE,
      'Content-Range': HOSTILE_LINE,
    }
    for (const status of [206, 401, 403, 404, 410]) {
      const heal = scenario.devnet.fail('hub', { kind: 'status', status, headers, body: HOSTILE })
      const { step } = await onEveryFace(scenario, JOB)
      expect(step.exitCode).toBe(6)
      heal()
    }
  })

  it('is quoted as text in the summary and the receipt when another source serves', async () => {
    const scenario = await aScenario({ cache: false })
    // A short URL and a short attack: a summary quotes little.
    const attack = `<img src=x onerror=${MARK}>`
    anAdapter(scenario.devnet, { downloadSource: 'hf://o/n@main/x' })
    const headers = { 'X-Error-Code': attack, 'X-Error-Message': HOSTILE_LINE }
    scenario.devnet.fail('hub', { kind: 'status', status: 404, headers, body: HOSTILE, path: '/o/n/' })
    const { step } = await onEveryFace(scenario, { ...MAIN_JOB, adapters: 'hostile', datasets: '' })
    expect(step.outputs['success']).toBe('true')
    expect(step.summary).toContain(`&lt;img src=x onerror=${MARK}&gt;`)
    expect(await receiptOf(step)).toContain(attack)
  })

  it.each([
    HOSTILE_LINE,
    `https://x.example/${HOSTILE_LINE}`,
    `javascript:${MARK}`,
    `http://::error::${MARK}/`,
    `https://127.0.0.1/::error::${MARK}%0A`,
  ])('says nothing as a command by a redirect to %s', async (location) => {
    const scenario = await aScenario({ cache: false })
    scenario.devnet.fail('hub', {
      kind: 'redirect',
      location: location.replace('https://x.example', 'http://10.0.0.1'),
    })
    const { step } = await onEveryFace(scenario, JOB)
    expect(step.exitCode).toBe(6)
    expect(scenario.devnet.requests.to('cdn')).toEqual([])
  })

  it('says nothing as a command by its status line or by an answer that is no HTTP', async () => {
    const scenario = await aScenario({ cache: false })
    const head = (reason: string) =>
      `HTTP/1.1 404 ${reason}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
    for (const answer of [head(HOSTILE_LINE), head(`x\r::error::${MARK}`), head(`\u001b]0;${MARK}\u0007`)]) {
      const { step } = await onEveryFace(scenario, {
        ...JOB,
        'deadline-minutes': '1',
        'hf-endpoint': await aRawHost(answer),
      })
      expect(step.exitCode).toBe(6)
    }
  })

  it('says nothing as a command by the URL from which wrong bytes came', async () => {
    const scenario = await aScenario({ cache: false })
    const { devnet } = scenario
    const content = devnet.addContent('hostile path', 5000)
    const path = `::error::${MARK}/%0A::warning::${MARK}/x ##[error]${MARK}.bin`
    devnet.publishToHub('o/n', path, content)
    anAdapter(devnet, {
      checksum: content.sha256,
      sizeBytes: 5000n,
      downloadSource: `hf://o/n@main/${path.split('/').map(encodeURIComponent).join('/')}`,
    })
    // With the model in place only the adapter can fail, and be the one that is named.
    await scenario.step({ 'model-version': '1.0.0' })
    devnet.fail('cdn', { kind: 'wrong-bytes' })
    devnet.fail('hub', { kind: 'wrong-bytes' })
    const { step } = await onEveryFace(scenario, {
      ...MAIN_JOB,
      adapters: 'hostile',
      datasets: '',
      sources: 'huggingface',
    })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([6, 'DIGEST_MISMATCH'])
    expect(await receiptOf(step)).toContain(MARK)
  })
})

describe('a hostile cache service', () => {
  it.each([
    ['GetCacheEntryDownloadURL', 403],
    ['GetCacheEntryDownloadURL', 200],
    ['CreateCacheEntry', 403],
    ['CreateCacheEntry', 200],
    ['FinalizeCacheEntryUpload', 400],
  ])('says nothing as a command when %s answers %i', async (path, status) => {
    const scenario = await aScenario()
    const body = JSON.stringify({
      ok: status === 200,
      code: HOSTILE,
      msg: HOSTILE,
      message: HOSTILE,
      matched_key: HOSTILE,
      signed_download_url: `https://127.0.0.1:1/${HOSTILE_LINE}`,
      signed_upload_url: `${scenario.devnet.urls.blobs}/${encodeURIComponent(HOSTILE_LINE)}`,
    })
    scenario.devnet.fail('cache', { kind: 'status', status, path, body })
    const step = await scenario.step(MAIN_JOB)
    expectHarmlessStep(step)
    expect(step.outputs['success']).toBe('true')
  })

  it('says nothing as a command by what its blob store answers', async () => {
    const scenario = await aScenario()
    const headers = { 'x-ms-error-code': HOSTILE_LINE }
    const heal = scenario.devnet.fail('blobs', { kind: 'status', status: 403, headers, body: HOSTILE })
    const saving = await scenario.step(MAIN_JOB)
    heal()
    expectHarmlessStep(saving)
    expect(saving.outputs['success']).toBe('true')
  })

  it('says nothing as a command by an answer that is no HTTP', async () => {
    const scenario = await aScenario()
    const step = await scenario.step(
      { ...MAIN_JOB, cache: 'read-only' },
      { environment: { ACTIONS_RESULTS_URL: await aRawHost(`HTTP/1.1 200 x\r::error::${MARK}\r\n\r\n`) } },
    )
    expectHarmlessStep(step)
    expect(step.outputs).toMatchObject({ success: 'true', 'cache-status': 'unavailable' })
  })
})
