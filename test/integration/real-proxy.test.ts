/** The built action behind a forward proxy of the real world, which asks for a password. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isThere, TINYPROXY } from '../../scripts/real-parts/programs.ts'
import { ENDPOINTS } from '../../src/devnet/index.ts'
import { anAuthority, aProxy } from '../support/https.ts'
import { aScenario, MAIN_JOB } from '../support/scenario.ts'
import { aTinyproxy, type Tinyproxy } from '../support/tinyproxy.ts'
import { overTls } from '../support/tls-devnet.ts'
import { finalTree } from '../support/tree.ts'

const CREDENTIALS = { user: 'worker', password: 'p4ssword' } as const

/** Makes names below r3mes.test known to the step, which no resolver knows otherwise. */
const WITH_NAMES = {
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, '../support/loopback-names.ts')).href}`,
}

function urlOf({ hostPort }: Tinyproxy, password: string = CREDENTIALS.password): string {
  return `http://${CREDENTIALS.user}:${password}@${hostPort}`
}

/** A devnet that is reached by `<endpoint>.r3mes.test` over TLS, and the proxy that leads there. */
async function aProxiedScenario() {
  const scenario = await aScenario()
  const authority = anAuthority('*.r3mes.test')
  const tls = await overTls(scenario.devnet, authority, (endpoint) => `${endpoint}.r3mes.test`)
  const proxy = await aTinyproxy((await aProxy(tls.ports)).url, CREDENTIALS)
  const environment = { ...tls.cacheEnvironment, NODE_EXTRA_CA_CERTS: authority.caFile }
  return { ...scenario, tls, proxy, environment }
}

/** `host:port` of every tunnel that was asked for. */
function tunnels(proxy: Tinyproxy): string[] {
  return [...new Set(proxy.requests().map((line) => line.replace(/^CONNECT /, '')))].sort()
}

describe.skipIf(!isThere(TINYPROXY))('tinyproxy with a password (needs tinyproxy)', () => {
  it('carries chain, hub, CDN and Actions cache, once HTTPS_PROXY brings the password', async () => {
    const { step, store, tls, proxy, environment } = await aProxiedScenario()
    const asked = { environment: { ...environment, HTTPS_PROXY: urlOf(proxy) } }
    const cold = await step({ ...tls.inputs, ...MAIN_JOB }, asked)
    expect(cold.outputs).toMatchObject({ success: 'true', 'cache-status': 'miss' })
    await rm(store, { recursive: true })
    const restored = await step({ ...tls.inputs, ...MAIN_JOB }, asked)
    expect(restored.outputs).toMatchObject({ success: 'true', 'cache-status': 'hit' })
    for (const sources of ['ipfs', 'http']) {
      await rm(store, { recursive: true })
      const again = await step({ ...tls.inputs, 'model-version': '1.0.0', sources }, asked)
      expect(again.outputs['success']).toBe('true')
    }
    expect(tunnels(proxy)).toEqual(ENDPOINTS.map((endpoint) => new URL(tls.urls[endpoint]).host).sort())
  })

  it('refuses a wrong password, which ends the run with what the proxy said and without the password', async () => {
    const { devnet, step, store, tls, proxy, environment } = await aProxiedScenario()
    const refused = await step(
      { ...tls.inputs, ...MAIN_JOB },
      { environment: { ...environment, HTTPS_PROXY: urlOf(proxy, 'guessed-secret') } },
    )
    expect([refused.exitCode, refused.outputs['error-code']]).toEqual([5, 'CHAIN_UNREACHABLE'])
    // tinyproxy says 401 where others say 407.
    expect(refused.stdout).toContain('Proxy response (401)')
    expect(refused.stdout + refused.stderr + refused.summary).not.toContain('guessed-secret')
    expect(devnet.requests.all()).toEqual([])
    expect(await finalTree(store)).toEqual({})
  })

  it('is left out for hosts in NO_PROXY', async () => {
    const { step, tls, proxy, environment } = await aProxiedScenario()
    const run = await step(
      { ...tls.inputs, 'model-version': '1.0.0', sources: 'http' },
      {
        environment: {
          ...environment,
          ...WITH_NAMES,
          HTTPS_PROXY: urlOf(proxy),
          NO_PROXY: 'mirror.r3mes.test',
        },
      },
    )
    expect(run.outputs['success']).toBe('true')
    const asked = (['rpc', 'rpc2'] as const).map((endpoint) => new URL(tls.urls[endpoint]).host)
    expect(tunnels(proxy)).toEqual(asked.sort())
  })

  it('carries plain http, once HTTP_PROXY names it', async () => {
    const { devnet, step } = await aScenario({ cache: false })
    const { port } = new URL(devnet.urls.mirror)
    const host = `mirror.r3mes.test:${port}`
    const proxy = await aTinyproxy((await aProxy({ [host]: Number(port) })).url, CREDENTIALS)
    const run = await step(
      { 'model-version': '1.0.0', sources: 'http', mirrors: `http://${host}/sha256/{sha256}` },
      { environment: { HTTP_PROXY: urlOf(proxy) } },
    )
    expect(run.outputs['success']).toBe('true')
    expect(proxy.requests().length).toBeGreaterThan(0)
    expect(proxy.requests().every((line) => line.includes(host))).toBe(true)
  })
})
