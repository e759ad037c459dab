/** The lockfile, and what a run with these inputs would trust. */
import { countHosts } from '../chain/index.ts'
import type { R3mesError } from '../core/index.ts'
import {
  decideTrust,
  type Environment,
  formatPeriod,
  isInCi,
  type LockState,
  readLockState,
  type Settings,
  type TrustDecision,
  untrustedEvent,
} from '../ensure/index.ts'
import { type Lockfile, lockAge } from '../registry/index.ts'
import { problemOf } from './remedies.ts'
import { asProblem } from './thrown.ts'
import type { Finding } from './types.ts'

const topic = 'trust'

export interface ExaminedTrust {
  readonly findings: readonly Finding[]
  /** What a run would do; undefined when it would end here. */
  readonly decision: TrustDecision | undefined
}

/** Reads the lockfile and decides as a run would. Asks nobody. */
export async function examineTrust(
  settings: Settings,
  environment: Environment,
  now: Date,
): Promise<ExaminedTrust> {
  const { trust: inputs, chainId, rpcUrls } = settings
  let lock: LockState
  try {
    lock = await readLockState(inputs.lockfile.path, untrustedEvent(environment))
  } catch (thrown) {
    return { findings: [problemOf(topic, 'Lockfile', asProblem(thrown))], decision: undefined }
  }
  const inCi = isInCi(environment)
  // One that is named and not there ends a run, which is said below.
  const isMissed = lock.kind === 'absent' && inputs.lockfile.named
  const lockFindings = isMissed ? [] : judgeLockfile(lock, { ...inputs, inCi, now })
  // Without an endpoint a run ends before it trusts anything; that is said where the inputs are.
  if (rpcUrls.length === 0 && inputs.mode !== 'lockfile')
    return { findings: lockFindings, decision: undefined }
  const endpoints = { urls: rpcUrls.length, hosts: countHosts(rpcUrls) }
  try {
    const decision = decideTrust({ inputs, chainId, endpoints, lock, inCi, now })
    return { findings: [...lockFindings, ...judgeDecision(decision, inputs.mode)], decision }
  } catch (thrown) {
    const error = asProblem(thrown)
    return {
      findings: [...lockFindings, problemOf(topic, 'Trust', error, pinning(error, settings))],
      decision: undefined,
    }
  }
}

/** The command that writes a lockfile, with the endpoints that are named already: origins alone, since URLs may hold keys. */
function pinning({ code }: R3mesError, { rpcUrls }: Settings): string | undefined {
  const [first] = rpcUrls
  if (code !== 'TRUST_UNSET' || first === undefined) return undefined
  return `r3mes lock --rpc-urls ${first.origin} https://<a node on another host>`
}

export interface LockView {
  readonly frozen: 'auto' | boolean
  /** Milliseconds; undefined: the lockfile's. */
  readonly trustingPeriod: number | undefined
  readonly inCi: boolean
  readonly now: Date
}

export function judgeLockfile(state: LockState, view: LockView): readonly Finding[] {
  const subject = 'Lockfile'
  switch (state.kind) {
    case 'absent':
      return [
        {
          topic,
          subject,
          verdict: 'note',
          text: 'none; every run trusts anew, and takes what is newest',
          remedy: 'r3mes lock, then commit r3mes.lock',
        },
      ]
    case 'unread':
      return [
        {
          topic,
          subject,
          verdict: 'note',
          text: `not read in \`${state.event}\`: a file in the workspace may be a stranger's there`,
        },
      ]
    case 'read':
      return [describeLock(state.lock, view), judgeAnchor(state.lock, view)]
  }
}

function describeLock({ artifacts, chainId }: Lockfile, { frozen, inCi }: LockView): Finding {
  const isFrozen = frozen === true || (frozen === 'auto' && inCi)
  const count = `${artifacts.length} ${artifacts.length === 1 ? 'artifact' : 'artifacts'}`
  const bound = isFrozen
    ? 'frozen: only what it holds is brought'
    : frozen === 'auto'
      ? 'not frozen here; in CI it is'
      : 'not frozen'
  return { topic, subject: 'Lockfile', verdict: 'ok', text: `${count} of ${chainId}, ${bound}` }
}

/** How old the block is that trust starts from, and for how long it still counts. */
function judgeAnchor(lock: Lockfile, { trustingPeriod, now }: LockView): Finding {
  const subject = 'Trusted block'
  const recorded = lock.trustingPeriodSeconds * 1000
  const period = trustingPeriod === undefined ? recorded : Math.min(trustingPeriod, recorded)
  const age = lockAge(lock, now)
  const left = period - age
  const block = `block ${lock.anchor.height} of ${lock.anchor.time.toISOString()}`
  if (age < 0) {
    return {
      topic,
      subject,
      verdict: 'problem',
      code: 'CHAIN_STALE',
      text: `${block} lies in the future of this machine.`,
      remedy: 'set the clock of this machine',
    }
  }
  if (left <= 0) {
    return {
      topic,
      subject,
      verdict: 'problem',
      code: 'TRUST_EXPIRED',
      text: `${block} is ${formatPeriod(age)} old and may be ${formatPeriod(period)} old: it counts for nothing any more.`,
      remedy: 'r3mes lock --renew',
    }
  }
  const text = `${block}, ${formatPeriod(age)} old, trusted for ${formatPeriod(left)} more`
  return left * 3 < period
    ? { topic, subject, verdict: 'note', text, remedy: 'r3mes lock --update' }
    : { topic, subject, verdict: 'ok', text }
}

/** What stands behind the mode that holds, in words. */
function basisWords({ basis }: TrustDecision): string {
  switch (basis.kind) {
    case 'rpc':
      return 'rpc: one endpoint is believed'
    case 'lockfile':
      return `lockfile: no chain is asked until ${basis.expiresAt.toISOString()}`
    case 'proven':
      return basis.basis.kind === 'quorum'
        ? 'quorum: no block is pinned, so endpoints on two hosts have to agree'
        : `light-client: from ${basis.basis.anchors.map(({ height, origin }) => `block ${height} (${origin})`).join(' and ')}`
  }
}

export function judgeDecision(decision: TrustDecision, mode: string): readonly Finding[] {
  const said = mode === 'auto' ? '`auto` gives ' : ''
  const basis: Finding = { topic, subject: 'Trust', verdict: 'ok', text: `${said}${basisWords(decision)}` }
  const notes = [...decision.notices, ...decision.warnings]
  return [basis, ...notes.map((text): Finding => ({ topic, subject: 'Trust', verdict: 'note', text }))]
}
