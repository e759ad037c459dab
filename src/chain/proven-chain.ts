/**
 * Reading a chain without believing any node: a header that is traced from the user's anchor (or that several hosts agree on),
 * compared with what the witnesses have, and records that are proven against it.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { R3mesError, type Reporter } from '../core/index.ts'
import { ANY_AGE_NS, newestAnchor, openTrustRoot, type TrustRoot } from './anchors.ts'
import { MAX_CLOCK_DRIFT_NS, NS_PER_MS, nowNanoseconds } from './clock.ts'
import { hostOf } from './hosts.ts'
import { dateOf } from './light/time.ts'
import type { LightBlock, SignedHeader } from './light/types.ts'
import { verifySelf } from './light/verify.ts'
import { type Endpoint, noEndpointLeft, openEndpoint } from './node/endpoint.ts'
import { headerHash } from './node/light-blocks.ts'
import { isUnfit } from './node/unfit.ts'
import { Patience } from './patience.ts'
import { provingReader } from './proving-reader.ts'
import { verifySkipping } from './skipping.ts'
import { findTarget, type Target } from './target.ts'
import type {
  ChainEvidence,
  HeaderFacts,
  ProvenTrust,
  StoreReader,
  TrustBasis,
  WitnessReport,
} from './types.ts'
import { examineWitnesses } from './witnesses.ts'
import { witnessesNeeded } from './witnesses-needed.ts'

/** How often a height that the node no longer holds is replaced by a newer one. */
const NEWER_HEIGHTS = 3
/** What all of a read may take, in milliseconds: thousands of records come in seconds. */
const READ_LIMIT_MS = 15 * 60_000

export interface ProvenChainOptions {
  /** In the order to ask: the first is the primary, the others are its witnesses. See `parseRpcUrls`. */
  readonly urls: readonly URL[]
  readonly chainId: string
  readonly dispatcher: Dispatcher
  readonly reporter: Reporter
  readonly signal?: AbortSignal
  readonly basis: TrustBasis
  /** How many witnesses must agree at least; under `quorum` never less than one, on another host than the primary. */
  readonly minWitnesses: number
  /** How old the newest header may be, in milliseconds. */
  readonly maxHeaderAgeMs: number
  /** For one request, in milliseconds. */
  readonly timeoutMs?: number
  /** For waiting for endpoints that are behind, in milliseconds: once for a target, and for the witnesses of each target. */
  readonly patienceMs?: number
  /** For the whole read, in milliseconds. */
  readonly limitMs?: number
  /** Pause before looking again, in milliseconds: about the time a block takes to spread. */
  readonly pauseMs?: number
}

/** What stays the same while primaries change. */
interface Reading extends Required<Pick<ProvenChainOptions, 'pauseMs' | 'patienceMs'>> {
  readonly options: ProvenChainOptions
  /** For targets; one for all primaries. */
  readonly patience: Patience
  readonly signal: AbortSignal
}

interface VerifiedTarget {
  readonly block: LightBlock
  readonly root: TrustRoot | undefined
  readonly trace: readonly bigint[]
}

/** Verifies the target from the anchor; under `quorum` by itself, and the other hosts decide. */
async function verifyTarget(
  { options }: Reading,
  { provider }: Endpoint,
  { height, block }: Target,
): Promise<VerifiedTarget> {
  const { basis, chainId } = options
  if (basis.kind === 'quorum') {
    const verdict = verifySelf(chainId, block, MAX_CLOCK_DRIFT_NS, nowNanoseconds())
    if (verdict.ok) return { block, root: undefined, trace: [height] }
    throw new R3mesError(
      'HEADER_INVALID',
      `The header that the RPC endpoint ${provider.endpoint} gives for height ${height} cannot be trusted: ${verdict.why}. Do not use this endpoint, and keep what it said: it may be an attack.`,
    )
  }
  // The very block whose age was judged is the one that is verified, here and in what follows.
  const root = await openTrustRoot(provider, chainId, basis, block.signedHeader, rulesOf(basis))
  const trace =
    root.block === undefined ? [height] : await verifySkipping(provider, root.block, block, rulesOf(basis))
  return { block, root, trace }
}

function rulesOf(basis: TrustBasis) {
  const isAged = basis.kind === 'light-client' && basis.waiveAge !== true
  return {
    trustingPeriodNs: isAged ? BigInt(basis.trustingPeriodMs) * NS_PER_MS : ANY_AGE_NS,
    nowNs: nowNanoseconds,
  }
}

/** Where no block that is young enough is pinned, an endpoint on another host has to say the same. */
function wantsAnotherHost(basis: TrustBasis): boolean {
  return basis.kind === 'quorum' || basis.waiveAge === true
}

/** Throws unless as many witnesses agree as the basis and the user ask for. */
function assertWitnessed(
  { basis, minWitnesses }: ProvenChainOptions,
  primary: Endpoint,
  others: readonly Endpoint[],
  reports: readonly WitnessReport[],
): void {
  const agreeing = reports.filter(({ verdict }) => verdict === 'agrees')
  const elsewhere = others.filter(
    (other, index) => reports[index]?.verdict === 'agrees' && hostOf(other.url) !== hostOf(primary.url),
  )
  const needsAnotherHost = wantsAnotherHost(basis)
  if (agreeing.length >= minWitnesses && (elsewhere.length > 0 || !needsAnotherHost)) return
  const { clause, advice } = witnessesNeeded({ minWitnesses, elsewhere: needsAnotherHost })
  const silent = reports
    .filter(({ verdict }) => verdict !== 'agrees')
    .map(({ endpoint, why }) => ` ${endpoint}: ${why}.`)
  throw new R3mesError(
    'WITNESS_MISSING',
    `${agreeing.length} witnesses agree with ${primary.provider.endpoint}, and ${clause}.${silent.join('')} ${advice}`,
  )
}

