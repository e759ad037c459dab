import { randomBytes } from 'node:crypto'
import { printableJson, type R3mesError, VERSION } from '../core/index.ts'
import type { Store } from '../store/index.ts'
import { originOf, type RunOrigin } from './job.ts'
import { providerShares } from './present.ts'
import type { Environment, Settings } from './settings.ts'
import type { EnsureResult } from './types.ts'

/** What is kept of one text from a host or a chain, in characters, and of the places that failed. */
const MOST_TEXT = 16_384
const MOST_FAILURES = 1_000

function shortened(text: string): string {
  return text.length > MOST_TEXT
    ? `${text.slice(0, MOST_TEXT)}… (${text.length - MOST_TEXT} more characters)`
    : text
}

function errorEntry(error: R3mesError): unknown {
  return {
    code: error.code,
    message: error.message,
    detail: error.detail === undefined ? undefined : shortened(error.detail),
    problems: error.problems.length > 0 ? error.problems.map(errorEntry) : undefined,
  }
}

/** What an auditor needs to judge the approvals again: from which block to which, by way of which, and who agreed. */
function proofEntry(result: EnsureResult): unknown {
  const { evidence, trustingPeriod, trustExpiresAt, forkEvidencePath } = result
  return {
    target: evidence?.target,
    anchor: evidence?.anchor,
    trace: evidence?.trace,
    primary: evidence?.primary,
    witnesses: evidence?.witnesses,
    trustingPeriodSeconds: trustingPeriod === undefined ? undefined : Math.floor(trustingPeriod / 1000),
    trustExpiresAt,
    forkEvidence: forkEvidencePath,
  }
}

/**
 * The receipt: machine-readable evidence of a run. 64-bit numbers are decimal strings, times are ISO 8601 in UTC,
 * durations are milliseconds. It may hold text from a network, written so that no line of it is a command of the runner when
 * somebody prints the file.
 *
 * @param origin the job and its machine; absent outside of a workflow
 */
export function formatReceipt(
  settings: Settings,
  result: EnsureResult,
  finishedAt: Date,
  origin?: RunOrigin,
): string {
  const { request } = settings
  const receipt = {
    version: 1,
    tool: { name: 'setup-r3mes', version: VERSION },
    startedAt: result.startedAt,
    finishedAt,
    origin,
    success: result.success,
    interrupted: result.interrupted,
    planOnly: result.planOnly,
    error: result.error === undefined ? undefined : errorEntry(result.error),
    chain: {
      id: result.chainId,
      height: result.height,
      trust: result.trust,
      endpoint: result.endpoint,
    },
    proof: proofEntry(result),
    lockfile: { path: settings.trust.lockfile.path, frozen: result.frozen },
    request,
    modelVersion: result.modelVersion,
    planned: result.planned,
    artifacts: result.artifacts,
    notices: result.notices,
    datasetProblems: result.datasetProblems.map(errorEntry),
    failures: result.failures
      .slice(0, MOST_FAILURES)
      .map((failure) => ({ ...failure, reason: shortened(failure.reason) })),
    failuresLeftOut: Math.max(0, result.failures.length - MOST_FAILURES),
    bytesDownloaded: result.bytesDownloaded,
    providers: providerShares(result),
    cache: { status: result.cacheStatus, hit: result.cacheHit },
    waitedForOtherJobs: result.waited,
    jobLease: result.jobLease,
    phases: result.phases,
  }
  const plain: unknown = JSON.parse(
    JSON.stringify(receipt, (_key, value) => (typeof value === 'bigint' ? value.toString() : value)),
  )
  return `${printableJson(plain, 2)}\n`
}

/** Writes the receipt below `cache/receipts/` of the store; returns its absolute path. */
export async function writeReceipt(
  store: Store,
  settings: Settings,
  result: EnsureResult,
  environment: Environment,
): Promise<string> {
  const finishedAt = new Date()
  const stamp = finishedAt.toISOString().replaceAll(/[-:]/g, '').replace(/\..*/, 'Z')
  const name = `receipts/${stamp}-${randomBytes(4).toString('hex')}.json`
  const origin = await originOf(environment, store.home)
  return await store.writeCacheFile(name, formatReceipt(settings, result, finishedAt, origin))
}
