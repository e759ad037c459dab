/** Every RPC endpoint by itself, and whether they agree. */
import {
  dateOf,
  type Endpoint,
  foreignChain,
  headerHash,
  openEndpoint,
  type SignedHeader,
} from '../chain/index.ts'
import { R3mesError } from '../core/index.ts'
import { formatPeriod, type Settings } from '../ensure/index.ts'
import { ANSWER_MS, type Asking } from './ask.ts'
import { hearingClocks } from './clock-listener.ts'
import { explainFailure } from './failure-words.ts'
import { problemOf } from './remedies.ts'
import { asProblem } from './thrown.ts'
import type { Finding } from './types.ts'

const topic = 'chain'
/** How far a header's time may lie ahead of this machine's clock. */
const MOST_AHEAD_MS = 10_000

/** What an endpoint said about its newest block. */
export interface EndpointFacts {
  readonly chainId: string
  readonly height: bigint
  readonly time: Date
  readonly catchingUp: boolean
  /** Milliseconds for an answer, once the connection stood. */
  readonly ms: number
}

/** An endpoint, and what came of asking it. */
export interface AskedEndpoint {
  readonly endpoint: Endpoint
  readonly answer: EndpointFacts | R3mesError
}

async function askEndpoint(endpoint: Endpoint, chainId: string): Promise<AskedEndpoint> {
  try {
    const status = await endpoint.provider.status()
    const foreign = foreignChain(endpoint.provider.endpoint, status, chainId)
    if (foreign !== undefined) return { endpoint, answer: foreign }
    const began = performance.now()
    const { header } = await endpoint.provider.signedHeader(status.latestHeight)
    const ms = performance.now() - began
    return {
      endpoint,
      answer: {
        chainId: status.network,
        height: status.latestHeight,
        time: dateOf(header.time),
        catchingUp: status.catchingUp,
        ms,
      },
    }
  } catch (thrown) {
    return { endpoint, answer: asProblem(thrown) }
  }
}

/** Asks every endpoint of the settings, and afterwards those that answered for one block that all have. */
export async function examineEndpoints(
  { rpcUrls, chainId, trust }: Pick<Settings, 'rpcUrls' | 'chainId' | 'trust'>,
  asking: Asking,
): Promise<readonly Finding[]> {
  const { signal } = asking
  const dispatcher = hearingClocks(asking.dispatcher, asking.heardClock)
  const asked = await Promise.all(
    rpcUrls.map((url) =>
      askEndpoint(openEndpoint(url, { dispatcher, timeoutMs: ANSWER_MS, signal }), chainId),
    ),
  )
  signal.throwIfAborted()
  const now = new Date()
  return [
    ...asked.map((each) => judgeEndpoint(each, trust.maxHeaderAge, now, asking.throughProxy)),
    ...(await compareEndpoints(asked)),
  ]
}

/** @param maxHeaderAge milliseconds */
export function judgeEndpoint(
  { endpoint, answer }: AskedEndpoint,
  maxHeaderAge: number,
  now: Date,
  throughProxy: boolean,
): Finding {
  const subject = `RPC ${endpoint.url.origin}`
  if (answer instanceof R3mesError) return judgeFailure(subject, answer, throughProxy)
  const { chainId, height, time, catchingUp, ms } = answer
  const age = now.getTime() - time.getTime()
  const when = age < 0 ? `from ${time.toISOString()}` : `${formatPeriod(age)} old`
  const where = endpoint.url.protocol === 'https:' ? 'TLS' : 'this machine'
  const text = `${chainId} at height ${height}, its block ${when}; ${where}, answers in ${Math.round(ms)} ms`
  if (age < -MOST_AHEAD_MS) {
    return {
      topic,
      subject,
      verdict: 'problem',
      code: 'CHAIN_STALE',
      text: `${text}. That lies in the future: the clock here is slow, or the endpoint lies.`,
      remedy: 'date -u, and set the clock of this machine if it is wrong; otherwise do not use this endpoint',
    }
  }
  if (age > maxHeaderAge) {
    return {
      topic,
      subject,
      verdict: 'problem',
      code: 'CHAIN_STALE',
      text: `${text}. That is older than ${formatPeriod(maxHeaderAge)} (\`max-header-age\`): the chain stands still, this endpoint does not follow it, or the clock here is wrong.`,
      remedy:
        'r3mes doctor --rpc-urls with endpoints that follow the chain; compare `date -u` with a clock that is right',
    }
  }
  if (catchingUp) {
    return { topic, subject, verdict: 'note', text: `${text}. It is still catching up with the chain.` }
  }
  return { topic, subject, verdict: 'ok', text }
}

function judgeFailure(subject: string, error: R3mesError, throughProxy: boolean): Finding {
  if (error.code !== 'CHAIN_UNREACHABLE' || error.cause === undefined) return problemOf(topic, subject, error)
  const { why, remedy, detail } = explainFailure(error.cause, throughProxy)
  return {
    topic,
    subject,
    verdict: 'problem',
    code: error.code,
    text: `It cannot be asked: ${why}.`,
    remedy,
    detail,
  }
}

async function compareEndpoints(asked: readonly AskedEndpoint[]): Promise<readonly Finding[]> {
  const answering = asked.flatMap(({ endpoint, answer }) =>
    answer instanceof R3mesError ? [] : [{ endpoint, height: answer.height }],
  )
  if (answering.length < 2) return []
  const height = answering.map((each) => each.height).reduce((least, each) => (each < least ? each : least))
  const headers = await Promise.all(
    answering.map(async ({ endpoint }) => ({
      origin: endpoint.url.origin,
      header: await endpoint.provider.signedHeader(height).catch((thrown: unknown) => asProblem(thrown)),
    })),
  )
  return [judgeAgreement(height, headers)]
}

/** @param headers what each endpoint shows for the height, or why it shows none */
export function judgeAgreement(
  height: bigint,
  headers: readonly { readonly origin: string; readonly header: SignedHeader | R3mesError }[],
): Finding {
  const subject = 'Agreement'
  const shown = headers.flatMap(({ origin, header }) =>
    header instanceof R3mesError ? [] : [{ origin, hash: headerHash(header) }],
  )
  const hashes = new Set(shown.map(({ hash }) => hash))
  if (hashes.size > 1) {
    const said = shown.map(({ origin, hash }) => `${origin} shows ${hash.slice(0, 16)}…`)
    return {
      topic,
      subject,
      verdict: 'problem',
      code: 'QUORUM_DISAGREES',
      text: `The endpoints show different blocks of height ${height}: ${said.join(', ')}. One of them is wrong, or the chain has forked.`,
      remedy:
        'find out which one is right before anything is downloaded: ask a node of your own, or somebody you trust',
    }
  }
  if (shown.length < headers.length) {
    return {
      topic,
      subject,
      verdict: 'note',
      text: `${shown.length} of ${headers.length} endpoints showed block ${height}.`,
    }
  }
  return { topic, subject, verdict: 'ok', text: `${shown.length} endpoints show the same block ${height}` }
}
