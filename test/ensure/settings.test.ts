import { homedir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import { type Environment, type RawInputs, readSettings, type Settings } from '../../src/ensure/index.ts'
import { refusalOf } from '../support/registry.ts'

const RPC = { 'rpc-urls': 'https://rpc-a.example.org' }

function read(inputs: RawInputs = {}, environment: Environment = {}): Settings {
  return readSettings({ ...RPC, ...inputs }, environment)
}

function codesOf(inputs: RawInputs, environment: Environment = {}): string[] {
  try {
    read(inputs, environment)
  } catch (error) {
    if (!(error instanceof R3mesError)) throw error
    return (error.problems.length > 0 ? error.problems : [error]).map((problem) => problem.code)
  }
  return []
}

describe('defaults', () => {
  it('are those of the table', () => {
    expect(read()).toMatchObject({
      request: { modelVersion: { kind: 'active' }, adapters: [], datasets: [], requireDataset: true },
      chainId: 'remes-testnet-1',
      home: join(homedir(), '.r3mes'),
      sources: ['cache', 'huggingface', 'ipfs', 'http'],
      hfToken: undefined,
      ipfsGateways: undefined,
      cacheMode: 'auto',
      planOnly: false,
      force: false,
      parallelDownloads: 8,
      deadline: undefined,
      maxArtifactSize: 500e9,
      verify: 'always',
      prune: undefined,
      exportEnv: true,
    })
    expect(read().hfEndpoint.href).toBe('https://huggingface.co/')
  })
})

describe('an environment variable', () => {
  it('fills in where the input is empty, and only there', () => {
    const environment = { CHAIN_ID: 'from-environment', HF_ENDPOINT: 'https://hub.example.org' }
    expect(read({ 'chain-id': '' }, environment).chainId).toBe('from-environment')
    expect(read({ 'chain-id': 'from-input' }, environment).chainId).toBe('from-input')
    expect(read({}, environment).hfEndpoint.host).toBe('hub.example.org')
  })

  it('counts as absent when it is empty', () => {
    expect(read({}, { CHAIN_ID: '', R3MES_HOME: '  ' })).toMatchObject({
      chainId: 'remes-testnet-1',
      home: join(homedir(), '.r3mes'),
    })
  })

  it('moves the folders of models and adapters', () => {
    const settings = read({}, { R3MES_MODEL_PATH: '~/models', R3MES_ADAPTER_DIR: '/srv/adapters' })
    expect(settings).toMatchObject({ modelDir: join(homedir(), 'models'), adapterDir: '/srv/adapters' })
  })

  it('names gateways by line, `localhost` included', () => {
    const { ipfsGateways } = read({}, { IPFS_GATEWAY: 'http://localhost:8080\nhttps://gateway.example.org' })
    expect(ipfsGateways?.map((url) => url.host)).toEqual(['localhost:8080', 'gateway.example.org'])
  })
})

describe('paths', () => {
  it.each([
    ['~', homedir()],
    ['~/store', join(homedir(), 'store')],
    ['/srv/r3mes', '/srv/r3mes'],
    ['store', resolve('store')],
  ])('reads %s', (text, path) => {
    expect(read({ home: text }).home).toBe(path)
  })

  it.each(['~other/store', 'a\0b'])('refuses %j', (home) => {
    expect(codesOf({ home })).toEqual(['INPUT_INVALID'])
  })
})

describe('lists', () => {
  it('have one entry a line, blank lines and spaces do not count', () => {
    const { request } = read({ adapters: '\n  coder \r\n\n general_dora@1.0.0\n', 'model-version': '1.0.0' })
    expect(request.adapters).toEqual([{ id: 'coder' }, { id: 'general_dora', version: '1.0.0' }])
  })

  it('of sources may be written with commas or lines', () => {
    expect(read({ sources: 'http, ipfs' }).sources).toEqual(['http', 'ipfs'])
    expect(read({ sources: 'http\nipfs' }).sources).toEqual(['http', 'ipfs'])
  })

  it.each(['http,http', 'torrent', ','])('of sources may not be %j', (sources) => {
    expect(codesOf({ sources })).toEqual(['INPUT_INVALID'])
  })
})

describe('numbers, sizes and flags', () => {
  it.each([
    [{ 'parallel-downloads': '64' }, { parallelDownloads: 64 }],
    [{ 'deadline-minutes': '90' }, { deadline: 5_400_000 }],
    [{ 'deadline-minutes': '35791' }, { deadline: 2_147_460_000 }],
    [{ 'max-artifact-size': '2 GiB' }, { maxArtifactSize: 2 ** 31 }],
    [{ force: 'True' }, { force: true }],
    [{ 'export-env': 'FALSE' }, { exportEnv: false }],
    [{ verify: 'changed' }, { verify: 'changed' }],
  ])('reads %j', (inputs, expected) => {
    expect(read(inputs)).toMatchObject(expected)
  })

  it.each([
    { 'parallel-downloads': '65' },
    { 'parallel-downloads': '1.5' },
    { 'deadline-minutes': '0' },
    // More milliseconds than a timer holds, which would end at once.
    { 'deadline-minutes': '35792' },
    { 'hf-token': 'two\nlines' },
    { 'hf-token': 'a b' },
    { 'max-artifact-size': '-1' },
    { force: 'yes' },
    { force: '1' },
    { cache: 'maybe' },
    { verify: 'never' },
  ])('refuses %j', (inputs: RawInputs) => {
    expect(codesOf(inputs)).toEqual(['INPUT_INVALID'])
  })
})

it('shows nothing of a token that is none', () => {
  expect(refusalOf(() => read({ 'hf-token': 'hf_secret x' }))).toMatchObject({ detail: undefined })
  expect(refusalOf(() => read({ 'hf-token': 'hf_secret x' })).message).not.toContain('secret')
})

describe('`~` in a path', () => {
  it('is the home of the user database where HOME is empty, and refused where HOME is no absolute path', () => {
    vi.stubEnv('HOME', '')
    expect(read({ home: '~/.r3mes' }).home).toBe(join(userInfo().homedir, '.r3mes'))
    vi.stubEnv('HOME', 'relative')
    expect(() => read({ home: '~' })).toThrow('Set HOME')
    vi.unstubAllEnvs()
  })
})

it('tells everything that is wrong at once', () => {
  expect(
    codesOf({
      adapters: '../x\ncoder\ncoder',
      'model-version': '1.0.0.0',
      force: 'maybe',
      'rpc-urls': '',
    }).sort(),
  ).toEqual(['ID_UNSAFE', 'INPUT_INVALID', 'INPUT_INVALID', 'RPC_URL_MISSING', 'VERSION_INVALID'])
})

it('keeps what was typed out of the message', () => {
  try {
    read({ cache: '::error::gotcha' })
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(R3mesError)
    expect((error as R3mesError).message).not.toContain('gotcha')
  }
})
