import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { createProtobufRpcClient, QueryClient } from '@cosmjs/stargate'
import { Comet38Client } from '@cosmjs/tendermint-rpc'
import { afterEach, describe, expect, it } from 'vitest'
import {
  approveDataset,
  approveModel,
  type Devnet,
  type DevnetOptions,
  GLOBAL_MODEL_STATE_KEY,
  modelKey,
  NEXT_MODEL_ID_KEY,
  startDevnet,
  u64,
} from '../../src/devnet/index.ts'
import { PairsSchema } from '../../src/gen/cosmos/store/internal/kv/v1beta1/kv_pb.js'
import {
  QueryGetApprovedDatasetRequestSchema,
  QueryGetApprovedDatasetResponseSchema,
  QueryGetGlobalModelStateResponseSchema,
  QueryListApprovedDatasetsRequestSchema,
  QueryListApprovedDatasetsResponseSchema,
} from '../../src/gen/remes/remes/v1/query_pb.js'

const KEY = Buffer.from('any_key')
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

let devnet: Devnet

async function start(options: DevnetOptions = { sample: false }): Promise<Comet38Client> {
  devnet = await startDevnet(options)
  return Comet38Client.connect(devnet.urls.rpc)
}

afterEach(() => devnet.close())

function rpc(body: unknown, url = devnet.urls.rpc) {
  const raw = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(url, { method: 'POST', body: raw, headers: { 'Content-Type': 'application/json' } })
}

function call(method: string, params: unknown = {}, id: unknown = 1) {
  return { jsonrpc: '2.0', id, method, params }
}

const rawKey = (height = 0) => ({ path: '/store/remes/key', data: KEY, height, prove: false })

describe('a node of the chain', () => {
  it('answers `status` so that an independent client reads chain id, heights, times and hashes', async () => {
    const client = await start({ sample: false, chainId: 'other-net-7' })
    const before = Date.now()
    devnet.setRecord(KEY, Buffer.from('v'))
    const { nodeInfo, syncInfo } = await client.status()
    expect(nodeInfo.network).toBe('other-net-7')
    expect(BigInt(syncInfo.latestBlockHeight)).toBe(devnet.height)
    expect(syncInfo.latestBlockTime.getTime()).toBeGreaterThanOrEqual(before)
    expect(syncInfo.latestAppHash).toHaveLength(32)
    expect(syncInfo.earliestBlockHeight).toBeLessThan(syncInfo.latestBlockHeight)
    expect(syncInfo.catchingUp).toBe(false)
  })

  it('serves the same state on two ports, as two nodes', async () => {
    const one = await start()
    const other = await Comet38Client.connect(devnet.urls.rpc2)
    devnet.setRecord(KEY, Buffer.from('shared'))
    expect(text((await other.abciQuery(rawKey())).value)).toBe('shared')
    const [first, second] = [await one.status(), await other.status()]
    expect(second.syncInfo).toEqual(first.syncInfo)
    expect(second.nodeInfo.id).not.toEqual(first.nodeInfo.id)
  })

  it('states in `abci_info` the app hash that the next header will carry', async () => {
    const client = await start()
    devnet.setRecord(KEY, Buffer.from('one'))
    const info = await client.abciInfo()
    expect(info.lastBlockHeight).toBe(Number(devnet.height))
    devnet.setRecord(KEY, Buffer.from('two'))
    const { syncInfo } = await client.status()
    expect(Buffer.from(syncInfo.latestAppHash)).not.toEqual(Buffer.from(info.lastBlockAppHash ?? []))
  })

  it('answers GET `health`, `status` and `abci_query` too', async () => {
    await start()
    devnet.setRecord(KEY, Buffer.from('by GET'))
    const get = async (path: string): Promise<unknown> => (await fetch(devnet.urls.rpc + path)).json()
    expect(await get('/health')).toEqual({ jsonrpc: '2.0', id: -1, result: {} })
    expect(await get('/status')).toMatchObject({ result: { node_info: { network: 'remes-testnet-1' } } })
    const query = `/abci_query?path="/store/remes/key"&data=0x${KEY.toString('hex')}&height="${devnet.height}"`
    const value = Buffer.from('by GET').toString('base64')
    expect(await get(query)).toMatchObject({ result: { response: { code: 0, value } } })
    expect((await fetch(`${devnet.urls.rpc}/unknown`)).status).toBe(404)
    expect((await fetch(`${devnet.urls.rpc}/abci_query?height=x`)).status).toBe(500)
  })
})

