import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newJob, runStep } from '../../scripts/action-runner.ts'
import { adapterKey, approveAdapter, approveDataset, approveModel, modelKey } from '../../src/devnet/index.ts'
import { MAIN_JOB, type Scenario, startScenario } from '../support/scenario.ts'
import { finalTree } from '../support/tree.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario({ cache: false })
})
afterAll(() => scenario[Symbol.asyncDispose]())

/** Runs a request that must be refused before any content host is asked. */
async function refuse(
  inputs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
) {
  scenario.devnet.requests.clear()
  const step = await scenario.step(inputs, { environment })
  expect(scenario.devnet.requests.content()).toEqual([])
  expect(await finalTree(scenario.store)).toEqual({})
  expect(step.outputs['success']).toBe('false')
  expect(step.outputs['model-path']).toBe('')
  return { ...step, code: step.outputs['error-code'], message: step.outputs['error-message'] ?? '' }
}

describe('a plan with problems', () => {
  it('stops a conflict between requested adapters before any content request', async () => {
    const step = await refuse({ ...MAIN_JOB, adapters: 'coder\nwriter' })
    expect(step.exitCode).toBe(3)
    expect(step.code).toBe('ADAPTER_CONFLICT')
    expect(step.message).toContain('coder')
    expect(step.message).toContain('writer')
  })

  it('stops a conflict with an adapter that the job has loaded already', async () => {
    const step = await refuse({ ...MAIN_JOB, adapters: 'coder', 'loaded-adapters': 'writer' })
    expect([step.exitCode, step.code]).toEqual([3, 'ADAPTER_CONFLICT'])
  })

  it('reports every problem at once, each with its code and what to do', async () => {
    const step = await refuse({
      ...MAIN_JOB,
      adapters: 'retired_lora\nfuture_lora\nundigested\ncid_only\ncodr',
      datasets: 'withdrawn_dataset_v1\nno_such_dataset',
    })
    const codes: string[] = JSON.parse(step.outputs['status'] ?? '{}').errorCodes
    expect([...codes].sort()).toEqual([
      'ADAPTER_INCOMPATIBLE',
      'ADAPTER_NOT_APPROVED',
      'ADAPTER_REVOKED',
      'DATASET_NOT_APPROVED',
      'DATASET_REMOVED',
      'DIGEST_MISSING',
      'DIGEST_UNSUPPORTED',
    ])
    expect(step.exitCode).toBe(3)
    // The nearest id, and what is approved.
    expect(step.message).toContain('coder')
    expect(step.message).toContain('general_dora')
  })

  it('prints one error annotation for a failure class with several problems', async () => {
    const step = await refuse({ ...MAIN_JOB, adapters: 'retired_lora\nfuture_lora\nundigested' })
    expect(step.stdout.split('\n').filter((line) => line.startsWith('::error'))).toHaveLength(1)
  })

  it('keeps what went wrong in the receipt', async () => {
    const step = await refuse({ ...MAIN_JOB, adapters: 'retired_lora' })
    const receipt = JSON.parse(await readFile(step.outputs['receipt'] ?? '', 'utf8'))
    expect(receipt).toMatchObject({ success: false, error: { code: 'ADAPTER_REVOKED' } })
  })

  it.each([
    ['3.0.0', 'MODEL_NOT_APPROVED', 3],
    ['^7', 'MODEL_NOT_APPROVED', 3],
    ['1.0.0.0', 'VERSION_INVALID', 2],
    ['../../etc', 'VERSION_INVALID', 2],
  ])('refuses the model version %s with %s', async (version, code, exit) => {
    const step = await refuse({ 'model-version': version })
    expect([step.exitCode, step.code]).toEqual([exit, code])
  })

  it('refuses a model whose CID is not the pinned one', async () => {
    const other = scenario.devnet.addContent('another file', 10).cid
    const step = await refuse({ 'model-version': '1.0.0' }, { R3MES_MODEL_IPFS_HASH: other })
    expect([step.exitCode, step.code]).toEqual([3, 'MODEL_NOT_APPROVED'])
  })

  it('warns about a deprecated model, and goes on', async () => {
    const step = await scenario.step({ 'model-version': '0.9.0', 'plan-only': 'true' })
    expect(step.exitCode).toBe(0)
    expect(step.stdout).toMatch(/::notice[^\n]*deprecates model 0.9.0/)
  })
})

