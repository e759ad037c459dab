/** `r3mes lock`: proves what is approved and writes it down, so that later runs start from there. */
import { type ChainEvidence, countHosts } from '../../chain/index.ts'
import { asR3mesError, R3mesError } from '../../core/index.ts'
import {
  describeLockChanges,
  diffLocks,
  formatLockfile,
  holdToLock,
  type Lockfile,
  lockOf,
  type Request,
  recordedTrustingPeriod,
  resolveFromLock,
  unrequestedProblems,
} from '../../registry/index.ts'
import { openStore } from '../../store/index.ts'
import { openNetwork } from '../../transfer/index.ts'
import { askForProof, type ProvenApprovals } from '../approvals/ask-chain.ts'
import { admittedBy, agreeingEndpoints, describeEvidence, shortOrigin } from '../approvals/evidence.ts'
import { keepingForks } from '../approvals/fork-evidence.ts'
import { type RawInputs, refusePrivateKeys, type Settings } from '../settings.ts'
import { isInCi, untrustedEvent } from '../trust/events.ts'
import { type LockState, readLockState, writeLockfile } from '../trust/lock-file.ts'
import { assertTimeHolds, demandLock, type ProvenBasis, type TrustSituation } from '../trust/trust.ts'
import { decideCreate, decideRenewal, decideUpdate, type LockDecision } from '../trust/trust-lock.ts'
import type { Ports } from '../types.ts'
import { lockfilePath, namesRequest, readLockSettings } from './lock-settings.ts'

/**
 * - `create`: there is no lockfile yet
 * - `check`: compares, writes nothing
 * - `update`: moves the anchor forward and resolves the request again
 * - `renew`: as `update`, from an anchor that is too old to be trusted by itself
 */
export type LockMode = 'create' | 'check' | 'update' | 'renew'

/** How `r3mes lock` ended. */
export interface LockResult {
  readonly mode: LockMode
  /** Undefined on success, and when it was interrupted. */
  readonly error: R3mesError | undefined
  /** The process was told to stop before anything was written. */
  readonly interrupted: boolean
  /** Absolute path of the lockfile. */
  readonly path: string
  readonly written: boolean
  /** The lockfile that was written; under `check` the one that is there. Undefined when it did not come so far. */
  readonly lock: Lockfile | undefined
  /** What changed since the lockfile that was there, as people read it, in checked names and numbers. */
  readonly changes: readonly string[]
  readonly notices: readonly string[]
  readonly evidence: ChainEvidence | undefined
}

type Outcome = Omit<LockResult, 'mode' | 'path' | 'interrupted'>

const NOTHING: Outcome = {
  error: undefined,
  written: false,
  lock: undefined,
  changes: [],
  notices: [],
  evidence: undefined,
}

/** Runs `r3mes lock`. It never throws; what failed stands in the result, and then no lockfile was touched. */
export async function lockFromInputs(mode: LockMode, raw: RawInputs, ports: Ports): Promise<LockResult> {
  let path = ''
  try {
    refusePrivateKeys(raw)
    path = lockfilePath(raw, ports.environment)
    return { mode, path, interrupted: false, ...(await lockAt(path, mode, raw, ports)) }
  } catch (thrown) {
    const interrupted = ports.signal?.aborted ?? false
    return { mode, path, interrupted, ...NOTHING, error: interrupted ? undefined : asR3mesError(thrown) }
  }
}

async function lockAt(path: string, mode: LockMode, raw: RawInputs, ports: Ports): Promise<Outcome> {
  const { environment, reporter } = ports
  const state = await readLockState(path, untrustedEvent(environment))
  assertFits(mode, state, raw)
  const before = state.kind === 'read' ? state.lock : undefined
  const settings = readLockSettings(raw, environment, before)
  const { basis, warnings } = decide(mode, {
    inputs: settings.trust,
    chainId: settings.chainId,
    endpoints: { urls: settings.rpcUrls.length, hosts: countHosts(settings.rpcUrls) },
    lock: state,
    inCi: isInCi(environment),
    now: new Date(),
  })
  for (const warning of warnings) reporter.warning(warning)

  if (mode === 'check' && before !== undefined) {
    const request = lockedRequest(settings.request, before)
    const approvals = await ask(settings, basis, request, ports)
    assertTimeHolds(before, approvals.evidence)
    return judge(approvals, before, settings.request, unrequestedProblems(request, before))
  }
  const approvals = await ask(settings, basis, settings.request, ports)
  assertTimeHolds(before, approvals.evidence)
  const anchor = newAnchor(mode, basis, approvals.evidence, before)
  const after = newLock(approvals, settings.request, basis, anchor)
  for (const problem of approvals.plan.datasetProblems) {
    reporter.warning(`Not locked. ${problem.code}: ${problem.message}`)
  }
  await writeLockfile(path, formatLockfile(after))
  return {
    error: undefined,
    written: true,
    lock: after,
    changes: before === undefined ? [] : describeLockChanges(diffLocks(before, after)),
    notices: [...approvals.plan.notices, ...anchorNotices(basis, after.anchor, before)],
    evidence: approvals.evidence,
  }
}

