import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SourceName, WantedFile } from '../../src/core/index.ts'
import { type Content, type Devnet, type Fault, startDevnet } from '../../src/devnet/index.ts'
import { createFetchRun, createSources, type FetchFailure, fetchFile } from '../../src/sources/index.ts'
import { aReporter } from '../support/store.ts'
import { aNetwork, errorOf, partialPath } from '../support/transfer.ts'

const REPO = 'r3mes/models'
let devnet: Devnet
let content: Content

beforeAll(async () => {
  devnet = await startDevnet({ sample: false })
  content = devnet.addContent('weights', 2_000_000)
  devnet.publishToHub(REPO, 'weights.gguf', content)
  devnet.publishToGateway(content)
  devnet.publishToMirror('weights.gguf', content)
})
afterAll(() => devnet.close())
beforeEach(() => devnet.requests.clear())

/** One fetch of the weights, from these sources in this order. */
async function fetchWeights(order: readonly SourceName[]) {
  const { urls } = devnet
  const network = aNetwork({
    allowHosts: [new URL(urls.cdn).host],
    timeouts: { firstByteMs: 300, stallMs: 300 },
  })
  const sources = createSources({
    order,
    huggingface: { endpoint: new URL(urls.hub), token: 'hf_secret' },
    ipfs: { gateways: [new URL(urls.gateway)] },
    http: { mirrors: [`${urls.mirror}/sha256/{sha256}`] },
    network,
  })
  const file: WantedFile = {
    sha256: content.sha256,
    size: content.size,
    cid: content.cid,
    subject: 'model 1.0.0: weights.gguf',
    mirrorPath: 'weights.gguf',
    places: [{ kind: 'huggingface', repoType: 'model', repo: REPO, revision: 'main', path: 'weights.gguf' }],
  }
  const failures: FetchFailure[] = []
  const fetched = await fetchFile(sources, file, await partialPath(), network, createFetchRun(aReporter()), {
    onFailure: (failure) => failures.push(failure),
  })
  return { ...fetched, failures }
}

/** Runs `work` while an endpoint misbehaves. */
async function whileFailing<T>(
  endpoint: 'cdn' | 'hub' | 'mirror',
  fault: Fault,
  work: () => Promise<T>,
): Promise<T> {
  const heal = devnet.fail(endpoint, fault)
  try {
    return await work()
  } finally {
    heal()
  }
}

describe('sources against a devnet', () => {
  it.each(['huggingface', 'ipfs', 'http'] as const)('bring an approved file from %s', async (name) => {
    const fetched = await fetchWeights([name])
    expect(fetched.source).toBe(name)
    expect(fetched.file.size).toBe(content.size)
  })

  it('give the token to the hub alone', async () => {
    await fetchWeights(['huggingface'])
    expect(devnet.requests.to('hub').map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer hf_secret',
    ])
    expect(devnet.requests.to('cdn').map(({ headers }) => headers['authorization'])).toEqual([undefined])
  })

  it.each<Fault>([
    { kind: 'status', status: 500, times: 1 },
    { kind: 'status', status: 503, times: 2 },
    { kind: 'status', status: 429, headers: { 'Retry-After': '1' }, times: 1 },
    { kind: 'truncate', after: 1000, times: 1 },
    { kind: 'stall', after: 1000, times: 1 },
  ])('outlive a fault that passes: %j', async (fault) => {
    const fetched = await whileFailing('cdn', fault, () => fetchWeights(['huggingface', 'http']))
    expect(fetched.source).toBe('huggingface')
    expect(devnet.requests.to('mirror')).toHaveLength(0)
  })

  it.each<[Fault, string, number]>([
    [{ kind: 'wrong-bytes', at: 'start' }, 'DIGEST_MISMATCH', 1],
    [{ kind: 'wrong-bytes', at: 'end' }, 'DIGEST_MISMATCH', 1],
    [{ kind: 'wrong-length', by: 1 }, 'SIZE_MISMATCH', 1],
    [{ kind: 'wrong-length', by: -1 }, 'SIZE_MISMATCH', 1],
    [{ kind: 'status', status: 404 }, 'SOURCES_EXHAUSTED', 1],
    [{ kind: 'truncate', after: 1000 }, 'SOURCES_EXHAUSTED', 3],
    [{ kind: 'redirect', location: 'http://169.254.169.254/' }, 'URL_REFUSED', 1],
  ])('go on to the next source after a fault that lasts: %j', async (fault, code, asked) => {
    const fetched = await whileFailing('cdn', fault, () => fetchWeights(['huggingface', 'http']))
    expect(fetched.source).toBe('http')
    expect(fetched.failures.map((failure) => failure.code)).toEqual([code])
    expect(devnet.requests.to('cdn')).toHaveLength(asked)
  })

  it('fail with the reason when there is no next source', async () => {
    const fetching = whileFailing('hub', { kind: 'status', status: 401 }, () => fetchWeights(['huggingface']))
    expect((await errorOf(fetching)).code).toBe('AUTH_REQUIRED')
  })
})