describe('bad input', () => {
  it.each([
    ['../../x'],
    ['a/b'],
    ['CON'],
    ['nul.txt'],
    ['ends.'],
    ['ends. '.trimEnd()],
    ['x'.repeat(300)],
    ['соder'],
    ['cod\u200ber'],
    ['.hidden'],
    ['a\u0001b'],
  ])('refuses the adapter id %j with a safe sentence', async (id) => {
    const step = await refuse({ ...MAIN_JOB, adapters: id })
    expect([step.exitCode, step.code]).toEqual([2, 'ID_UNSAFE'])
  })

  it.each([
    [{ adapters: 'coder\ncoder' }, 'INPUT_INVALID'],
    [{ adapters: 'domain:../x' }, 'ID_UNSAFE'],
    [{ trust: 'relaxed' }, 'INPUT_INVALID'],
    [{ 'trusted-height': '12' }, 'INPUT_INVALID'],
    [{ 'max-header-age': 'long' }, 'INPUT_INVALID'],
    [{ frozen: 'true' }, 'LOCK_INVALID'],
    [{ trust: 'lockfile', 'max-lock-age': '1d' }, 'LOCK_INVALID'],
    [{ trust: 'light-client' }, 'TRUST_UNSET'],
    [{ 'require-dataset': 'perhaps' }, 'INPUT_INVALID'],
    [{ 'parallel-downloads': '0' }, 'INPUT_INVALID'],
    [{ 'max-artifact-size': 'huge' }, 'INPUT_INVALID'],
    [{ 'deadline-minutes': '-1' }, 'INPUT_INVALID'],
    [{ sources: 'cache,torrent' }, 'INPUT_INVALID'],
    [{ cache: 'sometimes' }, 'INPUT_INVALID'],
    [{ mirrors: 'https://mirror.example.org/plain' }, 'INPUT_INVALID'],
    [{ 'allow-hosts': 'https://x/' }, 'INPUT_INVALID'],
    [{ 'chain-id': 'a b' }, 'INPUT_INVALID'],
    [{ 'ipfs-gateways': 'ftp://gateway.example.org' }, 'INPUT_INVALID'],
    [{ 'hf-endpoint': 'https://user:secret@hub.example.org' }, 'INPUT_INVALID'],
    [{ 'rpc-urls': 'http://rpc.example.org' }, 'INPUT_INVALID'],
    [{ 'rpc-urls': 'tcp://127.0.0.1:26657' }, 'INPUT_INVALID'],
  ])('refuses %j', async (inputs: Record<string, string>, code) => {
    const step = await refuse({ ...MAIN_JOB, ...inputs })
    expect([step.exitCode, step.code]).toEqual([2, code])
    expect(step.stdout + step.message).not.toContain('user:secret')
  })

  it('names the line to add when no chain endpoint is given', async () => {
    const step = await refuse({ ...MAIN_JOB, 'rpc-urls': '' })
    expect([step.exitCode, step.code]).toEqual([2, 'RPC_URL_MISSING'])
    expect(step.message).toContain('rpc-urls:')
  })

  it('reports several bad inputs together', async () => {
    const step = await refuse({ ...MAIN_JOB, force: 'maybe', adapters: '../x', sources: 'torrent' })
    const codes: string[] = JSON.parse(step.outputs['status'] ?? '{}').errorCodes
    expect([...codes].sort()).toEqual(['ID_UNSAFE', 'INPUT_INVALID', 'INPUT_INVALID'])
  })

  it('takes rpc-urls and chain-id from the environment when the inputs are empty', async () => {
    const { 'rpc-urls': urls = '', 'chain-id': chainId = '' } = scenario.devnet.inputs()
    const step = await scenario.step(
      { 'rpc-urls': '', 'chain-id': '', 'plan-only': 'true' },
      { environment: { BLOCKCHAIN_RPC_URL: urls, CHAIN_ID: chainId } },
    )
    expect(step.outputs['success']).toBe('true')
  })

  it('refuses and masks a private key under any name', async () => {
    const job = await newJob()
    const step = await runStep(job, { inputs: { 'private-key': 'cafe0123' } })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([2, 'PRIVATE_KEY_REFUSED'])
    expect(step.stdout).toContain('::add-mask::cafe0123')
    expect(step.stdout.replace('::add-mask::cafe0123', '')).not.toContain('cafe0123')
  })

  it('masks the HuggingFace token', async () => {
    const step = await scenario.step({ 'hf-token': 'hf_verysecret', 'plan-only': 'true' })
    expect(step.stdout.split('\n')[0]).toBe('::add-mask::hf_verysecret')
    expect(step.stdout.split('hf_verysecret')).toHaveLength(2)
  })
})