function factsOf(signedHeader: SignedHeader): HeaderFacts {
  const { height, time } = signedHeader.header
  return { height, hash: headerHash(signedHeader), time: dateOf(time) }
}

/** A header that is proven and witnessed, and what it stood on. */
async function proveHeader(
  reading: Reading,
  primary: Endpoint,
  others: readonly Endpoint[],
): Promise<{ readonly block: LightBlock; readonly evidence: ChainEvidence }> {
  const { options, patience, signal } = reading
  const { basis, chainId, reporter } = options
  const target = await findTarget({
    chainId,
    primary,
    others,
    minWitnesses: basis.kind === 'quorum' ? Math.max(1, options.minWitnesses) : options.minWitnesses,
    elsewhere: wantsAnotherHost(basis),
    maxHeaderAgeMs: options.maxHeaderAgeMs,
    notBelow: basis.kind === 'quorum' ? undefined : newestAnchor(basis.anchors),
    patience,
    signal,
    reporter,
  })
  const { block, root, trace } = await verifyTarget(reading, primary, target)
  const witnesses = await examineWitnesses(
    {
      chainId,
      primary,
      target: block,
      root: root === undefined ? 'quorum' : (root.block ?? 'anchor'),
      rules: rulesOf(basis),
      // Of its own: what was spent on a target must not spare a forger the look at a witness that is behind.
      patience: new Patience(reading.patienceMs, reading.pauseMs),
      reporter,
      signal,
    },
    target.witnesses,
  )
  assertWitnessed(options, primary, others, witnesses)
  return {
    block,
    evidence: {
      trust: basis.kind,
      chainId,
      target: factsOf(block.signedHeader),
      anchor: root === undefined ? undefined : { ...factsOf(root.signedHeader), origin: root.anchor.origin },
      trace,
      primary: primary.provider.endpoint,
      witnesses,
    },
  }
}

async function readWith<T>(
  reading: Reading,
  primary: Endpoint,
  others: readonly Endpoint[],
  read: (reader: StoreReader<ProvenTrust>, evidence: ChainEvidence) => Promise<T>,
): Promise<T> {
  for (let newer = 0; ; newer += 1) {
    const { block, evidence } = await proveHeader(reading, primary, others)
    const { header } = block.signedHeader
    const reader = provingReader({
      client: primary.client,
      trust: evidence.trust,
      chainId: evidence.chainId,
      height: header.height - 1n,
      appHash: header.appHash,
    })
    try {
      return await read(reader, evidence)
    } catch (thrown) {
      const isPruned = thrown instanceof R3mesError && thrown.code === 'HEIGHT_PRUNED'
      if (!isPruned || newer === NEWER_HEIGHTS) throw thrown
      reading.options.reporter.info(`${thrown.message} A newer height is asked for.`)
      await delay(reading.pauseMs, undefined, { signal: reading.signal })
    }
  }
}

/**
 * Runs `read` with a reader that proves all it returns. `read` may run again on another endpoint or at a newer height, so it
 * must have no effects of its own.
 *
 * A primary that cannot answer is replaced by the next endpoint. One that was caught with a wrong header or a wrong proof ends
 * the read: whoever attacks must be seen.
 *
 * @throws R3mesError `HEADER_INVALID`, `PROOF_INVALID`, `FORK_DETECTED` (as `ForkDetected`), `QUORUM_DISAGREES`, `TRUST_EXPIRED`,
 * `NOT_ENOUGH_TRUST`, `WITNESS_MISSING`, `CHAIN_STALE`, `CHAIN_ID_MISMATCH`, `UNPROVABLE`; `CHAIN_UNREACHABLE`,
 * `CHAIN_RESPONSE_INVALID`, `HEIGHT_PRUNED` when no endpoint is left; whatever else `read` throws, as it is.
 */
export async function readProvenChain<T>(
  options: ProvenChainOptions,
  read: (reader: StoreReader<ProvenTrust>, evidence: ChainEvidence) => Promise<T>,
): Promise<T> {
  const { urls, reporter, patienceMs = 30_000, pauseMs = 1000, limitMs = READ_LIMIT_MS } = options
  const limit = AbortSignal.timeout(limitMs)
  const signal = AbortSignal.any([limit, ...(options.signal === undefined ? [] : [options.signal])])
  const bounded = { ...options, signal }
  const patience = new Patience(patienceMs, pauseMs)
  const reading: Reading = { options: bounded, pauseMs, patienceMs, signal, patience }
  const endpoints = urls.map((url) => openEndpoint(url, bounded))
  const failures: R3mesError[] = []
  for (const primary of endpoints) {
    const others = endpoints.filter((endpoint) => endpoint !== primary)
    try {
      return await readWith(reading, primary, others, read)
    } catch (thrown) {
      options.signal?.throwIfAborted()
      if (limit.aborted) throw tooSlow(primary, limitMs)
      // Whatever became of the primaries before, an attack that is seen is what the read ends with.
      if (!isUnfit(thrown)) throw thrown
      failures.push(thrown)
      if (failures.length < endpoints.length) {
        reporter.warning(`${thrown.message} Another endpoint becomes the primary.`)
      }
    }
  }
  throw noEndpointLeft(failures)
}

/** Each answer may come in time and all of them never end: of one listing, or of the headers between. */
function tooSlow({ provider }: Endpoint, limitMs: number): R3mesError {
  return new R3mesError(
    'CHAIN_UNREACHABLE',
    `Reading from the RPC endpoint ${provider.endpoint} and its witnesses took longer than ${Math.round(limitMs / 1000)} seconds. Name faster endpoints in \`rpc-urls\`.`,
  )
}
