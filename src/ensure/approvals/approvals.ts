import {
  type ChainEvidence,
  countHosts,
  type ProvenChainOptions,
  type ProvenTrust,
  type ReadTrust,
} from '../../chain/index.ts'
import { R3mesError } from '../../core/index.ts'
import {
  type FrozenRequest,
  holdToLock,
  type Lockfile,
  type Plan,
  planFromLock,
  type Request,
  resolveFromLock,
} from '../../registry/index.ts'
import type { Run } from '../open-run.ts'
import { describePlanned } from '../present.ts'
import type { VerifyMode } from '../settings.ts'
import { isInCi, untrustedEvent } from '../trust/events.ts'
import { readLockState } from '../trust/lock-file.ts'
import { assertTimeHolds, decideTrust, type ProvenBasis, type TrustDecision } from '../trust/trust.ts'
import { type ApprovalQuestion, askForProof, askOneEndpoint, type Planner } from './ask-chain.ts'
import { describeEvidence, expiryWarnings, trustExpiry } from './evidence.ts'
import { keepingForks } from './fork-evidence.ts'
import { offerLock } from './offer.ts'

/** What whoever asks wants beside the judgement. */
export interface PlanWanted {
  readonly planner?: Planner | undefined
  readonly onPlan?: (plan: Plan) => void
}

/**
 * Reads what is approved, from the basis of trust that the inputs and the lockfile give, and plans with it. A plan that has
 * problems ends the run here, with all of them, before any content host is asked.
 *
 * @param wanted what else is wanted than the request's own plan, and who is shown the plan before it is judged
 */
export async function readApprovals(run: Run, wanted: PlanWanted = {}): Promise<Plan> {
  const { reporter, record } = run
  return await reporter.phase('Approvals', async () => {
    const planned = await record.timed('approvals', () => resolve(run, wanted.planner))
    record.planned(planned)
    wanted.onPlan?.(planned)
    for (const notice of planned.notices) reporter.notice(notice)
    for (const problem of planned.datasetProblems) reporter.warning(`${problem.code}: ${problem.message}`)
    if (planned.problems.length > 0) throw R3mesError.from(planned.problems)
    for (const artifact of record.result.planned) reporter.info(describePlanned(artifact))
    return planned
  })
}

/** Decides what to trust, asks accordingly, and holds the answer against the lockfile. */
async function resolve(run: Run, planner: Planner | undefined): Promise<Plan> {
  const { settings, record, reporter } = run
  const decision = await decide(run)
  if (decision.frozen !== undefined) {
    record.frozen()
    refuseRecordedChecks(settings.verify)
    reporter.info('Frozen: only what the lockfile holds is brought, and only while its record is unchanged.')
  }
  const asked = lockedRequest(settings.request, decision.frozen)
  const planned = await ask(run, decision, asked.request, planner)
  record.approvalsRead(planned)
  return { ...planned, datasetProblems: [...asked.datasetProblems, ...planned.datasetProblems] }
}

/**
 * A frozen run says that it handed out the locked bytes. A check that was recorded earlier, in a file that whoever may write
 * the store could have changed, is not that.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
function refuseRecordedChecks(verify: VerifyMode): void {
  if (verify === 'always') return
  throw new R3mesError(
    'INPUT_INVALID',
    '`verify: changed` trusts checks that were recorded earlier, and a frozen run hashes every byte that it hands out. Remove `verify: changed`, or set `frozen: false`.',
  )
}

async function decide(run: Run): Promise<TrustDecision> {
  const { settings, environment } = run
  const { trust: inputs, chainId, rpcUrls } = settings
  const decision = decideTrust({
    inputs,
    chainId,
    endpoints: { urls: rpcUrls.length, hosts: countHosts(rpcUrls) },
    lock: await readLockState(inputs.lockfile.path, untrustedEvent(environment)),
    inCi: isInCi(environment),
    now: new Date(),
  })
  say(run, decision)
  return decision
}

/** Said at once, and kept for summary and receipt. */
function say({ reporter, record }: Run, said: Pick<TrustDecision, 'notices' | 'warnings'>): void {
  for (const notice of said.notices) reporter.notice(notice)
  for (const warning of said.warnings) reporter.warning(warning)
  for (const text of [...said.notices, ...said.warnings]) record.notice(text)
}