describe('a chain that cannot be believed', () => {
  it('refuses another chain, and asks no content host', async () => {
    const step = await refuse({ ...MAIN_JOB, 'chain-id': 'other-chain-1' })
    expect([step.exitCode, step.code]).toEqual([4, 'CHAIN_ID_MISMATCH'])
  })

  it('says so when no endpoint answers', async () => {
    const step = await refuse({ ...MAIN_JOB, 'rpc-urls': 'http://127.0.0.1:9\nhttp://127.0.0.1:1' })
    expect([step.exitCode, step.code]).toEqual([5, 'CHAIN_UNREACHABLE'])
  })

  it('asks the second endpoint when the first one fails', async () => {
    await using other = await startScenario({ cache: false })
    const heal = other.devnet.fail('rpc', { kind: 'status', status: 502 })
    const { height, hash } = other.devnet.anchor()
    const typed = { 'trusted-height': height.toString(), 'trusted-hash': hash }
    const step = await other.step({ ...typed, 'min-witnesses': '0', 'plan-only': 'true' })
    expect(step.outputs).toMatchObject({ success: 'true', trust: 'light-client' })
    expect(other.devnet.requests.to('rpc2').length).toBeGreaterThan(0)
    // One endpoint is no quorum.
    const alone = await other.step({ 'plan-only': 'true' })
    expect([alone.exitCode, alone.outputs['success']]).not.toEqual([0, 'true'])
    heal()
  })

  it('shows the two lines to add when nothing says how to prove its answers, and asks nobody', async () => {
    const step = await refuse({ ...MAIN_JOB, 'rpc-urls': scenario.devnet.urls.rpc })
    expect([step.exitCode, step.code]).toEqual([2, 'TRUST_UNSET'])
    expect(step.message).toMatch(/trusted-height: .*trusted-hash: /)
    expect(scenario.devnet.requests.all()).toEqual([])
  })

  it('falls back to the Query service where a node refuses store reads, under `trust: rpc` alone', async () => {
    await using other = await startScenario({ cache: false, refuseStoreReads: true })
    const dataset = await other.step({ trust: 'rpc', 'model-version': 'none', datasets: '0' })
    expect(dataset.outputs).toMatchObject({ success: 'true', trust: 'rpc', 'trust-expires-at': '' })
    expect(dataset.stdout).toMatch(/::warning[^\n]*trust: rpc/)
    // That service has no method for models, and its answers have no proof.
    for (const inputs of [
      { trust: 'rpc', 'model-version': '1.0.0' },
      { 'model-version': 'none', datasets: '0' },
    ]) {
      const step = await other.step(inputs)
      expect([step.exitCode, step.outputs['error-code']]).toEqual([5, 'CHAIN_RESPONSE_INVALID'])
    }
  })

  it('fails only the requests that select a malformed record', async () => {
    await using other = await startScenario({ cache: false })
    other.devnet.setRecord(adapterKey('broken'), Buffer.from([0x0a, 0xff, 0xff]))
    other.devnet.setRecord(modelKey(9n), Buffer.from('not protobuf at all'))
    const fine = await other.step({ ...MAIN_JOB, 'plan-only': 'true' })
    expect(fine.outputs['success']).toBe('true')
    const broken = await other.step({ ...MAIN_JOB, adapters: 'broken' })
    expect([broken.exitCode, broken.outputs['error-code']]).toEqual([3, 'RECORD_MALFORMED'])
  })

  it('says that a registry is empty', async () => {
    await using other = await startScenario({ cache: false, sample: false })
    const step = await other.step({ 'model-version': '1.0.0' })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([3, 'REGISTRY_EMPTY'])
  })
})

describe('records of a hostile registry', () => {
  it.each([
    ['../../../escape.pt', 'ID_UNSAFE'],
    ['a/b.pt', 'ID_UNSAFE'],
    ['CON', 'ID_UNSAFE'],
    ['x\u0000.pt', 'ID_UNSAFE'],
    ['trailing.', 'ID_UNSAFE'],
    ['ﬁle.pt', 'ID_UNSAFE'],
  ])('refuses the file name %j', async (fileName, code) => {
    await using other = await startScenario({ cache: false })
    const content = other.devnet.addContent('hostile', 100)
    approveAdapter(other.devnet, {
      adapterId: 'hostile',
      checksum: content.sha256,
      fileName,
      compatibleModelVersions: ['1.0.0'],
    })
    const step = await other.step({ ...MAIN_JOB, adapters: 'hostile' })
    expect(step.outputs['error-code']).toBe(code)
    expect(other.devnet.requests.content()).toEqual([])
  })

  it.each([
    ['abc', 'DIGEST_INVALID'],
    ['z'.repeat(64), 'DIGEST_INVALID'],
    [`tree:${'a'.repeat(64)}`, 'DIGEST_WEAK'],
    [`manifest:${'a'.repeat(63)}`, 'DIGEST_INVALID'],
  ])('refuses the digest %s', async (checksum, code) => {
    await using other = await startScenario({ cache: false })
    approveDataset(other.devnet, { datasetId: 9n, metadata: { name: 'weak', checksum } })
    const step = await other.step({ 'model-version': 'none', datasets: 'weak' })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([3, code])
    expect(other.devnet.requests.content()).toEqual([])
  })

  it('settles two models of one version by name alone', async () => {
    await using other = await startScenario({ cache: false })
    const content = other.devnet.addContent('twin', 100)
    approveModel(other.devnet, {
      modelId: 7n,
      config: {
        modelVersion: 'v1.0.0',
        modelName: 'twin',
        verificationSha256: content.sha256,
        fileName: 'twin.gguf',
      },
    })
    const torn = await other.step({ 'model-version': '1.0.0', 'plan-only': 'true' })
    expect(torn.outputs['error-code']).toBe('MODEL_AMBIGUOUS')
    const settled = await other.step({ 'model-version': '1.0.0', 'model-name': 'twin', 'plan-only': 'true' })
    expect(settled.outputs['success']).toBe('true')
  })
})
