/**
 * Whether the store is kept from job to job. Nothing in a runner's environment says so: a self-hosted runner may be made anew for
 * every job. A receipt that an earlier job left in this store, on this machine, does.
 */
import type { Store } from '../store/index.ts'
import { type JobName, originOf, type RunOrigin } from './job.ts'
import type { Environment } from './settings.ts'

/** How many of the newest receipts are looked at: those of the steps of one job stand before those of others. */
const MOST_RECEIPTS = 32
/** Characters: a receipt of a hundred thousand files is longer, and not worth the time. */
const MOST_TEXT = 16 * 1024 * 1024

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function parsed(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return {}
  }
}

const sameIn = <T extends object>(found: Fields, own: T, names: readonly (keyof T & string)[]): boolean =>
  names.every((name) => typeof found[name] === 'string' && found[name] === own[name])

/**
 * Whether a receipt was left by an earlier job on this very machine, in this very store. Steps of one job, and the jobs of a matrix
 * that share its name, count as one.
 *
 * @param receipt text of the file. Nothing of it is believed to be well-formed; a forged one costs the use of the Actions cache.
 */
export function isOfEarlierJob(receipt: string, here: RunOrigin): boolean {
  const { origin } = parsed(receipt)
  const job = fieldsOf(fieldsOf(origin)['job'])
  const machine = fieldsOf(fieldsOf(origin)['machine'])
  if (typeof job['runId'] !== 'string') return false
  if (sameIn<JobName>(job, here.job, ['repository', 'runId', 'attempt', 'job'])) return false
  const sameMachine = sameIn(machine, here.machine, ['boot']) || sameIn(machine, here.machine, ['host'])
  return sameMachine && sameIn(machine, here.machine, ['store'])
}

/**
 * @returns false as well when nothing can be read: then the Actions cache is used, which costs time only
 */
export async function holdsEarlierJob(
  store: Pick<Store, 'home' | 'receipts'>,
  environment: Environment,
): Promise<boolean> {
  // GitHub makes its machines anew for every job. A store on one came in with its image.
  if (environment['RUNNER_ENVIRONMENT'] === 'github-hosted') return false
  const here = await originOf(environment, store.home)
  if (here === undefined) return false
  let looked = 0
  for await (const receipt of store.receipts()) {
    if (receipt.length <= MOST_TEXT && isOfEarlierJob(receipt, here)) return true
    looked += 1
    if (looked === MOST_RECEIPTS) break
  }
  return false
}
