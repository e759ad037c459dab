import { Agent } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'
import { type JsonRpcOptions, jsonRpcClient } from '../../../src/chain/index.ts'
import { anAuthority, anHttpsHost } from '../../support/https.ts'
import type { Loopback } from '../../support/loopback.ts'
import { listen } from '../../support/loopback.ts'
import { failureOf, rawNode, rpcNode } from '../../support/rpc-node.ts'

const dispatcher = new Agent()
afterAll(() => dispatcher.close())

function clientOf(server: Loopback, options: Partial<JsonRpcOptions> = {}) {
  return jsonRpcClient({ url: new URL(server.url), dispatcher, ...options })
}

/** How a call ends when the node sends this body for it. */
async function failureFrom(bodyOf: (id: number) => string, status = 200) {
  await using server = await rawNode((call, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(bodyOf(call.id))
  })
  return await failureOf(clientOf(server).call('status', {}))
}

const answerTo = (id: unknown, more: object = { result: {} }) =>
  JSON.stringify({ jsonrpc: '2.0', id, ...more })

describe('a JSON-RPC call', () => {
  it('hands back the result of its own request', async () => {
    await using server = await rpcNode(({ method, params }) => ({ result: { method, params } }))
    const answer = await clientOf(server).call('abci_query', { path: '/x', height: '7' })
    expect(answer).toEqual({
      ok: true,
      result: { method: 'abci_query', params: { path: '/x', height: '7' } },
    })
  })

  it('uses another id for every request', async () => {
    const ids: number[] = []
    await using server = await rpcNode(({ id }) => {
      ids.push(id)
      return { result: {} }
    })
    const client = clientOf(server)
    for (let count = 0; count < 5; count += 1) await client.call('status', {})
    expect(new Set(ids).size).toBe(5)
    expect(ids.every(Number.isSafeInteger)).toBe(true)
  })

  it('reads the error body that CometBFT sends under HTTP 500', async () => {
    const error = { code: -32603, message: 'Internal error', data: 'height 9 is not available' }
    await using server = await rpcNode(() => ({ error, status: 500 }))
    const answer = await clientOf(server).call('commit', {})
    expect(answer).toEqual({
      ok: false,
      code: -32603,
      text: 'Internal error: "height 9 is not available"',
    })
  })

  it('keeps a few words of an error that is long or nested beyond what can be written', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    for (const [message, data] of [
      ['nested', deep],
      ['x'.repeat(1_000_000), '"y"'],
      ['long', JSON.stringify('z'.repeat(1_000_000))],
    ] as const) {
      await using server = await rawNode((call, response) => {
        response.end(
          `{"jsonrpc":"2.0","id":${call.id},"error":{"code":1,"message":"${message}","data":${data}}}`,
        )
      })
      const answer = await clientOf(server).call('status', {})
      if (answer.ok) throw new Error('the error was taken for a result')
      expect(answer.text.startsWith(message.slice(0, 4000))).toBe(true)
      expect(answer.text.length).toBeLessThanOrEqual(4000)
    }
  })

  it('sends the credentials of the URL as a header, and names only the origin', async () => {
    const seen: (string | undefined)[] = []
    await using server = await rawNode((call, response, request) => {
      seen.push(request.headers.authorization, request.url)
      response.end(answerTo(call.id))
    })
    const url = new URL(`${server.url}/key/s3cret?token=t`)
    url.username = 'me'
    url.password = 'p@ss'
    const client = jsonRpcClient({ url, dispatcher })
    await client.call('status', {})
    expect(seen).toEqual([`Basic ${Buffer.from('me:p@ss').toString('base64')}`, '/key/s3cret?token=t'])
    expect(client.endpoint).toBe(server.url)
  })
})

