import { printableJson } from '../core/index.ts'
import { witnessesThatAgree } from './approvals/evidence.ts'
import type { OutputName } from './inputs.ts'
import type { ArtifactReport, EnsureResult } from './types.ts'

/** Largest value of an output in bytes; what is larger stands in the receipt alone. */
const OUTPUT_LIMIT = 8 * 1024

/** Paths by adapter id or dataset name. */
export function artifactPaths(result: EnsureResult, kind: ArtifactReport['kind']): Record<string, string> {
  return Object.fromEntries(
    result.artifacts
      .filter((artifact) => artifact.kind === kind)
      .map((artifact) => [artifact.id, artifact.path]),
  )
}

export function modelPath(result: EnsureResult): string {
  return result.artifacts.find((artifact) => artifact.kind === 'model')?.path ?? ''
}

/** The run in a few lines. Checked names, numbers and hex only: it lands in people's expressions. */
function statusOf(result: EnsureResult): Record<string, unknown> {
  return {
    success: result.success,
    interrupted: result.interrupted,
    planOnly: result.planOnly,
    chainId: result.chainId,
    height: result.height?.toString() ?? null,
    trust: result.trust ?? null,
    frozen: result.frozen,
    witnesses: witnessCounts(result),
    modelVersion: result.modelVersion ?? null,
    planned: result.planned.map(({ kind, id, version, digest }) => ({ kind, id, version, digest })),
    ready: result.artifacts.map(({ kind, id, change }) => ({ kind, id, change })),
    cacheStatus: result.cacheStatus,
    bytesDownloaded: result.bytesDownloaded,
    errorCodes: errorCodes(result),
    datasetErrorCodes: result.datasetProblems.map((problem) => problem.code),
  }
}

function witnessCounts({ evidence }: EnsureResult): Record<string, number> | null {
  if (evidence === undefined) return null
  return { asked: evidence.witnesses.length, agree: witnessesThatAgree(evidence).length }
}

function errorCodes(result: EnsureResult): string[] {
  if (result.error === undefined) return []
  return result.error.problems.length > 0
    ? result.error.problems.map((problem) => problem.code)
    : [result.error.code]
}

/** Whether a text is short enough for an output. */
export function fitsOutput(text: string): boolean {
  return Buffer.byteLength(text) <= OUTPUT_LIMIT
}

/** JSON within the limit, else `fallback`. */
function limited(value: unknown, fallback: unknown): string {
  const text = printableJson(value)
  return fitsOutput(text) ? text : printableJson(fallback)
}

/**
 * The text without the characters that a shell or a script obeys between quotes: people paste this output into `run: echo "${{ … }}"`,
 * where a name in backticks would be started as a command.
 */
function inert(text: string): string {
  return text
    .replaceAll(/`([^`]*)`/g, '‘$1’')
    .replaceAll(/[`"$\\]/g, '')
    .replaceAll("'", '’')
}

function clip(text: string): string {
  let kept = text.slice(0, OUTPUT_LIMIT)
  while (!fitsOutput(kept)) kept = kept.slice(0, -16)
  return kept
}

/** A sentence of ours as an output. */
export function sentenceOutput(text: string): string {
  return clip(inert(text))
}

/**
 * Every output of the action, on every path. Maps that would pass {@link OUTPUT_LIMIT} are `{}`, a status that would is cut to
 * its codes; the receipt has all of it.
 */
export function outputsOf(result: EnsureResult): Record<OutputName, string> {
  const message = result.interrupted
    ? 'The run was stopped by a signal. What it had put in place was taken back.'
    : (result.error?.message ?? '')
  return {
    success: String(result.success),
    'model-path': modelPath(result),
    'model-version': result.modelVersion ?? '',
    'adapter-paths': limited(artifactPaths(result, 'adapter'), {}),
    'dataset-paths': limited(artifactPaths(result, 'dataset'), {}),
    home: result.home,
    'cache-hit': String(result.cacheHit),
    'cache-status': result.cacheStatus,
    'registry-height': result.height?.toString() ?? '',
    trust: result.trust ?? '',
    'trust-expires-at': result.trustExpiresAt?.toISOString() ?? '',
    'bytes-downloaded': String(result.bytesDownloaded),
    receipt: result.receiptPath ?? '',
    status: limited(statusOf(result), {
      success: result.success,
      errorCodes: errorCodes(result).slice(0, 100),
    }),
    'error-code': result.error?.code ?? '',
    'error-message': sentenceOutput(message),
  }
}

/** Variables for later steps. They are never inputs of this project. */
export function readyEnvironment(result: EnsureResult): Record<string, string> {
  return {
    R3MES_READY_MODEL_PATH: modelPath(result),
    R3MES_READY_MODEL_VERSION: result.modelVersion ?? '',
    R3MES_READY_ADAPTERS: limited(artifactPaths(result, 'adapter'), {}),
    R3MES_READY_DATASETS: limited(artifactPaths(result, 'dataset'), {}),
  }
}
