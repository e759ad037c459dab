import { create, toBinary } from '@bufbuild/protobuf'
import { Agent } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'
import { jsonRpcClient } from '../../src/chain/index.ts'
import { QueryListApprovedDatasetsResponseSchema } from '../../src/gen/remes/remes/v1/query_pb.js'
import { queryReader } from '../../src/registry/index.ts'
import { abciResult, base64, failureOf, type NodeAnswer, type RpcCall, rpcNode } from '../support/rpc-node.ts'

const dispatcher = new Agent()
afterAll(() => dispatcher.close())

const PREFIX = new TextEncoder().encode('ad_')

/** A page of the listing: the ids on it, and the key of the next page. */
function page(ids: readonly number[], nextKey: readonly number[] = []): NodeAnswer {
  const message = create(QueryListApprovedDatasetsResponseSchema, {
    datasets: ids.map((id) => ({ datasetId: BigInt(id), status: 'active' })),
    pagination: { nextKey: new Uint8Array(nextKey) },
  })
  return { result: abciResult({ value: base64(toBinary(QueryListApprovedDatasetsResponseSchema, message)) }) }
}

/** Lists the datasets of a node whose n-th answer is `answer(n)`. */
async function listing(answer: (count: number, call: RpcCall) => NodeAnswer) {
  let count = 0
  await using server = await rpcNode((call) => {
    count += 1
    return answer(count, call)
  })
  const client = jsonRpcClient({ url: new URL(server.url), dispatcher })
  const reader = await queryReader({ client, chainId: 'remes-testnet-1', height: 49n, appHash: undefined })
  return await reader.list('remes', PREFIX)
}

describe('a listing through the Query service', () => {
  it('goes from page to page at the one height, and is never called proven', async () => {
    const heights: unknown[] = []
    const { entries, proven } = await listing((count, call) => {
      heights.push(call.params['height'])
      return count === 1 ? page([2, 1], [9]) : page([3])
    })
    expect(entries.map(({ key }) => key.at(-1))).toEqual([1, 2, 3])
    expect(proven).toBe(false)
    expect(heights).toEqual(['49', '49'])
  })

  it.each<[string, (count: number) => NodeAnswer]>([
    ['pages in a circle', (count) => page([count], [1])],
    ['empty pages that always have a next', (count) => page([], [count])],
    ['one dataset on two pages', (count) => page([1], [count])],
    ['bytes that are no answer', () => ({ result: abciResult({ value: base64('\u000a\u007fx') }) })],
    ['another height', () => ({ result: abciResult({ value: base64('\u0012\u0000'), height: '48' }) })],
    ['a response that is text', () => ({ result: { response: 'x' } })],
    [
      'an error of the method',
      () => ({ result: abciResult({ codespace: 'sdk', code: 6, log: 'unknown query path' }) }),
    ],
    ['an error of JSON-RPC', () => ({ error: { code: -32601, message: 'Method not found' }, status: 500 })],
  ])('ends at %s', async (_what, answer) => {
    const failure = await failureOf(listing(answer))
    expect(failure.code).toBe('CHAIN_RESPONSE_INVALID')
    expect(failure.message).toContain('rpc-urls')
  })

  it('ends when the pages never do', async () => {
    const failure = await failureOf(listing((count) => page([count], [count >> 8, count & 255])))
    expect(failure.message).toContain('more than 500 pages')
  })

  it('says that the height is not held, so that a newer one is taken', async () => {
    const log =
      'failed to load state at height 49; version does not exist (latest height: 60): invalid request'
    const failure = await failureOf(
      listing(() => ({ result: abciResult({ codespace: 'sdk', code: 18, log }) })),
    )
    expect(failure.code).toBe('HEIGHT_PRUNED')
  })
})