/** What can be said before anything is asked: the file is there, or is not, as the mode wants it. */
function assertFits(mode: LockMode, state: LockState, raw: RawInputs): void {
  if (mode !== 'create') demandLock(state, `r3mes lock --${mode}`)
  else if (state.kind === 'read' || (state.kind === 'unread' && state.exists)) {
    throw new R3mesError(
      'LOCK_INVALID',
      'There is a lockfile already. `r3mes lock --update` moves it forward, `r3mes lock --check` compares it with the chain. Delete it only to trust anew.',
    )
  }
  if (mode === 'check' && namesRequest(raw)) {
    throw new R3mesError(
      'INPUT_INVALID',
      '`r3mes lock --check` looks at what the lockfile holds. Leave out what is asked for, or change it with `r3mes lock --update`.',
    )
  }
}

function decide(mode: LockMode, situation: TrustSituation): LockDecision {
  switch (mode) {
    case 'create':
      return decideCreate(situation)
    case 'renew':
      return decideRenewal(situation)
    case 'check':
    case 'update':
      return decideUpdate(situation)
  }
}

function lockedRequest(request: Request, lock: Lockfile): Request {
  const resolved = resolveFromLock(request, lock)
  if (resolved.problems.length > 0) throw R3mesError.from(resolved.problems)
  return resolved.request
}

/** Asks the chain; a fork is kept in the store, which is opened for nothing else. */
async function ask(
  settings: Settings,
  { basis }: ProvenBasis,
  request: Request,
  { reporter, environment, signal = new AbortController().signal }: Ports,
): Promise<ProvenApprovals> {
  const { trust, rpcUrls: urls, chainId, home, maxArtifactSize } = settings
  const network = openNetwork({ allowHosts: [], maxArtifactSize, environment, reporter, signal })
  const { dispatcher } = network
  const { minWitnesses, maxHeaderAge: maxHeaderAgeMs } = trust
  const chain = { urls, chainId, dispatcher, reporter, signal, basis, minWitnesses, maxHeaderAgeMs }
  const openedStore = () => openStore({ home, reporter, signal })
  const kept = () => {}
  try {
    const approvals = await reporter.phase('Approvals', () =>
      keepingForks(openedStore, reporter, kept, () =>
        askForProof(chain, { request, options: {} }, 'required'),
      ),
    )
    for (const line of describeEvidence(approvals.evidence)) reporter.info(line)
    return approvals
  } finally {
    await network.close()
  }
}

/**
 * Whether what is locked still is what the chain says. A newer version of something is no difference, only news.
 *
 * @param request as recorded: domains and ranges not yet resolved
 * @param unrequested what is locked and was not compared, since the request does not lead there
 */
function judge(
  { plan, evidence }: ProvenApprovals,
  lock: Lockfile,
  request: Request,
  unrequested: readonly R3mesError[],
): Outcome {
  const held = holdToLock(plan, lock)
  const problems = [...held.problems, ...held.datasetProblems, ...unrequested]
  const sentences = problems.map(({ code, message }) => `${code}: ${message}`)
  const now = plan.problems.length === 0 ? lockOf(plan, { ...lock, request }) : undefined
  return {
    error:
      problems.length === 0
        ? undefined
        : new R3mesError(
            'LOCK_MISMATCH',
            `The chain no longer says what the lockfile holds. ${sentences.join(' ')}`,
            { problems },
          ),
    written: false,
    lock,
    changes: now === undefined ? sentences : describeLockChanges(diffLocks(lock, now)),
    notices: held.notices,
    evidence,
  }
}

function newLock(
  { plan, unbonding }: ProvenApprovals,
  request: Request,
  { trustingPeriod }: ProvenBasis,
  anchor: Lockfile['anchor'],
): Lockfile {
  if (plan.problems.length > 0) throw R3mesError.from(plan.problems)
  return lockOf(plan, {
    request,
    anchor,
    trustingPeriodSeconds: recordedTrustingPeriod(Math.floor(trustingPeriod / 1000), unbonding?.seconds),
    unbondingSeconds: unbonding?.seconds,
  })
}

/** The block that later runs start from: the target, unless no block was added since the lockfile was written. */
function newAnchor(
  mode: LockMode,
  { basis }: ProvenBasis,
  evidence: ChainEvidence,
  before: Lockfile | undefined,
): Lockfile['anchor'] {
  const { target } = evidence
  if (before?.anchor.hash === target.hash) return before.anchor
  const admitted = admittedBy(evidence)
  if (mode !== 'renew') return { ...target, origin: admitted }
  const isWaived = basis.kind === 'light-client' && basis.waiveAge === true
  const how = isWaived
    ? `${admitted} whose age was waived, with ${agreeingEndpoints(evidence).join(', ')}`
    : `${admitted} typed anew`
  return { ...target, origin: shortOrigin(`renewal: ${how}`) }
}

/** What a new anchor does not stand on: whoever commits it has to know. */
function anchorNotices(
  { basis }: ProvenBasis,
  { height }: Lockfile['anchor'],
  before: Lockfile | undefined,
): string[] {
  if (basis.kind === 'quorum') {
    return [
      `Trust is on first use: compare the hash of block ${height} with a source of your own before you commit it.`,
    ]
  }
  if (basis.waiveAge !== true) return []
  return [
    `The block of height ${before?.anchor.height} had grown too old to be trusted. Its age was waived, since endpoints on two hosts agree: compare the hash of block ${height} with a source of your own before you commit it.`,
  ]
}
