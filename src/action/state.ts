/**
 * What main hands to post. The runner keeps it between the two as text, in an environment variable; nothing that later steps do
 * changes it.
 */
import { isAbsolute } from 'node:path'
import type { PruneRules, Settings } from '../ensure/index.ts'

/** The name under which the runner keeps it. */
export const STATE_NAME = 'r3mes'

/** Raised when older text would be misread. */
const VERSION = 1

/** A store that a job used, and what the end of the job has to do in it. */
export interface JobState {
  /** Absolute paths, as main opened the store. */
  readonly home: string
  readonly modelDir: string | undefined
  readonly adapterDir: string | undefined
  /** Undefined: nothing is to be pruned. */
  readonly prune: PruneRules | undefined
  /** The lease that the job holds; undefined when it holds none. */
  readonly lease: string | undefined
}

/** What is left to do for a job whose main opened a store with these settings. */
export function stateOf(settings: Settings, lease?: string): JobState {
  const { home, modelDir, adapterDir, prune } = settings
  return { home, modelDir, adapterDir, prune, lease }
}

export function formatState(state: JobState): string {
  return JSON.stringify({ version: VERSION, ...state })
}

const isPath = (value: unknown): value is string => typeof value === 'string' && isAbsolute(value)

const isMissingOr = <T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined =>
  value === undefined || is(value)

const isAmount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

/** It becomes the name of a file. */
const isLease = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{1,100}$/.test(value)

function rulesOf(value: unknown): PruneRules | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { maxAge, maxSize, minFree, keepPopular }: Readonly<Record<string, unknown>> = { ...value }
  const asks = [maxAge, maxSize, minFree].some((rule) => rule !== undefined)
  if (!asks || !isMissingOr(maxAge, isAmount) || !isMissingOr(maxSize, isAmount)) return undefined
  if (!isMissingOr(minFree, isAmount) || !isMissingOr(keepPopular, isAmount)) return undefined
  return { maxAge, maxSize, minFree, keepPopular }
}

/**
 * What main left. A part of another form counts as absent, so that the end of a job never does what nobody asked for.
 *
 * @param text of the environment variable; empty when main did not run, or came to no store
 * @returns undefined when there is nothing to do, or nothing that can be read
 */
export function parseState(text: string): JobState | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const state: Readonly<Record<string, unknown>> = { ...parsed }
  const { version, home, modelDir, adapterDir, lease } = state
  if (version !== VERSION || !isPath(home)) return undefined
  if (!isMissingOr(modelDir, isPath) || !isMissingOr(adapterDir, isPath)) return undefined
  return {
    home,
    modelDir,
    adapterDir,
    prune: rulesOf(state['prune']),
    lease: isLease(lease) ? lease : undefined,
  }
}
