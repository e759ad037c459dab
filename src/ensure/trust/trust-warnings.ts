/** What is worth saying about a basis of trust before anything is asked. */
import { expiryWarnings } from '../approvals/evidence.ts'
import { formatPeriod } from '../units.ts'
import type { ProvenBasis, TrustBasisDecision, TrustSituation } from './trust.ts'
import { USUAL_UNBONDING } from './trust-inputs.ts'

/** What a lockfile that is there does not count for. */
export function trustNotices({ lock, inputs }: TrustSituation): string[] {
  if (lock.kind === 'unread' && lock.exists) {
    return [
      `The lockfile is not read in \`${lock.event}\`: a file in the workspace may be a stranger's there.`,
    ]
  }
  if (lock.kind === 'read' && (inputs.mode === 'quorum' || inputs.mode === 'rpc')) {
    return [`Under \`trust: ${inputs.mode}\` the block that the lockfile pins counts for nothing.`]
  }
  return []
}

function periodWarnings(period: number): string[] {
  if (period < USUAL_UNBONDING) return []
  return [
    `The trusting period of ${formatPeriod(period)} is not shorter than the usual unbonding time of ${formatPeriod(USUAL_UNBONDING)}: validators who signed the trusted block may have left with their stake. Use 14d.`,
  ]
}

function witnessWarnings({ urls, hosts }: TrustSituation['endpoints']): string[] {
  if (urls === 1) {
    return [
      'witnesses: 0. One RPC endpoint is named, so a fork that the validators themselves signed would go unnoticed. Name a second one in `rpc-urls`.',
    ]
  }
  if (hosts > 1) return []
  return [
    'All RPC endpoints are on one host, which is its own witness, so a fork that the validators themselves signed could go unnoticed. Name one on another host in `rpc-urls`.',
  ]
}

/** What weakens a proof, though it holds. */
export function provenWarnings({ trustingPeriod }: ProvenBasis, { endpoints }: TrustSituation): string[] {
  return [...witnessWarnings(endpoints), ...periodWarnings(trustingPeriod)]
}

/** What a basis of trust leaves open. */
export function trustWarnings(basis: TrustBasisDecision, situation: TrustSituation): string[] {
  switch (basis.kind) {
    case 'rpc':
      return [
        'trust: rpc. One RPC endpoint was believed: whoever runs it, or sits between it and this machine, could have named other digests. Use `trust: light-client`, or endpoints on two hosts.',
      ]
    case 'lockfile':
      return [
        `trust: lockfile. No chain was asked: revocations unchecked since ${basis.lock.anchor.time.toISOString()}.`,
        ...expiryWarnings(
          basis.expiresAt,
          situation.inputs.maxLockAge ?? 0,
          situation.now,
          'Move the lockfile forward with `r3mes lock --update` where the chain can be asked.',
        ),
      ]
    case 'proven':
      return provenWarnings(basis, situation)
  }
}
