import { R3mesError } from '../core/index.ts'
import type { Settings } from './settings.ts'

/** What ended a run that took longer than it may. */
export function deadlineError(settings: Settings, cause: unknown): R3mesError {
  const minutes = Math.round((settings.deadline ?? 0) / 60_000)
  return new R3mesError(
    'DEADLINE_EXCEEDED',
    `The run took longer than ${minutes} minutes. Allow more with \`deadline-minutes\`, or look in the log for the slow source.`,
    { cause },
  )
}
