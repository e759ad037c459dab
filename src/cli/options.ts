import { type Command, Option } from 'commander'
import { INPUTS, type InputSpec, type RawInputs } from '../ensure/index.ts'

type OptionValue = string | boolean | readonly string[] | undefined

/** The command's options have the inputs' names, so that what works in a workflow works here. */
export function optionFor(spec: InputSpec): Option {
  const shown = spec.default === '' ? '' : ` Default: ${spec.default}.`
  const environment = spec.environment === undefined ? '' : ` Environment: ${spec.environment}.`
  const argument = { text: '<value>', flag: '[true|false]', lines: '<value...>' }[spec.form]
  return new Option(`--${spec.name} ${argument}`, `${spec.description}${shown}${environment}`)
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
