import { Agent } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'
import {
  believedRecord,
  type RpcChainOptions,
  readFromChain,
  type StoreReader,
} from '../../src/chain/index.ts'
import { R3mesError } from '../../src/core/index.ts'
import { GLOBAL_MODEL_STATE_KEY, startDevnet } from '../../src/devnet/index.ts'
import { codesOf } from '../support/registry.ts'
import { abciResult, base64, failureOf, keepingReporter, rpcNode, statusResult } from '../support/rpc-node.ts'

const dispatcher = new Agent()
afterAll(() => dispatcher.close())

const KEY = new TextEncoder().encode('gms_')

function optionsFor(urls: readonly string[], more: Omit<Partial<RpcChainOptions>, 'reporter'> = {}) {
  return {
    urls: urls.map((url) => new URL(url)),
    chainId: 'remes-testnet-1',
    dispatcher,
    reporter: keepingReporter(),
    newerHeightAfterMs: 0,
    ...more,
  }
}

const readKey = async (reader: StoreReader<'rpc'>) => (await reader.get('remes', KEY)).value

/** A node at `height` that holds one record, and nothing at the heights in `pruned`. */
function node(heights: readonly string[], pruned: readonly string[] = [], network = 'remes-testnet-1') {
  let asked = 0
  return rpcNode(({ method, params }) => {
    if (method === 'status') {
      const height = heights[Math.min(asked, heights.length - 1)] ?? '1'
      asked += 1
      return { result: statusResult({ height, network }) }
    }
    const height = String(params['height'])
    return {
      result: abciResult(
        pruned.includes(height)
          ? { key: base64(KEY), height, log: 'version does not exist' }
          : { key: base64(KEY), height, value: base64(`at ${height}`) },
      ),
    }
  })
}

async function goneUrl(): Promise<string> {
  const server = await node(['5'])
  await server.close()
  return server.url
}

