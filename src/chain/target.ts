/** The header that the records are read under: the newest that the primary and enough witnesses have, and fresh. */
import { R3mesError, type Reporter } from '../core/index.ts'
import { MAX_CLOCK_DRIFT_NS, NS_PER_MS, nowNanoseconds } from './clock.ts'
import { dateOf, nanosecondsOf } from './light/time.ts'
import type { LightBlock } from './light/types.ts'
import { type Endpoint, foreignChain } from './node/endpoint.ts'
import { EndpointUnfit, isUnfit } from './node/unfit.ts'
import type { Patience } from './patience.ts'
import { newestCommonHeight } from './target-height.ts'
import type { Anchor } from './types.ts'
import { type AskedWitness, silence } from './witnesses.ts'
import { type WitnessesNeeded, witnessesNeeded } from './witnesses-needed.ts'

/** Nanoseconds. A header older than this is worth a word when somebody has a newer one: blocks follow each other in seconds. */
const WORTH_A_WORD = 120_000n * NS_PER_MS

export interface TargetSearch extends WitnessesNeeded {
  readonly chainId: string
  readonly primary: Endpoint
  readonly others: readonly Endpoint[]
  readonly maxHeaderAgeMs: number
  /** The height that is never gone below. */
  readonly notBelow: Anchor | undefined
  readonly patience: Patience
  readonly signal: AbortSignal
  readonly reporter: Reporter
}

export interface Target {
  readonly height: bigint
  /** As the primary gives it: not verified. */
  readonly block: LightBlock
  readonly witnesses: readonly AskedWitness[]
}

async function primaryHeight({ primary, chainId }: TargetSearch): Promise<bigint> {
  const status = await primary.provider.status()
  const foreign = foreignChain(primary.provider.endpoint, status, chainId)
  if (foreign !== undefined) throw foreign
  if (status.latestHeight < 2n) {
    throw new R3mesError(
      'CHAIN_RESPONSE_INVALID',
      `The chain at ${primary.provider.endpoint} is at height ${status.latestHeight}; records can be proven from height 2 on. Wait for its first blocks.`,
    )
  }
  return status.latestHeight
}

async function askWitness(endpoint: Endpoint, chainId: string): Promise<AskedWitness> {
  try {
    const status = await endpoint.provider.status()
    const foreign = foreignChain(endpoint.provider.endpoint, status, chainId)
    return {
      endpoint,
      height: foreign === undefined ? status.latestHeight : { silent: silence(foreign) },
    }
  } catch (thrown) {
    if (isUnfit(thrown)) return { endpoint, height: { silent: silence(thrown) } }
    throw thrown
  }
}

const heightOf = ({ height }: AskedWitness): bigint[] => (typeof height === 'bigint' ? [height] : [])

/** Origins of those that are behind the most advanced one. */
function laggards(primary: Endpoint, height: bigint, witnesses: readonly AskedWitness[]): string[] {
  const all = [{ endpoint: primary, height }, ...witnesses]
  const top = all.flatMap(heightOf).reduce((most, each) => (each > most ? each : most))
  return all
    .filter((each) => heightOf(each).some((reached) => reached < top))
    .map(({ endpoint }) => endpoint.provider.endpoint)
}

/** Why this height will not do, as a clause; the header's time is the primary's word until it is verified. */
function whyStale(search: TargetSearch, height: bigint, block: LightBlock | undefined): string | undefined {
  const { notBelow, maxHeaderAgeMs } = search
  if (notBelow !== undefined && height < notBelow.height) {
    return `it is below height ${notBelow.height}, which ${notBelow.origin} trusts`
  }
  if (block === undefined) return undefined
  if (ageOf(block) / NS_PER_MS <= BigInt(maxHeaderAgeMs)) return undefined
  return `its header is from ${timeOf(block)}, which is more than ${describeAge(maxHeaderAgeMs)} ago`
}

/** A header of the future vouches for no age at all. A clock that is slow looks the same from here, so that is said first. */
function assertNotFromFuture({ primary }: TargetSearch, { signedHeader }: LightBlock): void {
  const { height, time } = signedHeader.header
  if (nanosecondsOf(time) < nowNanoseconds() + MAX_CLOCK_DRIFT_NS) return
  throw new R3mesError(
    'CHAIN_STALE',
    `The header that the RPC endpoint ${primary.provider.endpoint} gives for height ${height} is from ${dateOf(time).toISOString()}, which lies in the future. Check this machine's clock. If it is right, do not use this endpoint.`,
  )
}

