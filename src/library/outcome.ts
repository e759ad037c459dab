/** How what the Python registry had answers: pairs that say whether it went well, and the error behind them. */
import { type ErrorCode, R3mesError } from '../core/index.ts'
import type { ArtifactReport, AskedPlan, EnsureResult } from '../ensure/index.ts'
import type { PlannedArtifact } from '../registry/index.ts'

/**
 * What came of a download: `[true, path]`, or `[false, undefined, error]`. `path` is absolute; what stands there is verified.
 */
export type Downloaded =
  | readonly [success: true, path: string, error?: undefined]
  | readonly [success: false, path: undefined, error: R3mesError]

/** How a call ended that brings or reads several things. */
export interface Outcome {
  readonly success: boolean
  /** What failed and what to do about it: our own words, checked names, numbers and hex. Undefined on success. */
  readonly errorMessage: string | undefined
  /** See docs/errors.md. Undefined on success. */
  readonly errorCode: ErrorCode | undefined
  /** The same as an error, with what hosts said as its `detail`. */
  readonly error: R3mesError | undefined
}

export function outcomeOf(error: R3mesError | undefined): Outcome {
  return { success: error === undefined, errorMessage: error?.message, errorCode: error?.code, error }
}

/** The one thing of its kind that a run put in place, or why it did not. */
export function downloadedOf(result: EnsureResult, kind: ArtifactReport['kind']): Downloaded {
  if (result.error !== undefined) return [false, undefined, result.error]
  const placed = result.artifacts.find((artifact) => artifact.kind === kind)
  if (placed !== undefined) return [true, placed.path]
  const problem = new R3mesError('INTERNAL', `The run ended well without putting a ${kind} in place.`)
  return [false, undefined, problem]
}

/** What is approved of one kind, as it was read just now. */
export interface SyncedRecords<Info> extends Outcome {
  readonly chainId: string
  /** The height that was read; undefined when none was. */
  readonly height: bigint | undefined
  readonly trust: 'light-client' | 'quorum' | 'rpc' | 'lockfile' | undefined
  /** Everything that is approved and can be brought. Empty when it failed. */
  readonly approved: readonly Info[]
}

export function syncedOf<Info>(
  { result, plan }: AskedPlan,
  infosOf: (artifacts: readonly PlannedArtifact[]) => readonly Info[],
): SyncedRecords<Info> {
  const { chainId, height, trust, error } = result
  const approved = error === undefined ? infosOf(plan?.artifacts ?? []) : []
  return { ...outcomeOf(error), chainId, height, trust, approved }
}
