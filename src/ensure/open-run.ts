import type { Reporter } from '../core/index.ts'
import {
  type ActionsCache,
  createActionsCache,
  createFetchRun,
  createSources,
  type FetchRun,
  outsideOf,
  type Source,
} from '../sources/index.ts'
import { type Job, openStore, type Store } from '../store/index.ts'
import { type Network, openNetwork } from '../transfer/index.ts'
import { holdsEarlierJob } from './earlier-job.ts'
import type { RunRecord } from './record.ts'
import type { Environment, Settings } from './settings.ts'
import type { CachePort, JobEndPort, Ports } from './types.ts'

/** What the steps of one run share. */
export interface Run {
  readonly settings: Settings
  readonly reporter: Reporter
  readonly environment: Environment
  readonly record: RunRecord
  readonly store: Store
  /** Goes on using what is put in place. */
  readonly job: Job | undefined
  readonly jobEnd: JobEndPort | undefined
  readonly network: Network
  readonly sources: readonly Source[]
  readonly cache: ActionsCache | undefined
  /** Which sources lied: shared by all files that the run needs. */
  readonly fetchRun: FetchRun
  /** The same for the files of datasets that are not required. */
  readonly outsideRun: FetchRun
  /** Aborts on a signal to the process, and when the deadline has passed. */
  readonly signal: AbortSignal
  readonly deadlinePassed: boolean
  /** The process was told to stop. */
  readonly interrupted: boolean
  [Symbol.asyncDispose](): Promise<void>
}

/** `host:port` of a URL, its scheme's port when it names none. */
function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'http:' ? '80' : '443')}`
}

/** Hosts that the user configured, so that the rules for recorded URLs let them pass. */
export function configuredHosts(
  settings: Pick<Settings, 'mirrors' | 'hfEndpoint' | 'ipfsGateways' | 'allowHosts'>,
): string[] {
  const mirrors = settings.mirrors.map((template) => new URL(template.replaceAll(/\{\w+\}/g, 'x')))
  const urls = [settings.hfEndpoint, ...(settings.ipfsGateways ?? []), ...mirrors]
  return [...settings.allowHosts, ...urls.map(hostAndPort)]
}

/**
 * Opens the store and the network. Nothing is asked yet but the runner's environment.
 *
 * @throws R3mesError `STORE_UNSAFE`, `STORE_NOT_WRITABLE`
 */
export async function openRun(settings: Settings, ports: Ports, record: RunRecord): Promise<Run> {
  const { reporter, environment } = ports
  const deadline = settings.deadline === undefined ? undefined : AbortSignal.timeout(settings.deadline)
  const signal = AbortSignal.any([ports.signal, deadline].filter((given) => given !== undefined))
  const store = await openStore({
    home: settings.home,
    reporter,
    signal,
    doing: 'ensure',
    verify: settings.verify,
    ...(settings.modelDir === undefined ? {} : { modelDir: settings.modelDir }),
    ...(settings.adapterDir === undefined ? {} : { adapterDir: settings.adapterDir }),
  })
  // What was opened is closed, the last one first, also when something that follows fails.
  await using opened = new AsyncDisposableStack()
  opened.defer(() =>
    // What it could not take away, the next one that opens the store does.
    store.close().catch((thrown) => reporter.debug(`The store was not closed: ${String(thrown)}`)),
  )
  ports.jobEnd?.onStore(settings)
  const network = openNetwork({
    allowHosts: configuredHosts(settings),
    maxArtifactSize: settings.maxArtifactSize,
    environment,
    reporter,
    signal,
  })
  opened.defer(() => network.close())
  const cache = await openCache(settings, ports, record, network, store)
  const fetchRun = createFetchRun(reporter)
  const closing = opened.move()
  return {
    settings,
    reporter,
    environment,
    record,
    store,
    job: ports.job,
    jobEnd: ports.jobEnd,
    network,
    cache,
    sources: createSources({
      order: settings.sources,
      huggingface: { endpoint: settings.hfEndpoint, token: settings.hfToken },
      ipfs: { gateways: settings.ipfsGateways },
      http: { mirrors: settings.mirrors },
      cache: cache?.source,
      network,
      reporter,
    }),
    fetchRun,
    outsideRun: outsideOf(fetchRun),
    signal,
    get deadlinePassed() {
      return deadline?.aborted ?? false
    },
    get interrupted() {
      return ports.signal?.aborted ?? false
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

/** Outside a workflow step there is no cache service. */
const NO_CACHE: CachePort = { available: false, status: 'unavailable' }

async function openCache(
  settings: Settings,
  ports: Ports,
  record: RunRecord,
  network: Network,
  store: Store,
): Promise<ActionsCache | undefined> {
  if (!settings.sources.includes('cache') || settings.cacheMode === 'false') {
    record.cache('disabled', false)
    return undefined
  }
  if (settings.cacheMode === 'auto' && (await holdsEarlierJob(store, ports.environment))) {
    record.cache('unused', false)
    ports.reporter.info(
      'Actions cache: left out, because this store is kept: an earlier job on this machine left a receipt in it. `cache: true` uses it all the same.',
    )
    return undefined
  }
  const found = await (ports.findCache?.(settings.cacheMode) ?? NO_CACHE)
  if (!found.available) {
    record.cache(found.status, false)
    return undefined
  }
  return createActionsCache({ ...found.options, dispatcher: network.dispatcher, reporter: ports.reporter })
}
