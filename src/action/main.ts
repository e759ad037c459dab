import * as core from '@actions/core'
import { sanitiseText } from '../core/index.ts'
import {
  ensureFromInputs,
  homeOf,
  inputText,
  interruptOnSignals,
  outliveClosedPipes,
  privateKeyNames,
} from '../ensure/index.ts'
import { findCacheService } from './cache-service.ts'
import { warningForContainer } from './container.ts'
import { jobFor } from './job.ts'
import { noteJobEnd } from './job-end.ts'
import { offerCommand } from './offer-command.ts'
import { publish } from './publish.ts'
import { readInputs } from './read-inputs.ts'
import { ActionReporter } from './reporter.ts'

/** The action's main step: reads inputs, runs, publishes what happened, and leaves to post what the end of the job has to do. */
async function main(): Promise<void> {
  outliveClosedPipes()
  const interruption = interruptOnSignals()
  const reporter = new ActionReporter()
  const inputs = readInputs(process.env)
  const secrets = [
    ...privateKeyNames(Object.keys(inputs)).map((name) => inputs[name]),
    inputText('hf-token', inputs, process.env),
  ]
  for (const secret of secrets) if (secret) core.setSecret(secret)
  const unmounted = await warningForContainer(homeOf(inputs, process.env), process.env)
  if (unmounted !== undefined) reporter.warning(unmounted)

  // While the chain is waited for.
  const offered = offerCommand(process.env, reporter)
  const result = await ensureFromInputs(inputs, {
    reporter,
    environment: process.env,
    signal: interruption.signal,
    findCache: (mode) => findCacheService(mode, process.env),
    job: jobFor(process.env, process.ppid),
    jobEnd: noteJobEnd(),
  })
  await offered
  // A run that succeeded had a valid flag: true in one of its three spellings, or false.
  await publish(result, inputText('export-env', inputs, process.env).toLowerCase() === 'true')
  reporter.annotate()
  process.exitCode = interruption.exitCode() ?? result.error?.exitCode ?? 0
}

main().catch((error: unknown) => {
  core.error(sanitiseText(`INTERNAL: ${error instanceof Error ? error.stack : String(error)}`))
  process.exitCode = 1
})
