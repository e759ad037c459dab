/**
 * What a run trusts, decided from inputs, lockfile and environment alone: nothing is asked here. Every way out that would
 * believe more than was asked for is closed: a run without a basis of trust ends.
 */
import type { Anchor, ChainEvidence, TrustBasis } from '../../chain/index.ts'
import { R3mesError } from '../../core/index.ts'
import { type Lockfile, lockAge } from '../../registry/index.ts'
import { formatPeriod } from '../units.ts'
import type { LockState } from './lock-file.ts'
import { DEFAULT_TRUSTING_PERIOD, type TrustInputs } from './trust-inputs.ts'
import { trustNotices, trustWarnings } from './trust-warnings.ts'

export interface TrustSituation {
  readonly inputs: TrustInputs
  readonly chainId: string
  /** RPC endpoints, and the different hosts among them. */
  readonly endpoints: { readonly urls: number; readonly hosts: number }
  readonly lock: LockState
  readonly inCi: boolean
  readonly now: Date
}

/** A chain read that is proven, and from what. */
export interface ProvenBasis {
  readonly kind: 'proven'
  readonly basis: TrustBasis
  /** Milliseconds: how old an anchor may be, under `quorum` the one that the run offers. */
  readonly trustingPeriod: number
}

export type TrustBasisDecision =
  | { readonly kind: 'rpc' }
  | ProvenBasis
  /** No chain is asked. */
  | { readonly kind: 'lockfile'; readonly lock: Lockfile; readonly expiresAt: Date }

export interface TrustDecision {
  readonly basis: TrustBasisDecision
  /** The lockfile that binds what is resolved; undefined: the newest approvals count. */
  readonly frozen: Lockfile | undefined
  /** The lockfile that was read, whatever it counts for. */
  readonly lock: Lockfile | undefined
  /** Nothing is pinned yet: the run offers a lockfile that would. */
  readonly offersLock: boolean
  /** To be said once, before anything is asked. */
  readonly notices: readonly string[]
  readonly warnings: readonly string[]
}

/** How people get the two lines, and what they look like. */
const PIN =
  'Pin a block that you trust with two lines, its height and hash from a node that you run or from somebody you trust: `trusted-height: 1234567` and `trusted-hash: 0123…CDEF` (64 hexadecimal digits; a node shows both at `/commit`). Or name endpoints on two hosts in `rpc-urls`, run `r3mes lock` and commit r3mes.lock.'

/** What makes a lockfile unreadable here, said after a sentence that misses it. */
function unreadHint(lock: LockState): string {
  return lock.kind === 'unread' && lock.exists
    ? ` The lockfile is not read in \`${lock.event}\`, where it may be a stranger's.`
    : ''
}

function trustUnset(why: string, lock: LockState): R3mesError {
  return new R3mesError('TRUST_UNSET', `${why}${unreadHint(lock)} ${PIN}`)
}

function lockInvalid(message: string): R3mesError {
  return new R3mesError('LOCK_INVALID', message)
}

export function inputInvalid(message: string): R3mesError {
  return new R3mesError('INPUT_INVALID', message)
}

/** The lockfile, for what cannot go on without it. `what` is the input that needs it, as typed. */
export function demandLock(lock: LockState, what: string): Lockfile {
  if (lock.kind === 'read') return lock.lock
  if (lock.kind === 'unread') {
    throw lockInvalid(
      `\`${what}\` needs the lockfile, which is not read in \`${lock.event}\`: a file in the workspace may be a stranger's there. Use another event, or pin a block with \`trusted-height\` and \`trusted-hash\`.`,
    )
  }
  throw lockInvalid(
    `\`${what}\` needs a lockfile, and there is none. Write one with \`r3mes lock\` and commit it, or correct \`lockfile\`.`,
  )
}

