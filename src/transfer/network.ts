import { HashThread, type Reporter, silentReporter } from '../core/index.ts'
import { Buffers } from './buffers.ts'
import { DEFAULT_TIMEOUTS, openDispatchers, systemResolve } from './dispatchers.ts'
import { download, readSmall } from './download.ts'
import { HostPauses } from './host-pauses.ts'
import { KeptConnections } from './kept-connections.ts'
import { learn } from './learn.ts'
import { LaneShares } from './pace.ts'
import { readProxies } from './proxy.ts'
import type { Exchange } from './request.ts'
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from './retry.ts'
import type { Resolve, Sizes, Timeouts } from './terms.ts'
import type { Network } from './types.ts'
import { parseAllowedHost } from './url-rules.ts'

/** A log that is silent for longer, in milliseconds, looks like one of a run that hangs. */
const LONG_WAIT_MS = 5_000

/** Below the first one, a second request costs more than it brings; the hash is then made on the way. */
const SIZES: Sizes = { whole: 4 * 1024 * 1024, first: 1024 * 1024, segment: undefined }

/** Connections of large files, to all hosts together. */
const MOST_LANES = 24

export interface NetworkOptions {
  /** `host:port` of hosts that may be anywhere and speak http; without a port, the scheme's own. */
  readonly allowHosts: readonly string[]
  /** Bytes that no file may exceed. */
  readonly maxArtifactSize: number
  /** `process.env`: the proxy variables are read from here. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Ends everything that this network does. */
  readonly signal?: AbortSignal
  readonly reporter?: Reporter
  readonly timeouts?: Partial<Timeouts>
  readonly retryPolicy?: Partial<RetryPolicy>
  /** The resolver of names; the system's own when absent. */
  readonly resolve?: Resolve
  /** For tests and measurements: in bytes, when files come in parts and how large these are. */
  readonly sizes?: Partial<Sizes>
  /** For tests and measurements: false sends every byte through the full HTTP client. */
  readonly directSockets?: boolean
}

function eitherSignal(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return AbortSignal.any([a, b])
}

/**
 * Opens the network of a run.
 *
 * @throws R3mesError `INPUT_INVALID` for an entry of `allowHosts` or a proxy variable that cannot be read
 */
export function openNetwork(options: NetworkOptions): Network {
  const { reporter = silentReporter, resolve = systemResolve } = options
  const allowed = options.allowHosts.map(parseAllowedHost)
  const proxies = readProxies(options.environment)
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts }
  const dispatchers = openDispatchers(allowed, proxies, timeouts, resolve)
  const { plain, guarded } = dispatchers
  const connectors = options.directSockets === false ? undefined : dispatchers.connectors
  const patience = { answerMs: timeouts.connectMs + timeouts.firstByteMs, stallMs: timeouts.stallMs }
  const buffers = new Buffers()
  const kept = connectors === undefined ? undefined : new KeptConnections(connectors, patience, buffers)
  const hashThread = new HashThread()
  const exchange: Exchange = {
    guarded,
    plain,
    connectors,
    kept,
    unusualHosts: new Set(),
    lanes: new LaneShares(MOST_LANES),
    buffers,
    hashThread,
    sizes: { ...SIZES, ...options.sizes },
    allowed,
    ...patience,
    pauses: new HostPauses(),
    retryPolicy: { ...DEFAULT_RETRY_POLICY, ...options.retryPolicy },
    maxArtifactSize: options.maxArtifactSize,
    retryAhead: (why, waitMs) => {
      const text = `${why} Asking again in ${(waitMs / 1000).toFixed(1)} s.`
      if (waitMs < LONG_WAIT_MS) reporter.debug(text)
      else reporter.info(text)
    },
  }
  if (proxies !== undefined) {
    reporter.info(
      'Connections go through the proxy that the environment names. Names and literal addresses of URLs are checked here; what a name resolves to is decided by the proxy.',
    )
  }

  return {
    dispatcher: plain,
    async download(origin, expected, path, downloadOptions = {}) {
      const signal = eitherSignal(options.signal, downloadOptions.signal)
      return download(exchange, origin, expected, path, {
        ...downloadOptions,
        ...(signal === undefined ? {} : { signal }),
      })
    },
    async learn(origin, path, learnOptions = {}) {
      const signal = eitherSignal(options.signal, learnOptions.signal)
      return learn(exchange, origin, path, { ...learnOptions, ...(signal === undefined ? {} : { signal }) })
    },
    async read(origin, limit, given) {
      return readSmall(exchange, origin, limit, eitherSignal(options.signal, given))
    },
    async answers(url, timeoutMs) {
      try {
        const { body } = await plain.request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: 'HEAD',
          signal: AbortSignal.any([
            AbortSignal.timeout(timeoutMs),
            ...(options.signal === undefined ? [] : [options.signal]),
          ]),
        })
        await body.dump()
        return true
      } catch {
        options.signal?.throwIfAborted()
        return false
      }
    },
    async close() {
      await Promise.all([plain.destroy(), guarded.destroy(), kept?.close(), hashThread.close()])
    },
  }
}
