/** What a proof stood on, in words and in time. */
import type { ChainEvidence, HeaderFacts, WitnessReport } from '../../chain/index.ts'
import { formatPeriod } from '../units.ts'

/** Heights that a sentence names; the receipt has all of them. */
const MOST_HEIGHTS = 12

export function witnessesThatAgree({ witnesses }: ChainEvidence): readonly WitnessReport[] {
  return witnesses.filter(({ verdict }) => verdict === 'agrees')
}

/** Origins of all endpoints that have the target header: the primary first. */
export function agreeingEndpoints(evidence: ChainEvidence): readonly string[] {
  return [evidence.primary, ...witnessesThatAgree(evidence).map(({ endpoint }) => endpoint)]
}

const blockOf = ({ height, time }: HeaderFacts): string => `block ${height} of ${time.toISOString()}`

/** `1200 → 1210 → 1247`, the middle of a long way left out. */
function wayOf(trace: readonly bigint[]): string {
  if (trace.length <= MOST_HEIGHTS) return trace.join(' → ')
  const half = MOST_HEIGHTS / 2
  return [...trace.slice(0, half), '…', ...trace.slice(-half)].join(' → ')
}

function startLines({ anchor, target, trace }: ChainEvidence): string[] {
  if (anchor === undefined) return []
  const starts = `Trust starts at ${blockOf(anchor)}, which ${anchor.origin} names.`
  if (anchor.height === target.height) return [starts, 'It is the newest block that is used.']
  return [starts, `Its validators lead to ${blockOf(target)}, verified by way of ${wayOf(trace)}.`]
}

function witnessLines(evidence: ChainEvidence): string[] {
  const { witnesses, target, anchor } = evidence
  if (anchor === undefined) {
    return [`${agreeingEndpoints(evidence).join(', ')} agree on ${blockOf(target)}.`]
  }
  if (witnesses.length === 0) return []
  const agreeing = witnessesThatAgree(evidence)
  const named = agreeing.length === 0 ? '' : `: ${agreeing.map(({ endpoint }) => endpoint).join(', ')}`
  return [`${agreeing.length} of ${witnesses.length} witnesses have the same block ${target.height}${named}.`]
}

/** The story of a proof, a line a step. */
export function describeEvidence(evidence: ChainEvidence): readonly string[] {
  const { chainId, target, primary } = evidence
  return [
    ...startLines(evidence),
    ...witnessLines(evidence),
    `Approvals of ${chainId} were read at height ${target.height - 1n} from ${primary}, each with a proof against that block.`,
  ]
}

/**
 * When what a run trusts grows too old: the block that trust started from, under `quorum` the one that the run found.
 *
 * @param trustingPeriod milliseconds
 */
export function trustExpiry({ anchor, target }: ChainEvidence, trustingPeriod: number): Date {
  return new Date((anchor ?? target).time.getTime() + trustingPeriod)
}

/**
 * A warning when less than a third of a period is left, else none.
 *
 * @param period milliseconds
 * @param remedy what to do, as a sentence
 */
export function expiryWarnings(expiresAt: Date, period: number, now: Date, remedy: string): string[] {
  const left = expiresAt.getTime() - now.getTime()
  if (left * 3 >= period) return []
  return [`What this run trusts expires in ${formatPeriod(left)}, at ${expiresAt.toISOString()}. ${remedy}`]
}

/** Longest text of an origin in a lockfile, in characters. */
const MOST_ORIGIN = 1000

/** A text cut to what a lockfile takes as the origin of its anchor. */
export function shortOrigin(text: string): string {
  return text.slice(0, MOST_ORIGIN)
}

/** How the target was admitted, in the words of a lockfile: `quorum of …` or `light client from height 1200`. */
export function admittedBy(evidence: ChainEvidence): string {
  const { anchor } = evidence
  if (anchor !== undefined) return `light client from height ${anchor.height}`
  return shortOrigin(`quorum of ${agreeingEndpoints(evidence).join(', ')}`)
}