describe('reading from a chain', () => {
  it('takes all reads at one height below the newest, and names endpoint, chain and app hash', async () => {
    await using devnet = await disposableDevnet()
    const seen = await readFromChain(optionsFor([devnet.urls.rpc]), async (reader) => ({
      trust: reader.trust,
      height: reader.height,
      chainId: reader.chainId,
      endpoint: reader.endpoint,
      appHash: reader.appHash,
      record: await reader.get('remes', GLOBAL_MODEL_STATE_KEY),
    }))
    expect(seen.height).toBe(devnet.height - 1n)
    expect(seen).toMatchObject({ trust: 'rpc', chainId: 'remes-testnet-1', endpoint: devnet.urls.rpc })
    expect(seen.appHash).toMatch(/^[0-9A-F]{64}$/)
    expect(seen.record.value).toEqual(devnet.getRecord(GLOBAL_MODEL_STATE_KEY))
  })

  it('asks only the first endpoint when that answers', async () => {
    await using devnet = await disposableDevnet()
    await readFromChain(optionsFor([devnet.urls.rpc, devnet.urls.rpc2]), readKey)
    expect(devnet.requests.to('rpc').length).toBeGreaterThan(0)
    expect(devnet.requests.to('rpc2')).toEqual([])
  })

  it('goes on to the next endpoint, and says why, when one cannot be reached', async () => {
    await using server = await node(['50'])
    const options = optionsFor([await goneUrl(), server.url])
    expect(await readFromChain(options, readKey)).toEqual(new TextEncoder().encode('at 49'))
    expect(options.reporter.warnings.join()).toContain('cannot be reached')
  })

  it('goes on to the next endpoint when one fails in the middle of the reads', async () => {
    await using broken = await rpcNode(({ method }) =>
      method === 'status' ? { result: statusResult({}) } : { result: abciResult({ key: base64('other') }) },
    )
    await using server = await node(['50'])
    expect(await readFromChain(optionsFor([broken.url, server.url]), readKey)).toEqual(
      new TextEncoder().encode('at 49'),
    )
  })

  it('names an endpoint that serves another chain, and uses one that serves the right one', async () => {
    await using foreign = await node(['50'], [], 'other-chain-9')
    await using server = await node(['50'])
    const options = optionsFor([foreign.url, server.url])
    await readFromChain(options, readKey)
    expect(options.reporter.warnings.join()).toContain('other-chain-9')
    expect(options.reporter.warnings.join()).toContain(foreign.url)
  })

  it('ends with CHAIN_ID_MISMATCH when no endpoint serves the chain', async () => {
    await using foreign = await node(['50'], [], 'other-chain-9')
    const alone = await failureOf(readFromChain(optionsFor([foreign.url]), readKey))
    expect(alone.code).toBe('CHAIN_ID_MISMATCH')
    const failure = await failureOf(readFromChain(optionsFor([await goneUrl(), foreign.url]), readKey))
    expect(failure.code).toBe('CHAIN_ID_MISMATCH')
    expect(codesOf(failure.problems)).toEqual(['CHAIN_UNREACHABLE', 'CHAIN_ID_MISMATCH'])
  })

  it('keeps the name of a foreign chain out of the message when it is no chain id', async () => {
    await using foreign = await node(['50'], [], '##[error]x')
    const failure = await failureOf(readFromChain(optionsFor([foreign.url]), readKey))
    expect(failure.message).not.toContain('##')
    expect(failure.detail).toContain('##[error]x')
  })

  it('keeps every reason when all endpoints fail', async () => {
    const failure = await failureOf(readFromChain(optionsFor([await goneUrl(), await goneUrl()]), readKey))
    expect(failure.code).toBe('CHAIN_UNREACHABLE')
    expect(failure.message).toContain('None of the 2 RPC endpoints')
    expect(failure.problems).toHaveLength(2)
    expect(failure.detail).toContain('ECONNREFUSED')
  })

  it('does not try another endpoint for a problem that is not the endpoint’s', async () => {
    await using first = await node(['50'])
    await using second = await node(['50'])
    let reads = 0
    const refusal = new R3mesError('ADAPTER_REVOKED', 'no')
    const reading = readFromChain(optionsFor([first.url, second.url]), async () => {
      reads += 1
      throw refusal
    })
    await expect(reading).rejects.toBe(refusal)
    expect(reads).toBe(1)
  })

  it('reads at a newer height when the first is pruned', async () => {
    await using server = await node(['50', '51'], ['49'])
    expect(await readFromChain(optionsFor([server.url]), readKey)).toEqual(new TextEncoder().encode('at 50'))
  })

  it('takes a newer height at most three times', async () => {
    const heights: bigint[] = []
    await using server = await node(
      ['50', '51', '52', '53', '54', '55'],
      ['49', '50', '51', '52', '53', '54'],
    )
    const reading = readFromChain(optionsFor([server.url]), (reader) => {
      heights.push(reader.height)
      return readKey(reader)
    })
    expect((await failureOf(reading)).code).toBe('HEIGHT_PRUNED')
    expect(heights).toEqual([49n, 50n, 51n, 52n])
  })

  it('wants a chain that has two blocks', async () => {
    await using server = await node(['1'])
    expect((await failureOf(readFromChain(optionsFor([server.url]), readKey))).message).toContain('height 2')
  })

  it('warns of a node that is catching up', async () => {
    await using server = await rpcNode(({ method }) => ({
      result:
        method === 'status'
          ? statusResult({ catchingUp: true })
          : abciResult({ key: base64(KEY), value: base64('x') }),
    }))
    const options = optionsFor([server.url])
    await readFromChain(options, readKey)
    expect(options.reporter.warnings.join()).toContain('catching up')
  })

  it.each([
    ['no node_info', { sync_info: statusResult({}).sync_info }],
    ['no network', { ...statusResult({}), node_info: {} }],
    ['an empty network', statusResult({ network: '' })],
    ['a negative height', statusResult({ height: '-5' })],
    ['a height that is no number', statusResult({ height: 'latest' })],
    [
      'an app hash that is no hex',
      { ...statusResult({}), sync_info: { ...statusResult({}).sync_info, latest_app_hash: 'zz' } },
    ],
    [
      'a catching_up that is text',
      { ...statusResult({}), sync_info: { ...statusResult({}).sync_info, catching_up: 'no' } },
    ],
    ['a list instead of a status', []],
  ])('refuses a status with %s', async (_what, status) => {
    await using server = await rpcNode(() => ({ result: status }))
    expect((await failureOf(readFromChain(optionsFor([server.url]), readKey))).code).toBe(
      'CHAIN_RESPONSE_INVALID',
    )
  })

  it('asks no further endpoint after the caller gave up', async () => {
    const controller = new AbortController()
    const reason = new Error('cancelled')
    let reached = 0
    await using first = await rpcNode(() => {
      controller.abort(reason)
      return { result: statusResult({}) }
    })
    await using second = await rpcNode(() => {
      reached += 1
      return { result: statusResult({}) }
    })
    const options = optionsFor([first.url, second.url], { signal: controller.signal })
    await expect(readFromChain(options, readKey)).rejects.toBe(reason)
    expect(reached).toBe(0)
  })
})

describe('a node that refuses store reads', () => {
  it('is asked through the fallback reader, at the same height', async () => {
    await using devnet = await disposableDevnet()
    devnet.refuseStoreReads = true
    const heights: bigint[] = []
    const options = optionsFor([devnet.urls.rpc], {
      fallbackReader: async (view) => ({
        trust: 'rpc',
        chainId: view.chainId,
        height: view.height,
        appHash: view.appHash,
        endpoint: view.client.endpoint,
        get: async (store, key) => believedRecord(view, store, key, new Uint8Array([7])),
        list: async () => ({ entries: [], proven: false }),
      }),
    })
    const value = await readFromChain(options, (reader) => {
      heights.push(reader.height)
      return readKey(reader)
    })
    expect(value).toEqual(new Uint8Array([7]))
    expect(heights).toEqual([devnet.height - 1n, devnet.height - 1n])
  })

  it('is given up where there is no fallback', async () => {
    await using devnet = await disposableDevnet()
    devnet.refuseStoreReads = true
    const failure = await failureOf(readFromChain(optionsFor([devnet.urls.rpc]), readKey))
    expect(failure.code).toBe('CHAIN_RESPONSE_INVALID')
    expect(failure.message).toContain('refuses raw store reads')
  })
})

async function disposableDevnet() {
  const devnet = await startDevnet()
  return Object.assign(devnet, { [Symbol.asyncDispose]: () => devnet.close() })
}
