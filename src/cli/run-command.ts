import { Command } from 'commander'
import { printableJson } from '../core/index.ts'
import {
  describeError,
  describeOutcome,
  describePlanned,
  type EnsureResult,
  ensureFromInputs,
  INPUTS,
  interruptOnSignals,
  outputsOf,
  type RawInputs,
} from '../ensure/index.ts'
import { inputsFrom, optionFor, privateKeyOption } from './options.ts'
import { print, printError, printLine } from './output.ts'
import { TerminalReporter } from './terminal-reporter.ts'

const EXAMPLES = {
  ensure: `
Sizes are such as 20GB (decimal) or 512MiB, durations such as 14d, 36h or 1h30m.

Examples:
  r3mes ensure --rpc-urls https://rpc-a.example.org https://rpc-b.example.org \\
    --model-version 1.0.0 --adapters general_dora coder --datasets training_dataset_v1
                                what is approved of these, proven by two hosts that agree
  r3mes ensure --env-file .env --model-version ^1.0 --json
                                endpoints and folders from a file; the outputs as JSON
  r3mes ensure --trust lockfile --max-lock-age 7d
                                from r3mes.lock alone: no chain is asked

Exit code 0 when everything is in place, every byte checked. Else nothing of it is, and the code is that of the error.`,
  plan: `
Durations are such as 14d, 36h or 1h30m.

Examples:
  r3mes plan --rpc-urls https://rpc-a.example.org https://rpc-b.example.org --model-version 1.0.0 --adapters coder
                                what would be fetched, how large, and from where
  r3mes plan --env-file .env --adapters domain:coding
                                all adapters of a domain that fit the active model

Exit code 0 when everything could be had. No host of models is asked for a byte.`,
} as const

async function execute(inputs: RawInputs, json: boolean): Promise<void> {
  const interruption = interruptOnSignals()
  const reporter = new TerminalReporter()
  // A second signal ends the process at once, and the bars have hidden the terminal's cursor.
  process.once('exit', () => reporter.close())
  const result = await ensureFromInputs(inputs, {
    reporter,
    environment: process.env,
    signal: interruption.signal,
  })
  reporter.close()
  if (json) await print(`${printableJson(outputsOf(result), 2)}\n`)
  else await printResult(result)
  process.exitCode = interruption.exitCode() ?? result.error?.exitCode ?? 0
}

async function printResult(result: EnsureResult): Promise<void> {
  // The story stands on standard error; here is what a script wants to read.
  for (const { kind, id, path } of result.artifacts) await printLine(`${kind} ${id}\t${path}`)
  if (result.planOnly) for (const artifact of result.planned) await printLine(describePlanned(artifact))
  for (const { code, message } of result.datasetProblems) await printLine(`Warning: ${code}: ${message}`)
  if (result.error !== undefined) {
    printError(describeError(result.error))
  }
  await printLine(describeOutcome(result))
  if (result.receiptPath !== undefined) await printLine(`Receipt: ${result.receiptPath}`)
}

/** `r3mes ensure` and `r3mes plan`: the same run, the second one without fetching anything. */
export function runCommand(name: 'ensure' | 'plan'): Command {
  const command = new Command(name)
    .description(
      name === 'ensure'
        ? 'Put the approved model, adapters and datasets into the store, every byte checked.'
        : 'Read the approvals and say what would be put into the store. Fetches nothing.',
    )
    .option('--json', 'Print the result as JSON: the same keys as the action’s outputs.')
    .addHelpText('after', EXAMPLES[name])
  for (const spec of INPUTS) {
    if ('actionOnly' in spec || (name === 'plan' && spec.name === 'plan-only')) continue
    command.addOption(optionFor(spec))
  }
  command.addOption(privateKeyOption())
  return command.action(async () => {
    const inputs = inputsFrom(command)
    await execute(
      name === 'plan' ? { ...inputs, 'plan-only': 'true' } : inputs,
      command.opts()['json'] === true,
    )
  })
}
