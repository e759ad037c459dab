import { readFile, rm } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { StepResult } from '../../scripts/action-runner.ts'
import { approveAdapter, type Content, ENDPOINTS } from '../../src/devnet/index.ts'
import { type Authority, anAuthority, anHttpsHost, aProxy } from '../support/https.ts'
import { aScenario, MAIN_JOB, type Scenario } from '../support/scenario.ts'
import { overTls, type TlsDevnet } from '../support/tls-devnet.ts'
import { aHost, serving } from '../support/transfer.ts'
import { finalTree } from '../support/tree.ts'

/** Makes names below r3mes.test known to the step, which no resolver knows otherwise. */
const WITH_NAMES = {
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, '../support/loopback-names.ts')).href}`,
}

interface TlsScenario extends Scenario {
  readonly tls: TlsDevnet
  /** What the runner's cache service and the authority add to the environment. */
  readonly environment: Readonly<Record<string, string>>
}

/** A devnet that is reached by `<endpoint>.r3mes.test` over TLS. */
async function aTlsScenario(): Promise<TlsScenario> {
  const scenario = await aScenario()
  const authority = anAuthority('*.r3mes.test')
  const tls = await overTls(scenario.devnet, authority, (endpoint) => `${endpoint}.r3mes.test`)
  const environment = { ...tls.cacheEnvironment, NODE_EXTRA_CA_CERTS: authority.caFile }
  return { ...scenario, tls, environment }
}

/** `host:port` of URLs. */
function hostsOf(tls: TlsDevnet, endpoints: readonly (keyof TlsDevnet['urls'])[]): string[] {
  return endpoints.map((endpoint) => new URL(tls.urls[endpoint]).host).sort()
}

/** `host:port` of every tunnel that a proxy was asked for. */
function tunnels(requests: readonly string[]): string[] {
  return [...new Set(requests.map((line) => line.replace(/^CONNECT /, '')))].sort()
}

async function receiptOf(step: StepResult): Promise<string> {
  return readFile(step.outputs['receipt'] ?? '', 'utf8')
}

describe('every connection through a proxy', () => {
  it.each(['HTTPS_PROXY', 'https_proxy'])(
    'uses %s: chain, hub, CDN, gateway, mirror, cache service and its blobs',
    async (variable) => {
      const { step, store, tls, environment } = await aTlsScenario()
      const proxy = await aProxy(tls.ports)
      const asked = { environment: { ...environment, [variable]: proxy.url } }

      const cold = await step({ ...tls.inputs, ...MAIN_JOB }, asked)
      expect(cold.outputs).toMatchObject({ success: 'true', 'cache-status': 'miss' })
      await rm(store, { recursive: true })
      const restored = await step({ ...tls.inputs, ...MAIN_JOB }, asked)
      expect(restored.outputs).toMatchObject({ success: 'true', 'cache-status': 'hit' })
      for (const sources of ['ipfs', 'http']) {
        await rm(store, { recursive: true })
        const again = await step({ ...tls.inputs, 'model-version': '1.0.0', sources }, asked)
        expect(again.outputs).toMatchObject({ success: 'true', 'cache-status': 'disabled' })
      }

      // The names resolve nowhere, so whatever was reached was reached through the proxy.
      expect(tunnels(proxy.requests)).toEqual(hostsOf(tls, ENDPOINTS))
    },
  )

  it('brings credentials, and prints none', async () => {
    const { step, tls, environment } = await aTlsScenario()
    const proxy = await aProxy(tls.ports, 'worker:pa:ss@word')
    const withPassword = (password: string) => ({
      environment: {
        ...environment,
        HTTPS_PROXY: proxy.url.replace('//', `//worker:${encodeURIComponent(password)}@`),
      },
    })
    const welcome = await step({ ...tls.inputs, ...MAIN_JOB }, withPassword('pa:ss@word'))
    expect(welcome.outputs['success']).toBe('true')
    const refused = await step({ ...tls.inputs, ...MAIN_JOB }, withPassword('wrongpassword'))
    expect([refused.exitCode, refused.outputs['error-code']]).toEqual([5, 'CHAIN_UNREACHABLE'])
    expect(refused.stdout).toContain('407')
    for (const { stdout, stderr, summary, outputs } of [welcome, refused]) {
      const said = [stdout, stderr, summary, ...Object.values(outputs)].join('\n')
      expect(said).not.toMatch(/pa(?::|%3A)ss|wrongpassword/i)
    }
  })

  it.each([
    ['NO_PROXY', 'gateway.r3mes.test, mirror.r3mes.test'],
    ['no_proxy', 'gateway.r3mes.test,mirror.r3mes.test'],
    ['NO_PROXY', '.r3mes.test'],
    ['NO_PROXY', '*'],
  ])('leaves out the hosts in %s=%s', async (variable, value) => {
    const { step, store, tls, environment } = await aTlsScenario()
    const proxy = await aProxy(tls.ports)
    const asked = {
      environment: { ...environment, ...WITH_NAMES, HTTPS_PROXY: proxy.url, [variable]: value },
    }
    for (const sources of ['cache,ipfs', 'http']) {
      await rm(store, { recursive: true, force: true })
      const run = await step({ ...tls.inputs, 'model-version': '1.0.0', sources }, asked)
      expect(run.outputs['success']).toBe('true')
    }
    const all = value.includes('gateway') ? hostsOf(tls, ['rpc', 'rpc2', 'cache', 'blobs']) : []
    expect(tunnels(proxy.requests)).toEqual(all)
  })

  it('uses HTTP_PROXY for plain http, and never for this machine', async () => {
    const { devnet, step, store } = await aScenario()
    const names = (['hub', 'gateway', 'mirror', 'cache'] as const).map((endpoint) => {
      const { port } = new URL(devnet.urls[endpoint])
      return { endpoint, host: `${endpoint}.r3mes.test:${port}`, port: Number(port) }
    })
    const urlOf = (wanted: string) => `http://${names.find(({ endpoint }) => endpoint === wanted)?.host}`
    const proxy = await aProxy(Object.fromEntries(names.map(({ host, port }) => [host, port])))
    const environment = { HTTP_PROXY: proxy.url, ACTIONS_RESULTS_URL: `${urlOf('cache')}/` }
    const inputs = {
      'hf-endpoint': urlOf('hub'),
      'ipfs-gateways': urlOf('gateway'),
      mirrors: `${urlOf('mirror')}/sha256/{sha256}`,
    }
    for (const sources of ['cache,huggingface', 'ipfs', 'http']) {
      const run = await step({ ...MAIN_JOB, ...inputs, adapters: '', datasets: '', sources }, { environment })
      expect(run.outputs['success']).toBe('true')
      await rm(store, { recursive: true })
    }
    const hosts = proxy.requests.map((line) => / (?:http:\/\/)?([^/]+)/.exec(line)?.[1])
    expect([...new Set(hosts)].sort()).toEqual(names.map(({ host }) => host).sort())
  })

  it('is refused as input when it is no proxy that this program can use', async () => {
    const { devnet, step } = await aScenario({ cache: false })
    const run = await step(MAIN_JOB, { environment: { HTTPS_PROXY: 'socks5://user:secret@127.0.0.1:1080' } })
    expect([run.exitCode, run.outputs['error-code']]).toEqual([2, 'INPUT_INVALID'])
    expect(run.stdout + run.stderr + run.outputs['error-message']).not.toContain('secret')
    expect(devnet.requests.all()).toEqual([])
  })
})

