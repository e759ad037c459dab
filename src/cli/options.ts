import { type Command, Option } from 'commander'
import { INPUTS, type InputSpec, type RawInputs } from '../ensure/index.ts'

type OptionValue = string | boolean | readonly string[] | undefined

/** The command's options have the inputs' names, so that what works in a workflow works here. */
export function optionFor(spec: InputSpec): Option {
  const shown = spec.default === '' ? '' : ` Default: ${spec.default}.`
  const environment = spec.environment === undefined ? '' : ` Environment: ${spec.environment}.`
  const one = spec.kind === undefined ? '<value>' : `<${spec.kind}>`
  const argument = { text: one, flag: '[true|false]', lines: '<value...>' }[spec.form]
  const description = spec.description.replace(', one a line', ', with spaces between them')
  const option = new Option(`--${spec.name} ${argument}`, `${description}${shown}${environment}`)
  // Offered to who presses Tab. What is typed is judged with all the other inputs, so that all mistakes are reported together.
  const values = spec.form === 'flag' ? ['true', 'false'] : spec.values
  if (values !== undefined) option.argChoices = [...values]
  return option
}

/** Inputs by name from commander's camel-case options; lists become lines. */
export function inputsFrom(command: Command): RawInputs {
  const options: Record<string, OptionValue> = command.opts()
  const names = [...INPUTS.map(({ name }) => name), 'private-key']
  return Object.fromEntries(
    names.map((name) => {
      const value = options[name.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase())]
      return [name, Array.isArray(value) ? value.join('\n') : value === undefined ? undefined : String(value)]
    }),
  )
}

/** Known so that it can be refused with a reason. */
export function privateKeyOption(): Option {
  return new Option('--private-key [value]').hideHelp()
}
