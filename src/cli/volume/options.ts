/** The flags of `r3mes volume`: the inputs of the sub-action by their names. */
import { type Command, Option } from 'commander'
import type { InputSpec, RawInputs } from '../../ensure/index.ts'
import { VOLUME_INPUTS, type VolumeInputName } from '../../manager/index.ts'

type OptionValue = string | boolean | readonly string[] | undefined

/** What every command that asks hosts takes. */
export const BRINGING: readonly VolumeInputName[] = [
  'base',
  'allow-unpinned',
  'mirrors',
  'allow-hosts',
  'hf-endpoint',
  'verify',
]

/**
 * A list is given one value at a time, and a flag none: beside them stands the URL or the file that the command is about, which would
 * be taken for one value more.
 */
function optionFor(spec: InputSpec): Option {
  const shown = spec.default === '' || spec.form === 'flag' ? '' : ` Default: ${spec.default}.`
  const environment = spec.environment === undefined ? '' : ` Environment: ${spec.environment}.`
  const value = ` <${spec.kind ?? 'value'}>`
  if (spec.form === 'flag') {
    return new Option(`--${spec.name}`, spec.description.replace(/^`true`: /, ''))
  }
  const repeats = spec.form === 'lines' ? ' May be given several times.' : ''
  const text = spec.description.replace(', one a line', '')
  const option = new Option(`--${spec.name}${value}`, `${text}${repeats}${shown}${environment}`)
  // Offered to who presses Tab. What is typed is judged with all the other inputs, so that all mistakes are reported together.
  if (spec.values !== undefined) option.argChoices = [...spec.values]
  if (spec.form !== 'lines') return option
  return option.argParser((one: string, before: readonly string[] | undefined) => [...(before ?? []), one])
}

/** Adds the flags of these inputs to a command. Tokens have none: a command line can be seen by everybody on the machine. */
export function withInputs(command: Command, names: readonly VolumeInputName[]): Command {
  const specs: readonly InputSpec[] = VOLUME_INPUTS
  for (const spec of specs) {
    if (names.some((name) => name === spec.name)) command.addOption(optionFor(spec))
  }
  return command
}

/** Inputs by name from commander's camel-case options; lists become lines. */
export function volumeInputsFrom(command: Command): RawInputs {
  const options: Record<string, OptionValue> = command.opts()
  return Object.fromEntries(
    VOLUME_INPUTS.map(({ name }) => {
      const value = options[name.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase())]
      return [name, Array.isArray(value) ? value.join('\n') : value === undefined ? undefined : String(value)]
    }),
  )
}
