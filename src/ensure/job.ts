/** Which job of which workflow a run belongs to, on which machine and in which store: what a receipt says of its origin. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { sanitiseLine } from '../core/index.ts'
import type { Environment } from './settings.ts'

/** A job as the runner's environment names it. Text that is safe to print, each part at most 200 characters. */
export interface JobName {
  readonly repository: string
  readonly workflow: string
  /** Decimal. */
  readonly runId: string
  /** Decimal: counts the re-runs of a run, from 1 on. */
  readonly attempt: string
  /** Id of the job in its workflow file. */
  readonly job: string
  readonly runner: string
}

/**
 * What tells this machine and this store from a copy of them elsewhere. Hashes: a receipt may be published, and a machine's id
 * is nobody's business.
 */
export interface Machine {
  /** This start of the machine, containers on it included; undefined where nothing names it. */
  readonly boot: string | undefined
  /** The machine over all its starts. */
  readonly host: string
  /** The folder of the store: one that was unpacked or copied elsewhere is another one. */
  readonly store: string
}

/** Where a run took place. */
export interface RunOrigin {
  readonly job: JobName
  readonly machine: Machine
}

const MOST_TEXT = 200

/** The job of this run; undefined outside of a workflow. */
export function jobOf(environment: Environment): JobName | undefined {
  const text = (variable: string): string => sanitiseLine(environment[variable] ?? '', MOST_TEXT)
  if (!/^\d{1,20}$/.test(text('GITHUB_RUN_ID'))) return undefined
  return {
    repository: text('GITHUB_REPOSITORY'),
    workflow: text('GITHUB_WORKFLOW'),
    runId: text('GITHUB_RUN_ID'),
    attempt: text('GITHUB_RUN_ATTEMPT'),
    job: text('GITHUB_JOB'),
    runner: text('RUNNER_NAME'),
  }
}

function hashed(...texts: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(['setup-r3mes', ...texts]))
    .digest('hex')
    .slice(0, 32)
}

async function lineOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim()
}

/**
 * This machine, and the store in it.
 *
 * @param home absolute path of a store that is there
 */
export async function thisMachine(home: string): Promise<Machine> {
  const [boot, id, folder] = await Promise.all([
    lineOf('/proc/sys/kernel/random/boot_id'),
    lineOf('/etc/machine-id'),
    stat(home, { bigint: true }),
  ])
  return {
    boot: boot === '' ? undefined : hashed('boot', boot),
    host: hashed('host', id, hostname()),
    store: hashed('store', String(folder.ino), String(folder.birthtimeNs)),
  }
}

/** Where this run takes place; undefined outside of a workflow. */
export async function originOf(environment: Environment, home: string): Promise<RunOrigin | undefined> {
  const job = jobOf(environment)
  return job === undefined ? undefined : { job, machine: await thisMachine(home) }
}
