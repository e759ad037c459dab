/** What the environment says about who started this run. */
import type { Environment } from '../settings.ts'

/**
 * Events that run with the rights of the repository on what somebody else may have written. GitHub gives them to workflows
 * that then often check out a stranger's branch, so a file in the workspace may be the stranger's.
 */
const UNTRUSTED_EVENTS = ['pull_request_target', 'workflow_run', 'issue_comment'] as const
export type UntrustedEvent = (typeof UNTRUSTED_EVENTS)[number]

/** The event when it is one of those, else undefined. */
export function untrustedEvent(environment: Environment): UntrustedEvent | undefined {
  const name = wordOf(environment['GITHUB_EVENT_NAME'])
  return UNTRUSTED_EVENTS.find((event) => event === name)
}

/**
 * Whether nobody watches: `CI` is set, as every CI service does. Workflows set `CI: false` to calm other tools; the runner's own
 * `GITHUB_ACTIONS` stays, and `frozen: false` says what is meant.
 */
export function isInCi(environment: Environment): boolean {
  return [environment['CI'], environment['GITHUB_ACTIONS']].some(
    (value) => !['', 'false', '0'].includes(wordOf(value)),
  )
}

function wordOf(value: string | undefined): string {
  return value?.trim().toLowerCase() ?? ''
}
