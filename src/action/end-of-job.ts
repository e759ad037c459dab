import { existsSync } from 'node:fs'
import { asR3mesError, type Reporter } from '../core/index.ts'
import { openStore, type Store } from '../store/index.ts'
import type { JobState } from './state.ts'

/** What the end of a job did, as sentences for people. Some hold names that came from a registry: sanitise before printing. */
export interface JobEnd {
  readonly lease: string | undefined
  /** The first says what came of it, the others name what went. */
  readonly pruned: readonly string[]
}

interface EndPorts {
  readonly reporter: Reporter
  /** Ends the pruning. The lease is released in any case. */
  readonly signal: AbortSignal
}

/**
 * Releases the job's lease, and prunes when that was asked for. Whatever fails is a warning: the job is over, and its work is
 * not worth less. A lease that could not be released ends with the job's process, or after five days.
 */
export async function endJob(state: JobState, { reporter, signal }: EndPorts): Promise<JobEnd> {
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted) {
        reporter.info('A signal ended the work at the end of the job early.')
        return undefined
      }
      const { code, message } = asR3mesError(error)
      reporter.warning(`${what} ${code}: ${message}`)
      return undefined
    }
  }
  const nothing: JobEnd = { lease: undefined, pruned: [] }
  // Opening it would make it anew.
  if (!existsSync(state.home)) return nothing
  if (state.lease === undefined && state.prune === undefined) return nothing

  const store = await attempt('The store could not be opened at the end of the job.', () =>
    openStore({
      home: state.home,
      ...(state.modelDir === undefined ? {} : { modelDir: state.modelDir }),
      ...(state.adapterDir === undefined ? {} : { adapterDir: state.adapterDir }),
      doing: 'end of a job',
      reporter,
      signal,
    }),
  )
  if (store === undefined) return nothing
  const lease = await attempt("The job's lease could not be released.", () => release(store, state.lease))
  if (lease !== undefined) reporter.info(lease)
  const pruned = await attempt('The store could not be pruned.', () =>
    prune(store, state.prune, reporter, signal),
  )
  await attempt('The store could not be closed.', () => store.close())
  return { lease, pruned: pruned ?? [] }
}

async function release(store: Store, lease: string | undefined): Promise<string | undefined> {
  if (lease === undefined) return undefined
  return (await store.leases.release(lease))
    ? 'The lease on what this job used was released.'
    : 'The lease on what this job used had ended already.'
}

async function prune(
  store: Store,
  rules: JobState['prune'],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (rules === undefined || signal.aborted) return []
  // Loaded when it is asked for: most jobs end without it.
  const { pruneAtEnd } = await import('./prune-at-end.ts')
  return await pruneAtEnd(store, rules, reporter, signal)
}