describe('certificates of a private authority', () => {
  it.each(['localhost', '127.0.0.1'])('are believed when NODE_EXTRA_CA_CERTS names it: %s', async (host) => {
    const { devnet, step, store } = await aScenario()
    const authority = anAuthority('localhost', '127.0.0.1')
    const tls = await overTls(devnet, authority, () => host)
    const environment = { ...tls.cacheEnvironment, NODE_EXTRA_CA_CERTS: authority.caFile }
    const inputs = { ...tls.inputs, ...MAIN_JOB, 'allow-hosts': new URL(tls.urls.cdn).host }
    const cold = await step(inputs, { environment })
    expect(cold.outputs).toMatchObject({ success: 'true', 'cache-status': 'miss' })
    await rm(store, { recursive: true })
    const restored = await step(inputs, { environment })
    expect(restored.outputs).toMatchObject({ success: 'true', 'cache-status': 'hit' })
    await rm(store, { recursive: true })
    for (const sources of ['ipfs', 'http']) {
      const run = await step(
        { ...inputs, adapters: '', datasets: '', sources, force: 'true' },
        { environment },
      )
      expect(run.outputs['success']).toBe('true')
    }
  })

  it('end the run at the chain otherwise, with what to do', async () => {
    const { devnet, step, store } = await aScenario()
    const tls = await overTls(devnet, anAuthority('localhost'), () => 'localhost')
    const run = await step({ ...tls.inputs, ...MAIN_JOB }, { environment: tls.cacheEnvironment })
    expect([run.exitCode, run.outputs['error-code']]).toEqual([5, 'CHAIN_UNREACHABLE'])
    expect(run.outputs['error-message']).toContain('NODE_EXTRA_CA_CERTS')
    expect(devnet.requests.all()).toEqual([])
    expect(await finalTree(store)).toEqual({})
  })

  it('do not count for another name', async () => {
    const { devnet, step } = await aScenario()
    const authority = anAuthority('other.example')
    const tls = await overTls(devnet, authority, () => 'localhost')
    const environment = { ...tls.cacheEnvironment, NODE_EXTRA_CA_CERTS: authority.caFile }
    const run = await step({ ...tls.inputs, ...MAIN_JOB }, { environment })
    expect([run.exitCode, run.outputs['error-code']]).toEqual([5, 'CHAIN_UNREACHABLE'])
    expect(devnet.requests.all()).toEqual([])
  })

  it('that are missing cost no more than the sources behind them: hub and cache', async () => {
    const { devnet, step } = await aScenario()
    const tls = await overTls(devnet, anAuthority('localhost'), () => 'localhost')
    const run = await step(
      { ...MAIN_JOB, 'hf-endpoint': tls.urls.hub },
      { environment: tls.cacheEnvironment },
    )
    expect(run.outputs).toMatchObject({ success: 'true', 'cache-status': 'unavailable' })
    expect(devnet.requests.to('hub')).toEqual([])
    expect(await receiptOf(run)).toContain('NODE_EXTRA_CA_CERTS')
  })
})

