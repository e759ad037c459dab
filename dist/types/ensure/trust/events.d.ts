/** What the environment says about who started this run. */
import type { Environment } from '../settings.js';
/**
 * Events that run with the rights of the repository on what somebody else may have written. GitHub gives them to workflows
 * that then often check out a stranger's branch, so a file in the workspace may be the stranger's.
 */
declare const UNTRUSTED_EVENTS: readonly ['pull_request_target', 'workflow_run', 'issue_comment'];
export type UntrustedEvent = (typeof UNTRUSTED_EVENTS)[number];
/** The event when it is one of those, else undefined. */
export declare function untrustedEvent(environment: Environment): UntrustedEvent | undefined;
/**
 * Whether nobody watches: `CI` is set, as every CI service does. Workflows set `CI: false` to calm other tools; the runner's own
 * `GITHUB_ACTIONS` stays, and `frozen: false` says what is meant.
 */
export declare function isInCi(environment: Environment): boolean;
export {};