/** Nanoseconds. */
const ageOf = ({ signedHeader }: LightBlock) => nowNanoseconds() - nanosecondsOf(signedHeader.header.time)
const timeOf = ({ signedHeader }: LightBlock) => dateOf(signedHeader.header.time).toISOString()

/** An endpoint that holds newer blocks back, so that a revocation is not seen, is within its right for a while, but not unseen. */
function tellOfNewer(
  { reporter }: TargetSearch,
  height: bigint,
  block: LightBlock,
  behind: readonly string[],
) {
  if (behind.length === 0 || ageOf(block) <= WORTH_A_WORD) return
  reporter.warning(
    `Approvals are read at block ${height} of ${timeOf(block)}, though there are newer ones: what was revoked since then is not seen. Behind the others: ${behind.join(', ')}. Name other endpoints in \`rpc-urls\`, or allow less with \`max-header-age\`.`,
  )
}

function describeAge(milliseconds: number): string {
  const minutes = milliseconds / 60_000
  return minutes >= 1 ? `${Math.round(minutes)} minutes` : `${Math.round(milliseconds / 1000)} seconds`
}

function stale(search: TargetSearch, height: bigint, why: string, behind: readonly string[]): R3mesError {
  const { endpoint } = search.primary.provider
  const blame =
    behind.length === 0
      ? `All endpoints end there, ${endpoint} too`
      : `Behind the others: ${behind.join(', ')}`
  const message = `The newest height that enough endpoints have is ${height}, and ${why}. ${blame}. Approvals may have been revoked since. Name endpoints in \`rpc-urls\` that follow the chain, check this machine's clock, or allow more with \`max-header-age\`.`
  return behind.includes(endpoint)
    ? new EndpointUnfit('CHAIN_STALE', message)
    : new R3mesError('CHAIN_STALE', message)
}

function missing({ primary, ...needed }: TargetSearch, witnesses: readonly AskedWitness[]): R3mesError {
  const silent = witnesses.flatMap(({ endpoint, height }) =>
    typeof height === 'bigint' ? [] : [` ${endpoint.provider.endpoint}: ${height.silent}.`],
  )
  const answering = witnesses.length - silent.length
  const { clause, advice } = witnessesNeeded(needed)
  return new R3mesError(
    'WITNESS_MISSING',
    `${answering} witnesses answer beside ${primary.provider.endpoint}, and ${clause}.${silent.join('')} ${advice}`,
  )
}

/**
 * Chooses the target. While it is too old and an endpoint is behind the others, waits for that one as long as the run's patience
 * lasts.
 *
 * @throws R3mesError `CHAIN_ID_MISMATCH`, `WITNESS_MISSING`, `CHAIN_STALE`, and what the primary's provider throws
 */
export async function findTarget(search: TargetSearch): Promise<Target> {
  const { primary, others, chainId, minWitnesses, patience, signal, reporter } = search
  for (let told = false; ; told = true) {
    const [highest, witnesses] = await Promise.all([
      primaryHeight(search),
      Promise.all(others.map((endpoint) => askWitness(endpoint, chainId))),
    ])
    const height = newestCommonHeight(highest, witnesses.flatMap(heightOf), minWitnesses)
    if (height === undefined) throw missing(search, witnesses)
    const isAbove = whyStale(search, height, undefined) === undefined
    const block = isAbove ? await primary.provider.lightBlock(height) : undefined
    if (block !== undefined) assertNotFromFuture(search, block)
    const why = whyStale(search, height, block)
    const behind = laggards(primary, highest, witnesses)
    if (why === undefined && block !== undefined) {
      tellOfNewer(search, height, block, behind)
      return { height, block, witnesses }
    }
    if (behind.length === 0 || !(await patience.pause(signal))) {
      throw stale(search, height, why ?? 'it is too old', behind)
    }
    if (!told) reporter.info(`Waiting for ${behind.join(', ')}: ${why ?? 'too old'}.`)
  }
}
