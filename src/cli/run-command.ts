import { Command, Option } from 'commander'
import { printableJson, sanitiseText } from '../core/index.ts'
import {
  describeError,
  describeOutcome,
  describePlanned,
  type EnsureResult,
  ensureFromInputs,
  INPUTS,
  type InputSpec,
  interruptOnSignals,
  outputsOf,
  type RawInputs,
} from '../ensure/index.ts'
import { TerminalReporter } from './terminal-reporter.ts'

type OptionValue = string | boolean | readonly string[] | undefined

/** The command's options have the inputs' names, so that what works in a workflow works here. */
function optionFor(spec: InputSpec): Option {
  const shown = spec.default === '' ? '' : ` Default: ${spec.default}.`
  const environment = spec.environment === undefined ? '' : ` Environment: ${spec.environment}.`
  const argument = { text: '<value>', flag: '[true|false]', lines: '<value...>' }[spec.form]
  return new Option(`--${spec.name} ${argument}`, `${spec.description}${shown}${environment}`)
}

/** Inputs by name from commander's camel-case options; lists become lines. */
function inputsFrom(command: Command): RawInputs {
  const options: Record<string, OptionValue> = command.opts()
  const names = [...INPUTS.map(({ name }) => name), 'private-key']
  return Object.fromEntries(
    names.map((name) => {
      const value = options[name.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase())]
      return [name, Array.isArray(value) ? value.join('\n') : value === undefined ? undefined : String(value)]
    }),
  )
}

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
  if (json) process.stdout.write(`${printableJson(outputsOf(result), 2)}\n`)
  else printResult(result)
  process.exitCode = interruption.exitCode() ?? result.error?.exitCode ?? 0
}

function printResult(result: EnsureResult): void {
  const out = (line: string): boolean => process.stdout.write(`${sanitiseText(line)}\n`)
  // The story stands on standard error; here is what a script wants to read.
  for (const { kind, id, path } of result.artifacts) out(`${kind} ${id}\t${path}`)
  if (result.planOnly) for (const artifact of result.planned) out(describePlanned(artifact))
  for (const problem of result.datasetProblems) out(`Warning: ${problem.code}: ${problem.message}`)
  if (result.error !== undefined) {
    for (const line of describeError(result.error)) process.stderr.write(`${sanitiseText(line)}\n`)
  }
  out(describeOutcome(result))
  if (result.receiptPath !== undefined) out(`Receipt: ${result.receiptPath}`)
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
  for (const spec of INPUTS as readonly InputSpec[]) {
    if (spec.actionOnly === true || (name === 'plan' && spec.name === 'plan-only')) continue
    command.addOption(optionFor(spec))
  }
  // Known so that it can be refused with a reason.
  command.addOption(new Option('--private-key [value]').hideHelp())
  return command.action(async () => {
    const inputs = inputsFrom(command)
    await execute(
      name === 'plan' ? { ...inputs, 'plan-only': 'true' } : inputs,
      command.opts()['json'] === true,
    )
  })
}
