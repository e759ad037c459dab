import type { ServerResponse } from 'node:http'
import { Agent } from 'undici'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { batchingClient } from '../../../src/chain/node/batching.ts'
import { type JsonRpcClient, jsonRpcClient } from '../../../src/chain/node/json-rpc.ts'
import { listen } from '../../support/loopback.ts'
import { failureOf } from '../../support/rpc-node.ts'

const dispatcher = new Agent()
afterAll(() => dispatcher.close())

interface Call {
  readonly id: number
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

type Respond = (body: readonly Call[] | Call, response: ServerResponse) => void

interface Node {
  readonly client: JsonRpcClient
  /** How many calls each request held; 1 is a call without brackets. */
  readonly sizes: number[]
}

/** A node that echoes the params of each call, unless `respond` answers otherwise. */
async function aNode(respond: Respond = echo): Promise<Node> {
  const sizes: number[] = []
  const { url, close } = await listen((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body: readonly Call[] | Call = JSON.parse(Buffer.concat(chunks).toString())
      sizes.push(Array.isArray(body) ? body.length : 1)
      respond(body, response)
    })
  })
  onTestFinished(close)
  return { client: batchingClient(jsonRpcClient({ url: new URL(url), dispatcher })), sizes }
}

const answerTo = ({ id, params }: Call) => ({ jsonrpc: '2.0', id, result: params })

function isBatch(body: readonly Call[] | Call): body is readonly Call[] {
  return Array.isArray(body)
}

function echo(body: readonly Call[] | Call, response: ServerResponse): void {
  response.end(JSON.stringify(isBatch(body) ? body.map(answerTo) : answerTo(body)))
}

function ask(client: JsonRpcClient, count: number) {
  return Promise.all(Array.from({ length: count }, (_, n) => client.call('echo', { n })))
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => ({ ok: true, result: { n } }))

describe('calls made together', () => {
  it('go out in batches of ten at most, and each gets its own answer', async () => {
    const { client, sizes } = await aNode()
    expect(await ask(client, 23)).toEqual(numbered(23))
    expect(sizes.toSorted((a, b) => a - b)).toEqual([3, 10, 10])
  })

  it('go out as a plain call when there is one', async () => {
    const { client, sizes } = await aNode((body, response) => {
      expect(isBatch(body)).toBe(false)
      echo(body, response)
    })
    expect(await ask(client, 1)).toEqual(numbered(1))
    expect(sizes).toEqual([1])
  })

  it('get their own answers when the node mixes the order up', async () => {
    const { client } = await aNode((body, response) => {
      response.end(JSON.stringify(isBatch(body) ? body.map(answerTo).reverse() : answerTo(body)))
    })
    expect(await ask(client, 10)).toEqual(numbered(10))
  })

  it('keep an error of one call to that call', async () => {
    const { client } = await aNode((body, response) => {
      const answers = (isBatch(body) ? body : [body]).map((call) =>
        call.params['n'] === 1
          ? { jsonrpc: '2.0', id: call.id, error: { code: -32603, message: 'no such height' } }
          : answerTo(call),
      )
      response.end(JSON.stringify(answers))
    })
    const [first, second, third] = await ask(client, 3)
    expect([first?.ok, second, third?.ok]).toEqual([
      true,
      { ok: false, code: -32603, text: 'no such height' },
      true,
    ])
  })
})

describe('a node that limits batches', () => {
  it.each([
    ['with an error for the whole batch', 200],
    ['with an error under HTTP 500', 500],
    ['with an error under HTTP 400', 400],
  ])('%s is asked for less at a time, and from then on', async (_how, status) => {
    const { client, sizes } = await aNode((body, response) => {
      if (isBatch(body) && body.length > 4) {
        response.statusCode = status
        response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32600, message: 'batch too large' } }))
      } else echo(body, response)
    })
    expect(await ask(client, 20)).toEqual(numbered(20))
    sizes.length = 0
    expect(await ask(client, 20)).toEqual(numbered(20))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4)
    expect(Math.max(...sizes)).toBeGreaterThan(1)
  })

  it('is asked one by one when it takes none at all', async () => {
    const { client, sizes } = await aNode((body, response) => {
      if (isBatch(body)) response.writeHead(405).end('no batches here')
      else echo(body, response)
    })
    expect(await ask(client, 12)).toEqual(numbered(12))
    sizes.length = 0
    expect(await ask(client, 12)).toEqual(numbered(12))
    expect(sizes).toEqual(Array.from({ length: 12 }, () => 1))
  })
})

describe('a batch is refused as an answer', () => {
  const broken: readonly (readonly [string, (answers: unknown[]) => unknown])[] = [
    ['that lacks a member', (answers) => answers.slice(1)],
    ['that has one member too many', (answers) => [...answers, answers[0]]],
    [
      'that answers one call twice and another not at all',
      (answers) => [answers[0], ...answers.slice(0, -1)],
    ],
    [
      'whose member has an id nobody asked with',
      ([, ...rest]) => [{ jsonrpc: '2.0', id: 5, result: 1 }, ...rest],
    ],
    [
      'whose member has its id as text',
      ([first, ...rest]) => [{ ...Object(first), id: String(Object(first).id) }, ...rest],
    ],
    ['whose member is no object', ([, ...rest]) => [null, ...rest]],
    [
      'whose member has result and error',
      ([first, ...rest]) => [{ ...Object(first), error: { code: 1, message: '' } }, ...rest],
    ],
    ['that is a number', () => 7],
  ]
  it.each(broken)('%s', async (_what, spoil) => {
    const { client } = await aNode((body, response) => {
      response.end(JSON.stringify(spoil((isBatch(body) ? body : [body]).map(answerTo))))
    })
    expect((await failureOf(ask(client, 4))).code).toBe('CHAIN_RESPONSE_INVALID')
  })

  it.each([429, 502, 503, 504])('under HTTP %i, without asking for less', async (status) => {
    const { client, sizes } = await aNode((_body, response) => {
      response.writeHead(status).end('busy')
    })
    expect((await failureOf(ask(client, 4))).code).toBe('CHAIN_UNREACHABLE')
    expect(sizes).toEqual([4])
  })
})
