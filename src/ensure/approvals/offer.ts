import { R3mesError } from '../../core/index.ts'
import { formatLockfile, lockOf, type Request, recordedTrustingPeriod } from '../../registry/index.ts'
import type { LockOffer } from '../types.ts'
import type { ProvenApprovals } from './ask-chain.ts'
import { admittedBy } from './evidence.ts'

/**
 * The lockfile that would pin what a run found on first use.
 *
 * @param trustingPeriod milliseconds
 * @returns undefined when the plan has problems, or when the chain's unbonding time could not be read
 */
export function offerLock(
  { plan, evidence, unbonding }: ProvenApprovals,
  request: Request,
  trustingPeriod: number,
): LockOffer | undefined {
  if (plan.problems.length > 0 || unbonding === undefined) return undefined
  const { target } = evidence
  const lock = lockOf(plan, {
    request,
    anchor: { ...target, origin: admittedBy(evidence) },
    trustingPeriodSeconds: recordedTrustingPeriod(Math.floor(trustingPeriod / 1000), unbonding.seconds),
    unbondingSeconds: unbonding.seconds,
  })
  try {
    return { height: target.height.toString(), hash: target.hash, lockfile: formatLockfile(lock) }
  } catch (thrown) {
    // A record may hold what no lockfile can: the offer is a service, and the run goes on without it.
    if (thrown instanceof R3mesError) return undefined
    throw thrown
  }
}