/** An adapter whose bytes only the URL of its record has. */
function anAdapterAt(scenario: Scenario, content: Content, downloadSource: string): void {
  approveAdapter(scenario.devnet, {
    adapterId: 'elsewhere',
    checksum: content.sha256,
    sizeBytes: BigInt(content.size),
    fileName: 'elsewhere.safetensors',
    compatibleModelVersions: ['1.0.0'],
    targetModules: ['elsewhere_proj'],
    downloadSource,
  })
}

/** A private host, over http and https, that has the adapter and counts who asks. */
async function aPrivateHost(scenario: Scenario) {
  const content = scenario.devnet.addContent('elsewhere', 50_000)
  const bytes = content.read(0, content.size)
  const authority = anAuthority('localhost', '127.0.0.1')
  const asked: string[] = []
  const listener: RequestListener = (request, response) => {
    asked.push(request.url ?? '')
    serving(bytes)(request, response)
  }
  const plain = await aHost(listener)
  const secure = await anHttpsHost(authority, listener)
  return { content, asked, http: plain.hostPort.split(':')[1] ?? '', https: String(secure), authority }
}

const ELSEWHERE = { ...MAIN_JOB, adapters: 'elsewhere', datasets: '' }

function trusting(authority: Authority) {
  return { environment: { NODE_EXTRA_CA_CERTS: authority.caFile } }
}

