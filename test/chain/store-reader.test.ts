import { create, toBinary } from '@bufbuild/protobuf'
import { Agent } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'
import { jsonRpcClient, rpcStoreReader, type StoreReader } from '../../src/chain/index.ts'
import { PairsSchema } from '../../src/gen/cosmos/store/internal/kv/v1beta1/kv_pb.js'
import { abciResult, base64, failureOf, type NodeAnswer, type RpcCall, rpcNode } from '../support/rpc-node.ts'

const dispatcher = new Agent()
afterAll(() => dispatcher.close())

const bytes = (text: string) => new TextEncoder().encode(text)

/** A reader at height 49 of a node that answers every query so. */
async function withReader<T>(
  answer: (call: RpcCall) => NodeAnswer,
  use: (reader: StoreReader<'rpc'>) => Promise<T>,
): Promise<T> {
  await using server = await rpcNode(answer)
  const client = jsonRpcClient({ url: new URL(server.url), dispatcher })
  return await use(rpcStoreReader({ client, chainId: 'remes-testnet-1', height: 49n, appHash: undefined }))
}

const response = (fields: Readonly<Record<string, unknown>>) => () => ({ result: abciResult(fields) })

function readKey(fields: Readonly<Record<string, unknown>>) {
  return withReader(response({ key: base64('gms_'), ...fields }), (reader) =>
    reader.get('remes', bytes('gms_')),
  )
}

function readListing(pairs: readonly (readonly [string, string])[]) {
  const value = toBinary(
    PairsSchema,
    create(PairsSchema, { pairs: pairs.map(([key, text]) => ({ key: bytes(key), value: bytes(text) })) }),
  )
  return withReader(response({ key: base64('ad_'), value: base64(value) }), (reader) =>
    reader.list('remes', bytes('ad_')),
  )
}

describe('a raw store read', () => {
  it('asks for the key in hex at the one height, without a proof', async () => {
    const calls: RpcCall[] = []
    const record = await withReader(
      (call) => {
        calls.push(call)
        return { result: abciResult({ key: base64('gms_'), value: base64('hello') }) }
      },
      (reader) => reader.get('remes', bytes('gms_')),
    )
    expect(record).toEqual({
      trust: 'rpc',
      store: 'remes',
      key: bytes('gms_'),
      value: bytes('hello'),
      height: 49n,
    })
    expect(calls[0]?.params).toEqual({
      path: '/store/remes/key',
      data: '676d735f',
      height: '49',
      prove: false,
    })
  })

  it.each([null, '', undefined])('finds nothing where the value is %j', async (value) => {
    expect(await readKey({ value })).toMatchObject({ trust: 'rpc', value: undefined })
  })

  it.each([
    ['another key', { key: base64('amv_'), value: base64('x') }],
    ['no key', { key: null, value: base64('x') }],
    ['another height', { value: base64('x'), height: '50' }],
    ['no height', { value: base64('x'), height: undefined }],
    ['a height that is a number', { value: base64('x'), height: 49 }],
    ['a height with a leading zero', { value: base64('x'), height: '049' }],
    ['a height beyond 64 bits', { value: base64('x'), height: '9999999999999999999' }],
    ['base64 without its padding', { value: 'eA' }],
    ['base64 with stray bits', { value: 'eB==' }],
    ['base64 with a line break', { value: 'eA==\n' }],
    ['a value that is a number', { value: 7 }],
    ['a code that is text', { code: '0', value: base64('x') }],
    ['a log that is an object', { log: {}, value: base64('x') }],
    ['a log instead of a value', { log: 'computer says no' }],
  ])('refuses an answer with %s', async (_what, fields) => {
    expect((await failureOf(readKey(fields))).code).toBe('CHAIN_RESPONSE_INVALID')
  })

  it('does not take a pruned height for an absent record', async () => {
    const failure = await failureOf(readKey({ log: 'version does not exist' }))
    expect(failure.code).toBe('HEIGHT_PRUNED')
  })

  it.each([
    { codespace: 'sdk', code: 26, log: 'invalid height' },
    { codespace: 'sdk', code: 18, log: 'failed to load state at height 49; version does not exist' },
  ])('says that the height is not held: $codespace $code', async (fields) => {
    expect((await failureOf(readKey(fields))).code).toBe('HEIGHT_PRUNED')
  })

  it('says that store reads are refused, with the node’s words in the detail only', async () => {
    const failure = await failureOf(readKey({ codespace: 'sdk', code: 6, log: '::set-env::unknown request' }))
    expect(failure.code).toBe('CHAIN_RESPONSE_INVALID')
    expect(failure.message).toContain('refuses raw store reads')
    expect(failure.message).not.toContain('::')
    expect(failure.detail).toContain('unknown request')
  })

  // A search over the whole of it goes back to every "height" again and again, for minutes.
  it('is not held up by megabytes of words that almost say that a height is not held', async () => {
    const failure = await failureOf(readKey({ codespace: 'sdk', code: 6, log: 'height'.repeat(500_000) }))
    expect(failure.code).toBe('CHAIN_RESPONSE_INVALID')
  })
})

describe('a listing', () => {
  it('holds the entries in key order and is never called proven', async () => {
    const listing = await readListing([
      ['ad_a', '1'],
      ['ad_b', '2'],
    ])
    expect(listing.proven).toBe(false)
    expect(listing.entries).toMatchObject([
      { trust: 'rpc', key: bytes('ad_a'), value: bytes('1'), height: 49n },
      { trust: 'rpc', key: bytes('ad_b'), value: bytes('2'), height: 49n },
    ])
  })

  it('is empty where there is nothing', async () => {
    expect((await readListing([])).entries).toEqual([])
  })

  it.each([
    [
      'a foreign key',
      [
        ['ad_a', '1'],
        ['adp_x', '2'],
      ],
    ],
    [
      'a key twice',
      [
        ['ad_a', '1'],
        ['ad_a', '2'],
      ],
    ],
    [
      'keys out of order',
      [
        ['ad_b', '1'],
        ['ad_a', '2'],
      ],
    ],
  ] as const)('is refused with %s', async (_what, pairs) => {
    expect((await failureOf(readListing(pairs))).code).toBe('CHAIN_RESPONSE_INVALID')
  })

  it('is refused when it cannot be decoded', async () => {
    const reading = withReader(response({ key: base64('ad_'), value: base64('\u000a\u007fx') }), (reader) =>
      reader.list('remes', bytes('ad_')),
    )
    expect((await failureOf(reading)).code).toBe('CHAIN_RESPONSE_INVALID')
  })
})