describe('a store read', () => {
  it('gives the value that the key had at that height', async () => {
    const client = await start()
    devnet.setRecord(KEY, Buffer.from('first'))
    const first = Number(devnet.height)
    devnet.setRecord(KEY, Buffer.from('second'))
    const second = Number(devnet.height)
    devnet.setRecord(KEY, undefined)
    expect(text((await client.abciQuery(rawKey(first))).value)).toBe('first')
    expect(text((await client.abciQuery(rawKey(second))).value)).toBe('second')
    const latest = await client.abciQuery(rawKey())
    expect(latest).toMatchObject({ code: 0, height: Number(devnet.height) })
    expect(latest.value).toHaveLength(0)
    expect(devnet.getRecord(KEY)).toBeUndefined()
  })

  it('sees a write one block below the tip, where its app hash is in a header', async () => {
    const client = await start()
    const before = devnet.height
    devnet.setRecord(KEY, Buffer.from('written'))
    expect(devnet.height).toBe(before + 2n)
    expect(text((await client.abciQuery(rawKey(Number(devnet.height) - 1))).value)).toBe('written')
    expect((await client.abciQuery(rawKey(Number(before)))).value).toHaveLength(0)
  })

  it.each([
    ['in the future', 999_999],
    ['that was pruned', 7],
  ])(
    'at a height %s has no value and code 0, as the SDK answers, and only the log tells',
    async (_name, height) => {
      const client = await start()
      devnet.setRecord(KEY, Buffer.from('here'))
      const answer = await client.abciQuery(rawKey(height))
      expect(answer).toMatchObject({ code: 0, log: 'version does not exist', height })
      expect(answer.value).toHaveLength(0)
      const proven = await client.abciQuery({ ...rawKey(height), prove: true })
      expect(proven).toMatchObject({ code: 7, codespace: 'store' })
    },
  )

  it('lists a subspace in key order, always of the latest state', async () => {
    const client = await start()
    devnet.setRecord(Buffer.from('p_b'), Buffer.from('2'))
    const early = Number(devnet.height)
    devnet.setRecord(Buffer.from('p_a'), Buffer.from('1'))
    devnet.setRecord(Buffer.from('q_a'), Buffer.from('other prefix'))
    devnet.setRecord(Buffer.from('p_gone'), Buffer.from('x'))
    devnet.setRecord(Buffer.from('p_gone'), undefined)
    const answer = await client.abciQuery({
      path: '/store/remes/subspace',
      data: Buffer.from('p_'),
      height: early,
      prove: false,
    })
    const { pairs } = fromBinary(PairsSchema, answer.value)
    expect(pairs.map(({ key, value }) => [text(key), text(value)])).toEqual([
      ['p_a', '1'],
      ['p_b', '2'],
    ])
  })

  it.each([
    ['an unknown store', '/store/nowhere/key', 4, 'store', 'no such store: nowhere: unknown request'],
    [
      'an unknown way to read',
      '/store/remes/iterate',
      4,
      'store',
      'unexpected query path: /iterate: unknown request',
    ],
    ['an unknown path', '/nothing/here', 6, 'sdk', 'unknown query path: unknown request'],
    ['an unknown method', '/remes.remes.v1.Query/Params', 6, 'sdk', 'unknown query path: unknown request'],
  ])('of %s is refused as the SDK refuses it', async (_name, path, code, codespace, log) => {
    const client = await start()
    const answer = await client.abciQuery({ path, data: KEY, prove: false })
    expect(answer).toMatchObject({ code, codespace, log })
  })

  it('without a key is refused', async () => {
    const client = await start()
    expect(await client.abciQuery({ ...rawKey(), data: new Uint8Array() })).toMatchObject({
      code: 3,
      codespace: 'store',
    })
  })

  it('can be refused altogether and allowed again, while the Query service answers', async () => {
    const client = await start({ refuseStoreReads: true })
    expect(await client.abciQuery(rawKey())).toMatchObject({ code: 6, codespace: 'sdk' })
    const path = '/remes.remes.v1.Query/GetGlobalModelState'
    expect(await client.abciQuery({ path, data: new Uint8Array() })).toMatchObject({ code: 0 })
    devnet.refuseStoreReads = false
    expect(await client.abciQuery(rawKey())).toMatchObject({ code: 0 })
  })
})