describe('the URL of a record', () => {
  it.each([
    'https://127.0.0.1:HTTPS/x',
    'https://localhost:HTTPS/x',
    'https://localhost.:HTTPS/x',
    'https://2130706433:HTTPS/x',
    'https://0x7f.1:HTTPS/x',
    'https://[::ffff:127.0.0.1]:HTTPS/x',
    'https://[::1]:HTTPS/x',
    'https://user:pw@127.0.0.1:HTTPS/x',
    'http://127.0.0.1:HTTP/x',
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/latest/meta-data/',
    'https://metadata.google.internal/computeMetadata/v1/',
    'https://100.64.0.1/x',
    'https://[fd00::1]/x',
    'https://[64:ff9b::7f00:1]/x',
  ])('is refused, and nobody is asked: %s', async (source) => {
    const scenario = await aScenario({ cache: false })
    const host = await aPrivateHost(scenario)
    anAdapterAt(scenario, host.content, source.replace('HTTPS', host.https).replace('HTTP/', `${host.http}/`))
    const run = await scenario.step(ELSEWHERE, trusting(host.authority))
    expect([run.exitCode, run.outputs['error-code']]).toEqual([6, 'SOURCES_EXHAUSTED'])
    const receipt = await receiptOf(run)
    expect(receipt).toContain('URL_REFUSED')
    expect(receipt + run.stdout).not.toContain('user:pw')
    expect(host.asked).toEqual([])
    expect(await finalTree(scenario.store)).toEqual({})
  })

  it.each(['https://127.0.0.1:HTTPS/x', 'https://localhost:HTTPS/x', 'http://127.0.0.1:HTTP/x'])(
    'is let through by exactly its host and port in `allow-hosts`: %s',
    async (source) => {
      const scenario = await aScenario({ cache: false })
      const host = await aPrivateHost(scenario)
      const url = new URL(source.replace('HTTPS', host.https).replace('HTTP/', `${host.http}/`))
      anAdapterAt(scenario, host.content, url.href)
      const allow = (hosts: string) =>
        scenario.step(
          { ...ELSEWHERE, 'allow-hosts': `${scenario.devnet.inputs()['allow-hosts']}\n${hosts}` },
          trusting(host.authority),
        )
      const otherPort = await allow(`${url.hostname}:1`)
      expect(otherPort.outputs['error-code']).toBe('SOURCES_EXHAUSTED')
      const otherName = await allow(`other.example:${url.port}`)
      expect(otherName.outputs['error-code']).toBe('SOURCES_EXHAUSTED')
      expect(host.asked).toEqual([])
      const allowed = await allow(url.host)
      expect(allowed.outputs['success']).toBe('true')
      expect(host.asked).toEqual(['/x'])
    },
  )

  it('is refused with credentials even where its host is allowed', async () => {
    const scenario = await aScenario({ cache: false })
    const host = await aPrivateHost(scenario)
    anAdapterAt(scenario, host.content, `https://user:pw@127.0.0.1:${host.https}/x`)
    const run = await scenario.step(
      { ...ELSEWHERE, 'allow-hosts': `127.0.0.1:${host.https}\n${scenario.devnet.inputs()['allow-hosts']}` },
      trusting(host.authority),
    )
    expect(run.exitCode).toBe(6)
    expect(await receiptOf(run)).toContain('URL_REFUSED')
    expect(host.asked).toEqual([])
  })
})

describe('a redirect of the hub', () => {
  it.each([
    'http://127.0.0.1:HTTP/x',
    'https://127.0.0.1:HTTPS/x',
    '//169.254.169.254/x',
    'https://user:pw@127.0.0.1:HTTPS/x',
    'https://10.0.0.1/x',
    'file:///etc/passwd',
    'ftp://127.0.0.1/x',
  ])('is not followed to %s', async (location) => {
    const scenario = await aScenario({ cache: false })
    const host = await aPrivateHost(scenario)
    scenario.devnet.fail('hub', {
      kind: 'redirect',
      location: location.replace('HTTPS', host.https).replace('HTTP/', `${host.http}/`),
    })
    const run = await scenario.step(
      { 'model-version': '1.0.0', sources: 'huggingface' },
      trusting(host.authority),
    )
    expect([run.exitCode, run.outputs['error-code']]).toEqual([6, 'URL_REFUSED'])
    expect(await receiptOf(run)).toContain('URL_REFUSED')
    expect(host.asked).toEqual([])
  })

  it('from https to http is not followed even to an allowed host', async () => {
    const scenario = await aScenario({ cache: false })
    const { devnet } = scenario
    const authority = anAuthority('localhost')
    const tls = await overTls(devnet, authority, () => 'localhost')
    devnet.fail('hub', { kind: 'redirect', location: `http://127.0.0.1:${new URL(devnet.urls.cdn).port}/x?` })
    const host = await aPrivateHost(scenario)
    devnet.fail('hub', { kind: 'redirect', location: `http://127.0.0.1:${host.http}/x` })
    const run = await scenario.step(
      {
        'model-version': '1.0.0',
        sources: 'huggingface',
        'hf-endpoint': tls.urls.hub,
        'allow-hosts': `127.0.0.1:${host.http}`,
      },
      trusting(authority),
    )
    expect([run.exitCode, run.outputs['error-code']]).toEqual([6, 'URL_REFUSED'])
    expect(host.asked).toEqual([])
  })
})

