import { randomBytes } from 'node:crypto'
import { createCacheService, type DevnetCacheService, runtimeToken } from './cache-service.ts'
import { Cdn } from './cdn.ts'
import { REMES_STORE } from './chain.ts'
import { generatedContent, givenContent } from './content.ts'
import { Gateway } from './gateway.ts'
import { Hub } from './hub.ts'
import { tell } from './lies/tell.ts'
import { Mirror } from './mirror.ts'
import { newChain } from './new-chain.ts'
import { Nodes } from './nodes.ts'
import { Recorder } from './recorder.ts'
import { nodeHost } from './rpc.ts'
import { seedSample } from './sample.ts'
import { type Host, type Listener, listen } from './server.ts'
import { type Devnet, type DevnetOptions, ENDPOINTS, type Endpoint } from './types.ts'

const CONTENT_ENDPOINTS = ['hub', 'cdn', 'gateway', 'mirror'] as const

/**
 * Starts a whole R3MES world in this process, on loopback: chain, hub, IPFS gateway, mirror and Actions cache.
 *
 * @throws R3mesError `INPUT_INVALID` when a fixed port cannot be used
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const { chain, ledger, tellHistory } = newChain(options)
  const nodes = new Nodes(chain, options.refuseStoreReads ?? false)
  const recorder = new Recorder()
  // Hosts that hand out URLs of others ask for them when they are needed, which is after all ports are known.
  const urlOf = (endpoint: Endpoint) => () => listeners[endpoint].url
  const cdn = new Cdn(randomBytes(16).toString('hex'), urlOf('cdn'))
  const hub = new Hub(cdn, urlOf('hub'))
  const gateway = new Gateway()
  const mirror = new Mirror()
  const cacheToken = runtimeToken()
  const cache = createCacheService({ token: cacheToken, blobBaseUrl: urlOf('blobs') })
  const listeners = await listenAll(options.ports ?? {}, recorder, {
    rpc: nodeHost(nodes.node('rpc'), () => nodes.liar('rpc')),
    rpc2: nodeHost(nodes.node('rpc2'), () => nodes.liar('rpc2')),
    hub: hub.host,
    cdn: cdn.host,
    gateway: gateway.host,
    mirror: mirror.host,
    cache: cacheHost(cache),
    blobs: { answer: cache.blobs },
  }).catch(async (thrown: unknown) => {
    await cache.close()
    throw thrown
  })
  const urls = mapEndpoints((endpoint) => listeners[endpoint].url)
  let ticking: NodeJS.Timeout | undefined
  const setStoreRecord: Devnet['setStoreRecord'] = (store, key, value) => {
    ledger.append([{ store, key, value }])
    // Only the next header carries the app hash of a write: who reads one below the tip sees it too.
    ledger.append()
  }

  const devnet: Devnet = {
    chainId: chain.chainId,
    urls,
    cacheToken,
    cache,
    cacheEnvironment: () => ({
      ACTIONS_RESULTS_URL: `${urls.cache}/`,
      ACTIONS_CACHE_URL: `${urls.cache}/`,
      ACTIONS_CACHE_SERVICE_V2: 'true',
      ACTIONS_RUNTIME_TOKEN: cacheToken,
    }),
    inputs: () => ({
      'rpc-urls': `${urls.rpc}\n${urls.rpc2}`,
      'chain-id': chain.chainId,
      'hf-endpoint': urls.hub,
      'ipfs-gateways': urls.gateway,
      mirrors: `${urls.mirror}/sha256/{sha256}`,
      'allow-hosts': CONTENT_ENDPOINTS.map((endpoint) => new URL(urls[endpoint]).host).join('\n'),
    }),
    requests: recorder.view,
    fail: (endpoint, fault) => listeners[endpoint].faults.add(fault),
    addContent: (name, bytes) =>
      typeof bytes === 'number' ? generatedContent(name, bytes) : givenContent(name, bytes),
    publishToHub: (repo, path, content, repoType = 'model') => hub.publish(repo, path, content, repoType),
    requireToken: (repo, token, repoType = 'model') => hub.requireToken(repo, token, repoType),
    publishToGateway: (content, under) =>
      gateway.publish(content, under?.cid ?? content.cid, under?.path ?? ''),
    publishToMirror: (path, content) => mirror.publish(path, content),
    setRecord: (key, value) => setStoreRecord(REMES_STORE, key, value),
    setStoreRecord,
    getRecord: (key) => chain.get(key, chain.height),
    get height() {
      return chain.height
    },
    get refuseStoreReads() {
      return nodes.refuseStoreReads
    },
    set refuseStoreReads(refuse) {
      nodes.refuseStoreReads = refuse
    },
    advance: (blocks = 1) => ledger.advance(blocks),
    anchor: (height) => nodes.chain.anchor(height),
    lag: (name, blocks) => {
      nodes.node(name).lag = blocks
    },
    lie: (mode) => tell(nodes.world(ledger, devnet), mode),
    async close() {
      clearInterval(ticking)
      await Promise.all(ENDPOINTS.map((endpoint) => listeners[endpoint].close()))
      await cache.close()
    },
  }
  tellHistory(() => {
    if (options.sample ?? true) seedSample(devnet, options.sizes)
  })
  if (options.lie !== undefined) devnet.lie(options.lie)
  // The listening ports are what keeps a process; its blocks alone do not.
  if (options.blockTimeMs !== undefined)
    ticking = setInterval(() => ledger.append(), options.blockTimeMs).unref()
  return devnet
}

/** Twirp has the method's name at the end of the path. */
function cacheHost(cache: DevnetCacheService): Host {
  return {
    call: (path) => path.split('?')[0]?.split('/').at(-1),
    answer: cache.service,
  }
}

/** Listens on all endpoints, or on none: what already listens is closed when another one cannot. */
async function listenAll(
  ports: NonNullable<DevnetOptions['ports']>,
  recorder: Recorder,
  hosts: Readonly<Record<Endpoint, Host>>,
): Promise<Readonly<Record<Endpoint, Listener>>> {
  const started: Partial<Record<Endpoint, Listener>> = {}
  try {
    for (const endpoint of ENDPOINTS) {
      started[endpoint] = await listen(endpoint, ports[endpoint] ?? 0, recorder, hosts[endpoint])
    }
  } catch (thrown) {
    await Promise.all(Object.values(started).map((listener) => listener.close()))
    throw thrown
  }
  return mapEndpoints((endpoint) => {
    const listener = started[endpoint]
    if (listener === undefined) throw new TypeError(`nothing listens for ${endpoint}`)
    return listener
  })
}

function mapEndpoints<T>(make: (endpoint: Endpoint) => T): Record<Endpoint, T> {
  return {
    rpc: make('rpc'),
    rpc2: make('rpc2'),
    hub: make('hub'),
    cdn: make('cdn'),
    gateway: make('gateway'),
    mirror: make('mirror'),
    cache: make('cache'),
    blobs: make('blobs'),
  }
}