describe('the Query service', () => {
  async function service() {
    const client = createProtobufRpcClient(new QueryClient(await start()))
    return (method: string, request: Uint8Array) => client.request('remes.remes.v1.Query', method, request)
  }

  const list = (pagination: object) =>
    toBinary(
      QueryListApprovedDatasetsRequestSchema,
      create(QueryListApprovedDatasetsRequestSchema, { pagination }),
    )

  async function listed(query: Awaited<ReturnType<typeof service>>, pagination: object) {
    const bytes = await query('ListApprovedDatasets', list(pagination))
    const { datasets, pagination: page } = fromBinary(QueryListApprovedDatasetsResponseSchema, bytes)
    return { ids: datasets.map(({ datasetId }) => datasetId), page }
  }

  it('answers with the global model state', async () => {
    const client = await start({ sizes: { model: 1024 } })
    const query = createProtobufRpcClient(new QueryClient(client))
    const bytes = await query.request('remes.remes.v1.Query', 'GetGlobalModelState', new Uint8Array())
    expect(fromBinary(QueryGetGlobalModelStateResponseSchema, bytes).state?.modelVersion).toBe('1.0.0')
  })

  it('answers with a dataset, and with the SDK error for one that is absent', async () => {
    const query = await service()
    approveDataset(devnet, { datasetId: 4n, metadata: { name: 'four' } })
    const ask = (datasetId: bigint) =>
      query(
        'GetApprovedDataset',
        toBinary(
          QueryGetApprovedDatasetRequestSchema,
          create(QueryGetApprovedDatasetRequestSchema, { datasetId }),
        ),
      )
    const { dataset } = fromBinary(QueryGetApprovedDatasetResponseSchema, await ask(4n))
    expect(dataset?.metadata?.name).toBe('four')
    await expect(ask(5n)).rejects.toThrow(/code = NotFound/)
  })

  it('lists datasets page by page, by key and by offset, forward and in reverse', async () => {
    const query = await service()
    for (const datasetId of [0n, 1n, 2n, 3n, 4n]) approveDataset(devnet, { datasetId })
    const first = await listed(query, { limit: 2n, countTotal: true })
    expect(first).toMatchObject({ ids: [0n, 1n], page: { total: 5n } })
    const second = await listed(query, { limit: 2n, key: first.page?.nextKey })
    expect(second).toMatchObject({ ids: [2n, 3n], page: { total: 0n } })
    const third = await listed(query, { limit: 2n, key: second.page?.nextKey })
    expect(third.ids).toEqual([4n])
    expect(third.page?.nextKey).toHaveLength(0)
    expect((await listed(query, { offset: 3n })).ids).toEqual([3n, 4n])
    expect((await listed(query, { limit: 2n, reverse: true })).ids).toEqual([4n, 3n])
    await expect(query('ListApprovedDatasets', list({ offset: 1n, key: u64(1n) }))).rejects.toThrow(
      /got both/,
    )
  })

  it('refuses heights that are not there with an error', async () => {
    const client = await start()
    const ask = (height: number) =>
      client.abciQuery({
        path: '/remes.remes.v1.Query/ListApprovedDatasets',
        data: new Uint8Array(),
        height,
        prove: false,
      })
    expect(await ask(999_999)).toMatchObject({
      code: 26,
      log: 'cannot query with height in the future; please provide a valid height: invalid height',
    })
    expect((await ask(7)).log).toMatch(/^failed to load state at height 7; version does not exist/)
  })

  it('refuses a record that is no protobuf, and a request that is none', async () => {
    const client = await start()
    devnet.setRecord(GLOBAL_MODEL_STATE_KEY, Buffer.from([0xff, 0xff]))
    const path = '/remes.remes.v1.Query/GetGlobalModelState'
    expect(await client.abciQuery({ path, data: new Uint8Array() })).toMatchObject({ code: 18 })
    expect(await client.abciQuery({ path, data: Buffer.from([0xff]) })).toMatchObject({ code: 18 })
  })
})