describe('a JSON-RPC answer is refused', () => {
  it.each([
    ['another id', (id: number) => answerTo(id + 1)],
    ['its id as a string', (id: number) => answerTo(String(id))],
    ['no id', () => answerTo(undefined)],
    ['id null', () => answerTo(null)],
    ['another protocol version', (id: number) => JSON.stringify({ jsonrpc: '1.0', id, result: {} })],
    ['no protocol version', (id: number) => JSON.stringify({ id, result: {} })],
    ['neither result nor error', (id: number) => answerTo(id, {})],
    ['a null result', (id: number) => answerTo(id, { result: null })],
    ['both result and error', (id: number) => answerTo(id, { result: {}, error: { code: 1, message: 'x' } })],
    ['an error without a message', (id: number) => answerTo(id, { error: { code: 1 } })],
    ['an error that is text', (id: number) => answerTo(id, { error: 'no' })],
    ['a batch', (id: number) => `[${answerTo(id)}]`],
    ['half a JSON document', (id: number) => answerTo(id).slice(0, -3)],
    ['HTML', () => '<html><body>Welcome</body></html>'],
    ['nothing', () => ''],
    ['null', () => 'null'],
  ])('when it carries %s', async (_what, bodyOf) => {
    expect((await failureFrom(bodyOf)).code).toBe('CHAIN_RESPONSE_INVALID')
  })

  it('when it is a redirect, which is not followed', async () => {
    let followed = 0
    await using target = await rpcNode(() => {
      followed += 1
      return { result: {} }
    })
    await using server = await rawNode((_call, response) => {
      response.writeHead(307, { location: target.url }).end()
    })
    const failure = await failureOf(clientOf(server).call('status', {}))
    expect(failure.code).toBe('CHAIN_RESPONSE_INVALID')
    expect(failure.message).toContain('redirect')
    expect(followed).toBe(0)
  })

  it('when it is larger than the limit, without receiving all of it', async () => {
    let sent = 0
    const chunk = Buffer.alloc(64 * 1024, 0x20)
    await using server = await rawNode((_call, response) => {
      const more = () => {
        while (!response.destroyed) {
          sent += chunk.byteLength
          if (!response.write(chunk)) {
            response.once('drain', more)
            return
          }
        }
      }
      more()
    })
    const failure = await failureOf(clientOf(server, { maxBytes: 256 * 1024 }).call('status', {}))
    expect(failure.code).toBe('CHAIN_RESPONSE_INVALID')
    expect(failure.message).toContain('more than 262144 bytes')
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })

  it('with the remote text in the detail only', async () => {
    const failure = await failureFrom(() => '::error::pwned')
    expect(failure.message).not.toContain('pwned')
    expect(failure.detail).toContain('pwned')
  })
})

describe('an endpoint counts as unreachable', () => {
  it('when nothing listens there', async () => {
    const server = await rpcNode(() => ({ result: {} }))
    await server.close()
    const failure = await failureOf(clientOf(server).call('status', {}))
    expect(failure.code).toBe('CHAIN_UNREACHABLE')
    expect(failure.message).toContain(server.url)
    expect(failure.detail).toContain('ECONNREFUSED')
  })

  it.each([401, 403, 404, 429, 500, 502, 503])('when it answers HTTP %i without JSON-RPC', async (status) => {
    const failure = await failureFrom(() => '<html>no</html>', status)
    expect(failure.code).toBe('CHAIN_UNREACHABLE')
    expect(failure.message).toContain(`HTTP ${status}`)
  })

  it('when it never answers', async () => {
    await using server = await listen(() => {})
    const failure = await failureOf(clientOf(server, { timeoutMs: 50 }).call('status', {}))
    expect(failure.code).toBe('CHAIN_UNREACHABLE')
    expect(failure.message).toContain('within 50 ms')
  })

  it('when its answer stops in the middle', async () => {
    await using server = await rawNode((_call, response) => void response.write('{"jsonrpc":"2.0"'))
    const failure = await failureOf(clientOf(server, { timeoutMs: 50 }).call('status', {}))
    expect(failure.code).toBe('CHAIN_UNREACHABLE')
  })

  it('when the connection ends in the middle of the answer', async () => {
    await using server = await rawNode((_call, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"jsonrpc":"2.0"', () => response.destroy())
    })
    expect((await failureOf(clientOf(server).call('status', {}))).code).toBe('CHAIN_UNREACHABLE')
  })
})

it('ends with the caller’s own reason when the caller gives up', async () => {
  const reason = new Error('the job was cancelled')
  const controller = new AbortController()
  await using server = await listen(() => controller.abort(reason))
  const call = clientOf(server, { signal: controller.signal }).call('status', {})
  await expect(call).rejects.toBe(reason)
  await expect(clientOf(server, { signal: controller.signal }).call('status', {})).rejects.toBe(reason)
})

it('says what to do about a certificate that nobody trusted has signed', async () => {
  const port = await anHttpsHost(anAuthority('localhost'), (_request, response) => response.end())
  const client = jsonRpcClient({ url: new URL(`https://localhost:${port}`), dispatcher })
  const failure = await failureOf(client.call('status', {}))
  expect(failure.code).toBe('CHAIN_UNREACHABLE')
  expect(failure.message).toContain('NODE_EXTRA_CA_CERTS')
  expect(failure.detail).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
})