/** A lockfile that was found belongs to the chain that is asked. */
export function checkLock({ lock, chainId, inputs }: TrustSituation): void {
  if (lock.kind === 'absent' && inputs.lockfile.named) {
    throw lockInvalid(
      '`lockfile` names a file that is not there. Correct the path, or write the file with `r3mes lock`.',
    )
  }
  if (lock.kind === 'read' && lock.lock.chainId !== chainId) {
    throw lockInvalid(
      `The lockfile is for the chain ${lock.lock.chainId}, but ${chainId} was asked for. Correct \`chain-id\` or \`lockfile\`.`,
    )
  }
}

/**
 * The time in a lockfile is the one of its block. Nothing else would show that somebody changed it to make the lockfile look
 * younger where no chain is asked.
 *
 * @throws R3mesError `LOCK_INVALID`
 */
export function assertTimeHolds(lock: Lockfile | undefined, { anchor }: ChainEvidence): void {
  if (lock === undefined || anchor?.hash !== lock.anchor.hash) return
  if (anchor.time.getTime() === lock.anchor.time.getTime()) return
  throw lockInvalid(
    `The lockfile gives block ${anchor.height} the time ${lock.anchor.time.toISOString()}, and the block itself says ${anchor.time.toISOString()}. Somebody has changed the lockfile: restore it from version control.`,
  )
}

/** The lockfile that what is resolved must be in. */
function frozenLock({ inputs, lock, inCi }: TrustSituation): Lockfile | undefined {
  if (inputs.frozen === true) return demandLock(lock, 'frozen: true')
  return inputs.frozen === 'auto' && inCi && lock.kind === 'read' ? lock.lock : undefined
}

/** The anchor that a lockfile holds. */
export function lockAnchor({ anchor }: Lockfile): Anchor {
  return { height: anchor.height, hash: Buffer.from(anchor.hash, 'hex'), origin: 'the lockfile' }
}

export function typedAnchor({ anchor }: TrustInputs): Anchor | undefined {
  return anchor === undefined ? undefined : { ...anchor, origin: 'the input `trusted-hash`' }
}

/** Both must hold, so two blocks of one height must be one. */
export function checkAgreement(first: Anchor, second: Anchor): void {
  if (first.height !== second.height || Buffer.from(first.hash).equals(second.hash)) return
  throw lockInvalid(
    `The lockfile and \`trusted-hash\` name two different blocks of height ${first.height}. One of them is wrong: find out which before you trust either.`,
  )
}

function anchorsOf({ inputs, lock }: TrustSituation): readonly [Anchor, ...Anchor[]] | undefined {
  const typed = typedAnchor(inputs)
  const locked = lock.kind === 'read' ? lockAnchor(lock.lock) : undefined
  if (typed === undefined) return locked === undefined ? undefined : [locked]
  if (locked === undefined) return [typed]
  checkAgreement(locked, typed)
  return [locked, typed]
}

/** The period that a lockfile records comes from the chain's unbonding time, so nobody may make it longer by hand. */
export function trustingPeriod({ inputs, lock }: TrustSituation): number {
  const typed = inputs.trustingPeriod
  if (lock.kind !== 'read') return typed ?? DEFAULT_TRUSTING_PERIOD
  const recorded = lock.lock.trustingPeriodSeconds * 1000
  if (typed === undefined) return recorded
  if (typed > recorded) {
    throw inputInvalid(
      `\`trusting-period\` is longer than the ${formatPeriod(recorded)} that the lockfile records. It may only be shorter. An anchor that is too old is renewed with \`r3mes lock --renew\`.`,
    )
  }
  return typed
}

export function checkWitnesses({ inputs, endpoints }: TrustSituation): void {
  const possible = endpoints.urls - 1
  if (inputs.minWitnesses <= possible) return
  throw inputInvalid(
    `\`min-witnesses\` is ${inputs.minWitnesses}, but beside the primary \`rpc-urls\` names only ${possible}. Name more endpoints, or ask for fewer.`,
  )
}

/** An anchor that was typed for a mode that has no use for it is a mistake that must not go unnoticed. */
function refuseUnusedAnchor({ inputs }: TrustSituation): void {
  if (inputs.anchor === undefined) return
  throw inputInvalid(
    `\`trusted-height\` and \`trusted-hash\` count for nothing under \`trust: ${inputs.mode}\`. Use \`trust: light-client\`, or remove them.`,
  )
}

