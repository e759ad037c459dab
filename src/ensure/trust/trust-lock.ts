/** What `r3mes lock` starts from. As in `trust.ts`, nothing is asked here. */
import { R3mesError } from '../../core/index.ts'
import { lockAge } from '../../registry/index.ts'
import {
  checkAgreement,
  checkLock,
  checkWitnesses,
  decideLightClient,
  decideTrust,
  demandLock,
  inputInvalid,
  lockAnchor,
  type ProvenBasis,
  proven,
  type TrustSituation,
  trustingPeriod,
  typedAnchor,
} from './trust.ts'
import { provenWarnings } from './trust-warnings.ts'

/** A proven basis, and what is to be said about it. */
export interface LockDecision {
  readonly basis: ProvenBasis
  readonly warnings: readonly string[]
}

function decided(basis: ProvenBasis, situation: TrustSituation): LockDecision {
  return { basis, warnings: provenWarnings(basis, situation) }
}

/**
 * For a first lockfile: a typed block, or endpoints on two hosts that agree.
 *
 * @throws R3mesError `TRUST_UNSET`, `INPUT_INVALID`
 */
export function decideCreate(situation: TrustSituation): LockDecision {
  const { mode, lockfile } = situation.inputs
  const onlyProven = inputInvalid(
    `A lockfile holds only what was proven. Remove \`trust: ${mode}\`: pin a block with \`trusted-height\` and \`trusted-hash\`, or name endpoints on two hosts.`,
  )
  if (mode === 'rpc' || mode === 'lockfile') throw onlyProven
  // The file is not there yet, whatever name was typed, and nothing is bound by it.
  const inputs = { ...situation.inputs, lockfile: { ...lockfile, named: false }, frozen: false }
  const { basis, warnings } = decideTrust({ ...situation, inputs })
  if (basis.kind !== 'proven') throw onlyProven
  return { basis, warnings }
}

/**
 * For `--check` and `--update`: the lockfile's block, and a typed one beside it.
 *
 * @throws R3mesError `LOCK_INVALID`, `INPUT_INVALID`
 */
export function decideUpdate(situation: TrustSituation): LockDecision {
  refuseOtherTrust(situation)
  demandLock(situation.lock, 'r3mes lock')
  checkLock(situation)
  return decided(decideLightClient(situation), situation)
}

function refuseOtherTrust({ inputs }: TrustSituation): void {
  if (inputs.mode === 'auto' || inputs.mode === 'light-client') return
  throw inputInvalid(
    `A lockfile moves by verification from the block that it holds. Remove \`trust: ${inputs.mode}\`.`,
  )
}

/**
 * For `--renew`, when the lockfile's block is too old to be trusted by itself: a newly typed block; or the old one with its age
 * waived, while an endpoint on a second host agrees. That changes what is trusted, so somebody has to look at it.
 *
 * @throws R3mesError `INPUT_INVALID` in CI and while the block still counts, `LOCK_INVALID`, `TRUST_UNSET`
 */
export function decideRenewal(situation: TrustSituation): LockDecision {
  const { inputs, endpoints, inCi, now } = situation
  if (inCi) {
    throw inputInvalid(
      '`r3mes lock --renew` changes what is trusted, so it does not run in CI. Run it where somebody looks at the result, and commit the lockfile.',
    )
  }
  refuseOtherTrust(situation)
  const lock = demandLock(situation.lock, 'r3mes lock --renew')
  checkLock(situation)
  const period = trustingPeriod(situation)
  if (lockAge(lock, now) < period) {
    throw inputInvalid('The block in the lockfile can still be trusted. Use `r3mes lock --update`.')
  }
  checkWitnesses(situation)
  const old = lockAnchor(lock)
  const typed = typedAnchor(inputs)
  if (typed !== undefined) {
    checkAgreement(old, typed)
    const basis = { kind: 'light-client', anchors: [typed], trustingPeriodMs: period } as const
    return decided(proven(basis, period), situation)
  }
  if (endpoints.hosts < 2) {
    throw new R3mesError(
      'TRUST_UNSET',
      'The block in the lockfile is too old to be trusted by itself. Name endpoints on two hosts in `rpc-urls`, or a newer block with `--trusted-height` and `--trusted-hash`.',
    )
  }
  const basis = { kind: 'light-client', anchors: [old], trustingPeriodMs: period, waiveAge: true } as const
  return decided(proven(basis, period), situation)
}
