import * as core from '@actions/core'
import { sanitiseText } from '../core/index.ts'
import { LogReporter } from './log-reporter.ts'
import { keepCommand } from './offer-command.ts'
import { formatJobEnd } from './post-summary.ts'
import { parseState, STATE_NAME } from './state.ts'

/**
 * The action's post step, at the end of the job: releases what main left in use and prunes when that was asked for. It runs also
 * after a main that failed, was stopped, or never started, and it never fails a job: every exit has code 0.
 */
async function post(): Promise<void> {
  const reporter = new LogReporter()
  await endStore(reporter)
  await keepCommand(process.env, reporter)
  reporter.annotate()
}

/** What main left to do in the store. */
async function endStore(reporter: LogReporter): Promise<void> {
  const state = parseState(core.getState(STATE_NAME))
  if (state === undefined) return
  const signal = stopOnSignals()
  // Loaded when there is something to do.
  const { endJob } = await import('./end-of-job.ts')
  const end = await endJob(state, { reporter, signal })
  await writeSummary(formatJobEnd(end), reporter)
}

/** The first signal ends the pruning, the second one the process: the runner does not wait for long. */
function stopOnSignals(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(0)
      controller.abort(new DOMException(`The process received ${name}`, 'AbortError'))
    })
  }
  return controller.signal
}

async function writeSummary(text: string, reporter: LogReporter): Promise<void> {
  if (text === '' || !process.env['GITHUB_STEP_SUMMARY']) return
  try {
    await core.summary.addRaw(text).write()
  } catch (error) {
    reporter.warning(`The job summary could not be written. ${String(error)}`)
  }
}

/** What nobody foresaw is said, and changes nothing. */
function giveUp(error: unknown): never {
  core.warning(sanitiseText(`The end of the job is not complete. ${String(error)}`), { title: 'setup-r3mes' })
  process.exit(0)
}

process.on('uncaughtException', giveUp)
// Whoever read the log is gone. The work goes on all the same.
process.stdout.on('error', () => undefined)
post().catch(giveUp)