export function decideLightClient(situation: TrustSituation): ProvenBasis {
  const anchors = anchorsOf(situation)
  if (anchors === undefined) {
    throw trustUnset('`trust: light-client` needs a block to start from, and none is named.', situation.lock)
  }
  checkWitnesses(situation)
  const period = trustingPeriod(situation)
  return proven({ kind: 'light-client', anchors, trustingPeriodMs: period }, period)
}

export function proven(basis: TrustBasis, period: number): ProvenBasis {
  return { kind: 'proven', basis, trustingPeriod: period }
}

function decideQuorum(situation: TrustSituation): ProvenBasis {
  refuseUnusedAnchor(situation)
  const { hosts } = situation.endpoints
  if (hosts < 2) {
    throw trustUnset(
      '`trust: quorum` needs endpoints on at least two hosts, and `rpc-urls` names one host.',
      situation.lock,
    )
  }
  checkWitnesses(situation)
  return proven({ kind: 'quorum' }, situation.inputs.trustingPeriod ?? DEFAULT_TRUSTING_PERIOD)
}

function decideAuto(situation: TrustSituation): ProvenBasis {
  if (anchorsOf(situation) !== undefined) return decideLightClient(situation)
  if (situation.endpoints.hosts >= 2) return decideQuorum(situation)
  throw trustUnset('Nothing says how to prove what the chain approved.', situation.lock)
}

function decideLockfile(situation: TrustSituation): TrustBasisDecision {
  const { inputs, now } = situation
  refuseUnusedAnchor(situation)
  const lock = demandLock(situation.lock, 'trust: lockfile')
  if (inputs.frozen === false) {
    throw inputInvalid('`trust: lockfile` takes everything from the lockfile. Remove `frozen: false`.')
  }
  if (inputs.maxLockAge === undefined) {
    throw inputInvalid(
      '`trust: lockfile` needs `max-lock-age`: how long you accept not to hear of revocations, such as `7d`.',
    )
  }
  const age = lockAge(lock, now)
  if (age < 0) {
    throw lockInvalid(
      "The lockfile's block lies in the future of this machine. Set the machine's clock; without it nobody can say how old the lockfile is.",
    )
  }
  if (age > inputs.maxLockAge) {
    throw new R3mesError(
      'LOCK_TOO_OLD',
      `The lockfile is ${formatPeriod(age)} old, and \`max-lock-age\` allows ${formatPeriod(inputs.maxLockAge)}. Move it forward with \`r3mes lock --update\` where the chain can be asked.`,
    )
  }
  const expiresAt = new Date(lock.anchor.time.getTime() + inputs.maxLockAge)
  return { kind: 'lockfile', lock, expiresAt }
}

function decideBasis(situation: TrustSituation): TrustBasisDecision {
  switch (situation.inputs.mode) {
    case 'auto':
      return decideAuto(situation)
    case 'light-client':
      return decideLightClient(situation)
    case 'quorum':
      return decideQuorum(situation)
    case 'lockfile':
      return decideLockfile(situation)
    case 'rpc':
      refuseUnusedAnchor(situation)
      return { kind: 'rpc' }
  }
}

/**
 * The basis of trust of a run.
 *
 * @throws R3mesError `TRUST_UNSET`, `LOCK_INVALID`, `LOCK_TOO_OLD`; `INPUT_INVALID` for inputs that contradict each other
 */
export function decideTrust(situation: TrustSituation): TrustDecision {
  checkLock(situation)
  const basis = decideBasis(situation)
  const frozen = basis.kind === 'lockfile' ? basis.lock : frozenLock(situation)
  const isQuorum = basis.kind === 'proven' && basis.basis.kind === 'quorum'
  return {
    basis,
    frozen,
    lock: situation.lock.kind === 'read' ? situation.lock.lock : undefined,
    offersLock: isQuorum && situation.lock.kind === 'absent',
    notices: trustNotices(situation),
    warnings: trustWarnings(basis, situation),
  }
}