describe('JSON-RPC', () => {
  it('answers what is no request with HTTP 500 and no id', async () => {
    await start()
    const notJson = await rpc('{"jsonrpc"')
    expect(notJson.status).toBe(500)
    const parseError = await notJson.json()
    expect(parseError).toMatchObject({ error: { code: -32700, message: 'Parse error. Invalid JSON' } })
    expect(parseError).not.toHaveProperty('id')
    expect((await rpc(call('status', {}, { an: 'object' }))).status).toBe(500)
  })

  it.each([
    ['an unknown method', call('broadcast_tx_sync'), -32601],
    ['a height that is a number', call('abci_query', { path: '/x', data: '', height: 5 }), -32602],
    ['data that is not hex', call('abci_query', { path: '/x', data: '0xzz' }), -32602],
    ['a path that is no text', call('abci_query', { path: 7 }), -32602],
  ])('answers %s with its error and HTTP 200, as CometBFT does', async (_name, body, code) => {
    await start()
    const response = await rpc(body)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ jsonrpc: '2.0', id: 1, error: { code } })
  })

  it('takes parameters by position, repeats ids of both kinds, and says nothing to notifications', async () => {
    await start()
    devnet.setRecord(KEY, Buffer.from('v'))
    const byPosition = ['/store/remes/key', KEY.toString('hex'), '0', false]
    const answer = await (await rpc(call('abci_query', byPosition, 'text id'))).json()
    expect(answer).toMatchObject({ id: 'text id', result: { response: { code: 0, value: 'dg==' } } })
    const silent = await rpc({ jsonrpc: '2.0', method: 'status', params: {} })
    expect([silent.status, await silent.text()]).toEqual([200, ''])
  })

  it('answers a batch of ten in order, and refuses eleven', async () => {
    await start()
    const calls = Array.from({ length: 11 }, (_, id) => call(id % 2 === 0 ? 'health' : 'nope', {}, id))
    const ten = (await (await rpc(calls.slice(0, 10))).json()) as { id: number }[]
    expect(ten.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(ten[0]).toHaveProperty('result')
    expect(ten[1]).toHaveProperty('error')
    const eleven = await rpc(calls)
    expect(eleven.status).toBe(200)
    expect(await eleven.json()).toMatchObject({ error: { code: -32600 } })
  })

  it('refuses a body over a megabyte', async () => {
    await start()
    expect((await rpc(' '.repeat(1_000_001))).status).toBe(413)
  })
})

describe('the builders of records', () => {
  it('keep the next ids past every id, and never move them back', async () => {
    await start()
    approveModel(devnet, { modelId: 6n })
    expect(devnet.getRecord(NEXT_MODEL_ID_KEY)).toEqual(u64(7n))
    approveModel(devnet, { modelId: 2n })
    expect(devnet.getRecord(NEXT_MODEL_ID_KEY)).toEqual(u64(7n))
    expect(devnet.getRecord(modelKey(2n))).toBeDefined()
  })
})