describe('a password in the URL of a chain endpoint', () => {
  it('reaches the endpoint, and is shown to nobody', async () => {
    const { devnet, step } = await aScenario({ cache: false })
    const secretly = (url: string): string => url.replace('//', '//reader:hunter2@')
    const urls = ['http://127.0.0.1:9', devnet.urls.rpc, devnet.urls.rpc2].map(
      (url) => `${secretly(url)}/?key=sesame`,
    )
    const run = await step({ ...MAIN_JOB, 'rpc-urls': urls.join('\n') })
    expect(run.outputs).toMatchObject({ success: 'true', trust: 'quorum' })
    for (const endpoint of ['rpc', 'rpc2'] as const) {
      const [asked] = devnet.requests.to(endpoint)
      expect(asked?.path).toBe('/?key=sesame')
      expect(asked?.headers['authorization']).toBe(`Basic ${btoa('reader:hunter2')}`)
    }
    const said = [run.stdout, run.stderr, run.summary, ...Object.values(run.outputs), await receiptOf(run)]
    expect(said.join('\n')).not.toMatch(/hunter2|sesame/)
  })
})

describe('the HuggingFace token', () => {
  it('reaches the hub and nobody else', async () => {
    const { devnet, step, store } = await aScenario()
    devnet.requireToken('r3mes-network/bitnet', 'hf_secret')
    for (const sources of ['cache,huggingface,ipfs,http', 'ipfs,huggingface', 'http,ipfs']) {
      const run = await step({ ...MAIN_JOB, sources, 'hf-token': 'hf_secret' })
      expect(run.outputs['success']).toBe('true')
      await rm(store, { recursive: true })
    }
    const withToken = devnet.requests
      .all()
      .filter(({ headers, path }) => [path, ...Object.values(headers)].join('\n').includes('hf_secret'))
    expect(new Set(withToken.map(({ endpoint }) => endpoint))).toEqual(new Set(['hub']))
    for (const endpoint of ['rpc', 'cdn', 'gateway', 'mirror', 'cache', 'blobs'] as const) {
      expect(devnet.requests.to(endpoint).length).toBeGreaterThan(0)
    }
  })

  it('is not sent along when the hub sends elsewhere and back', async () => {
    const { devnet, step } = await aScenario({ cache: false })
    const returned: (string | undefined)[] = []
    const detour = await aHost((request, response) => {
      returned.push(request.headers.authorization)
      response.writeHead(302, { location: `${devnet.urls.hub}/back` }).end()
    })
    devnet.fail('hub', { kind: 'redirect', location: detour.url, path: 'resolve' })
    const run = await step({
      'model-version': '1.0.0',
      sources: 'huggingface',
      'hf-token': 'hf_secret',
      'allow-hosts': `${devnet.inputs()['allow-hosts']}\n${detour.hostPort}`,
    })
    expect(run.exitCode).toBe(6)
    expect(returned).toEqual([undefined])
    const back = devnet.requests.to('hub').filter(({ path }) => path === '/back')
    expect(back).toHaveLength(1)
    expect(back[0]?.headers['authorization']).toBeUndefined()
  })
})
