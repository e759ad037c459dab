import { afterEach, describe, expect, it } from 'vitest'
import {
  type Devnet,
  KEYLESS_LIES,
  type KeylessLie,
  lyingProxy,
  startDevnet,
} from '../../src/devnet/index.ts'
import { postCall, provenRead, signedHeaderAt } from '../support/devnet-node.ts'
import { ABSENT, CODER, health, hex } from '../support/lying-devnet.ts'

const running: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()))
})

async function start(): Promise<Devnet> {
  const devnet = await startDevnet()
  running.push(devnet)
  return devnet
}

describe('a lying proxy', () => {
  async function proxy(devnet: Devnet, mode: KeylessLie): Promise<string> {
    const started = await lyingProxy(devnet.urls.rpc2, mode)
    running.push(started)
    return started.url
  }

  it.each([
    'forged-value',
    'forged-proof',
    'other-key-proof',
    'other-height-proof',
    'hidden-key',
    'wrong-neighbours',
  ] as const)('tells %s about any chain as the devnet tells it about its own', async (mode) => {
    const devnet = await start()
    const url = await proxy(devnet, mode)
    devnet.lie(mode)
    for (const key of [CODER, ABSENT]) {
      const answer = await provenRead(url, key, devnet.height - 1n)
      expect(answer).toEqual(await provenRead(devnet.urls.rpc, key, devnet.height - 1n))
    }
    expect(await signedHeaderAt(url)).toEqual(await signedHeaderAt(devnet.urls.rpc2))
  })

  it.each(Object.keys(KEYLESS_LIES) as KeylessLie[])('can tell %s', async (mode) => {
    const devnet = await start()
    const url = await proxy(devnet, mode)
    const seen = await Promise.all(
      [
        { jsonrpc: '2.0', id: 1, method: 'status', params: {} },
        { jsonrpc: '2.0', id: 2, method: 'commit', params: { height: String(devnet.height) } },
        { jsonrpc: '2.0', id: 3, method: 'validators', params: {} },
        [health(4), health(5)],
        ...[CODER, ABSENT].map((key, index) => ({
          jsonrpc: '2.0',
          id: 10 + index,
          method: 'abci_query',
          params: {
            path: '/store/remes/key',
            data: hex(key),
            height: String(devnet.height - 1n),
            prove: true,
          },
        })),
      ].map(async (body) => {
        const through = await postCall(url, body).catch(String)
        return JSON.stringify(through) === JSON.stringify(await postCall(devnet.urls.rpc2, body))
      }),
    )
    expect(seen).toContain(false)
  })

  it('passes the errors of the endpoint on as they are', async () => {
    const devnet = await start()
    const url = await proxy(devnet, 'forged-value')
    for (const body of [
      { jsonrpc: '2.0', id: 1, method: 'commit', params: { height: '7' } },
      { jsonrpc: '2.0', id: 2, method: 'no_such_method', params: {} },
      { jsonrpc: '2.0', id: 3, method: 'abci_query', params: { path: '/store/nowhere/key', data: '61' } },
    ]) {
      expect(await postCall(url, body)).toEqual(await postCall(devnet.urls.rpc2, body))
    }
  })

  it('leaves nothing listening when it is closed', async () => {
    const devnet = await start()
    const { url, close } = await lyingProxy(devnet.urls.rpc, 'truncated-json')
    await close()
    await expect(fetch(url)).rejects.toThrow()
  })
})