/** The request with nothing left to choose, so that nothing newer than the lockfile comes in by itself. */
function lockedRequest(
  request: Request,
  frozen: Lockfile | undefined,
): Pick<FrozenRequest, 'request' | 'datasetProblems'> {
  if (frozen === undefined) return { request, datasetProblems: [] }
  const resolved = resolveFromLock(request, frozen)
  if (resolved.problems.length > 0) throw R3mesError.from(resolved.problems)
  return resolved
}

async function ask(
  run: Run,
  decision: TrustDecision,
  request: Request,
  planner: Planner | undefined,
): Promise<Plan> {
  const { settings, reporter, record, network, signal } = run
  const options = { hfEndpoint: settings.hfEndpoint, maxArtifactSize: settings.maxArtifactSize }
  const question: ApprovalQuestion = { request, options, planner }
  const chain = {
    urls: settings.rpcUrls,
    chainId: settings.chainId,
    dispatcher: network.dispatcher,
    reporter,
    signal,
  }
  const { basis, frozen } = decision
  switch (basis.kind) {
    case 'lockfile':
      record.trustEnds(basis.expiresAt)
      return planFromLock(request, basis.lock, options)
    case 'rpc': {
      const planned = await askOneEndpoint(chain, question)
      reporter.info(`Chain ${planned.chainId} at height ${planned.height}, asked at ${planned.endpoint}.`)
      return heldTo(planned, frozen)
    }
    case 'proven': {
      const { minWitnesses, maxHeaderAge: maxHeaderAgeMs } = settings.trust
      const proving = { ...chain, basis: basis.basis, minWitnesses, maxHeaderAgeMs }
      return heldTo(await askProven(run, basis, decision, question, proving), frozen)
    }
  }
}

/** The plan, with what differs from the lockfile as problems. */
function heldTo(planned: Plan<ReadTrust>, frozen: Lockfile | undefined): Plan {
  return frozen === undefined ? planned : holdToLock(planned, frozen)
}

async function askProven(
  run: Run,
  { basis, trustingPeriod }: ProvenBasis,
  { offersLock, lock }: TrustDecision,
  question: ApprovalQuestion,
  chain: ProvenChainOptions,
): Promise<Plan<ProvenTrust>> {
  const { reporter, record, store, settings } = run
  const approvals = await keepingForks(
    async () => store,
    reporter,
    (path) => record.forkKept(path),
    () =>
      askForProof(chain, question, offersLock ? 'wanted' : 'none', (verified) =>
        record.proven(verified, trustingPeriod),
      ),
  )
  const { plan, evidence } = approvals
  assertTimeHolds(lock, evidence)
  for (const line of describeEvidence(evidence)) reporter.info(line)
  const expiresAt = trustExpiry(evidence, trustingPeriod)
  record.trustEnds(expiresAt)
  if (basis.kind === 'quorum') say(run, { notices: [firstUseNotice(evidence)], warnings: [] })
  else {
    say(run, {
      notices: [],
      warnings: expiryWarnings(expiresAt, trustingPeriod, new Date(), MOVE_FORWARD),
    })
  }
  if (offersLock) {
    const offer = offerLock(approvals, settings.request, trustingPeriod)
    if (offer !== undefined) record.offers(offer)
  }
  return plan
}

const MOVE_FORWARD =
  'Move the lockfile forward with `r3mes lock --update`, or type a newer `trusted-height` and `trusted-hash`.'

function firstUseNotice({ target }: ChainEvidence): string {
  return `trust: quorum. Trust is on first use: nothing ties the next run to this block. Pin it with \`trusted-height: ${target.height}\` and \`trusted-hash: ${target.hash}\`, or run \`r3mes lock\` and commit r3mes.lock.`
}
