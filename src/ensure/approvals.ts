import { readFromChain } from '../chain/index.ts'
import { R3mesError } from '../core/index.ts'
import {
  type Plan,
  plan,
  queryReader,
  readSnapshot,
  type Snapshot,
  wantsKnownAdapters,
  withKnownAdapters,
} from '../registry/index.ts'
import type { Run } from './open-run.ts'
import { describePlanned } from './present.ts'

/**
 * Reads what the chain approved and plans with it. A plan that has problems ends the run here, with all of them, before
 * any content host is asked.
 */
export async function readApprovals(run: Run): Promise<Plan> {
  const { settings, reporter, record } = run
  return await reporter.phase('Approvals', async () => {
    const planned = await record.timed('approvals', () => ask(run))
    record.planned(planned)
    for (const notice of planned.notices) reporter.notice(notice)
    for (const problem of planned.datasetProblems) reporter.warning(`${problem.code}: ${problem.message}`)
    if (planned.problems.length > 0) throw R3mesError.from(planned.problems)
    for (const artifact of record.result.planned) reporter.info(describePlanned(artifact))
    if (settings.planOnly) reporter.info('plan-only: nothing is fetched.')
    return planned
  })
}

async function ask(run: Run): Promise<Plan> {
  const { settings, reporter, record, network, signal } = run
  const options = {
    urls: settings.rpcUrls,
    chainId: settings.chainId,
    dispatcher: network.dispatcher,
    reporter,
    signal,
    fallbackReader: queryReader,
  }
  return await readFromChain(options, async (reader) => {
    const snapshot = await readSnapshot(reader, settings.request)
    noteTrust(run, snapshot)
    record.snapshotRead(snapshot)
    const context = { hfEndpoint: settings.hfEndpoint, maxArtifactSize: settings.maxArtifactSize }
    const first = plan(settings.request, snapshot, context)
    if (!wantsKnownAdapters(first)) return first
    // The names of what is approved make the problems easier to mend; reading them may fail without harm.
    return plan(settings.request, await withKnownAdapters(reader, snapshot), context)
  })
}

function noteTrust({ reporter }: Run, snapshot: Snapshot): void {
  reporter.info(`Chain ${snapshot.chainId} at height ${snapshot.height}, asked at ${snapshot.endpoint}.`)
  reporter.warning(
    'trust: rpc. One RPC endpoint was believed: whoever runs it, or sits between it and this machine, could have named other digests. Use an endpoint that you run or trust.',
  )
}
