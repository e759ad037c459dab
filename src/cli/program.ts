import { styleText } from 'node:util'
import { type Argument, Command, InvalidArgumentError, Option } from 'commander'
import { didYouMeanValue, ERROR_CLASSES, type ErrorClass, VERSION } from '../core/index.ts'
import { COMMANDS, LEARN, type ListedCommand } from './commands.ts'
import { beQuiet } from './manner.ts'

const DESCRIPTION = [
  'Puts AI models, adapters and datasets that the R3MES chain approves into a folder of this machine.',
  'It proves each approval, and checks every byte against the approved digest while it arrives.',
].join(' ')

const MEANING: Readonly<Record<ErrorClass, string>> = {
  input: 'bad input',
  approval: 'not approved',
  trust: 'not trusted',
  chain: 'the chain cannot be asked',
  content: 'no source has the right bytes',
  store: 'trouble with the store or the disk',
  internal: 'a bug of this tool',
}

function exitCodes(): string {
  const classes = Object.entries(ERROR_CLASSES) as [ErrorClass, { readonly exit: number }][]
  const meanings = [
    { exit: 0, meaning: 'done' },
    ...classes.map(([name, { exit }]) => ({ exit, meaning: MEANING[name] })),
  ]
  const rows = meanings
    .toSorted((a, b) => a.exit - b.exit)
    .map(({ exit, meaning }) => `  ${String(exit).padEnd(9)}${meaning}`)
  return ['Exit codes:', ...rows, '  130, 143 stopped by Ctrl-C, by SIGTERM'].join('\n')
}

const AFTER = `
Examples:
  r3mes devnet                   a chain to try all of this with, on this machine
  r3mes plan --model-version 1.0.0 --adapters coder \\
    --rpc-urls https://rpc-a.example.org https://rpc-b.example.org
  r3mes ensure --model-version 1.0.0 --adapters coder \\
    --rpc-urls https://rpc-a.example.org https://rpc-b.example.org
  r3mes ls                       what is in ~/.r3mes now

${exitCodes()}

Read on: r3mes <command> --help, and https://github.com/r3mes-network/setup-r3mes#readme`

const ENV_FILE = '--env-file'

interface GlobalFlags {
  readonly quiet?: boolean
  readonly envFile?: readonly string[]
}

/** Options of every command. They may stand before or after its name. */
function globalOptions(): readonly Option[] {
  return [
    new Option('-q, --quiet', 'Say nothing but the result and errors.'),
    new Option(
      `${ENV_FILE} <file>`,
      'Read settings from a .env file. The environment wins; of several files the last one.',
    ).argParser((path, earlier: readonly string[] | undefined) => [...(earlier ?? []), path]),
  ]
}

/** What the global options say, done before any command begins. */
async function heed({ quiet, envFile }: GlobalFlags): Promise<void> {
  if (quiet === true) beQuiet()
  if (envFile === undefined) return
  const { settingsOfFiles } = await import('./env-file.ts')
  const { settings, notices } = await settingsOfFiles(envFile, process.env)
  Object.assign(process.env, settings)
  const { TerminalReporter } = await import('./terminal-reporter.ts')
  const reporter = new TerminalReporter()
  for (const notice of notices) reporter.notice(notice)
}

/** The words of a command line that are neither flags nor the file of `--env-file`: the command's name first. */
function plainWords(args: readonly string[]): string[] {
  return args.filter((arg, at) => !arg.startsWith('-') && args[at - 1] !== ENV_FILE)
}

/** The command that a command line names; undefined when it names none that there is. */
export function namedCommand(args: readonly string[]): ListedCommand | undefined {
  const [first, second] = plainWords(args)
  const name = first === 'help' ? second : first
  return COMMANDS.find((command) => command.name === name)
}

/**
 * What commander has to parse. Of a command that there is not, that is its name alone: beside `--help` it would go unnoticed.
 *
 * @param args of the process, without node and script
 */
export function wordsToParse(args: readonly string[]): readonly string[] {
  const [first, second] = plainWords(args)
  const name = first === 'help' ? second : first
  return name === undefined || namedCommand(args) !== undefined ? args : [name]
}

function helpCommand(): Command {
  return new Command('help')
    .argument('[command]', 'Name of the command.')
    .description('Show the help of a command.')
    .helpGroup(LEARN)
}

/** A default as the descriptions say it, and values that they do not name. */
function describeOption({ flags, description, defaultValue, argChoices = [] }: Option): string {
  const isTold = argChoices.every((choice) => `${flags} ${description}`.includes(choice))
  return [
    description,
    ...(isTold ? [] : [`One of ${argChoices.join(', ')}.`]),
    ...(defaultValue === undefined ? [] : [`Default: ${String(defaultValue)}.`]),
  ].join(' ')
}

/** Says the nearest of few values where commander itself says all of them alone. */
function nameNearest(valued: Option | Argument): void {
  const { parseArg, argChoices } = valued
  if (parseArg === undefined || argChoices === undefined) return
  valued.parseArg = (text, earlier) => {
    try {
      return parseArg(text, earlier)
    } catch (thrown) {
      if (!(thrown instanceof InvalidArgumentError) || thrown.message.includes('Did you mean')) throw thrown
      throw new InvalidArgumentError(`${thrown.message}${didYouMeanValue(text, argChoices)}`)
    }
  }
}

function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent)
  for (const valued of [...command.options, ...command.registeredArguments]) nameNearest(valued)
  for (const child of command.commands) inherit(child, command)
}

/**
 * The command line. Of its commands the named one is whole; the others are known by their names.
 *
 * @param args of the process, without node and script
 */
export async function programFor(args: readonly string[]): Promise<Command> {
  const named = namedCommand(args)
  const program = new Command('r3mes')
    .usage('[options] <command>')
    .description(DESCRIPTION)
    .version(VERSION, '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Show this help.')
    .addHelpCommand(helpCommand())
    .showSuggestionAfterError()
    .configureHelp({
      showGlobalOptions: true,
      optionDescription: describeOption,
      // commander takes the colours away where there is no terminal for them.
      styleTitle: (text) => styleText('bold', text, { validateStream: false }),
      styleCommandText: (text) => styleText('cyan', text, { validateStream: false }),
      styleSubcommandText: (text) => styleText('cyan', text, { validateStream: false }),
      styleOptionText: (text) => styleText('cyan', text, { validateStream: false }),
    })
    .addHelpText('after', AFTER)
    .exitOverride()
    .hook('preAction', async () => heed(program.opts<GlobalFlags>()))
  for (const option of globalOptions()) program.addOption(option)
  for (const listed of COMMANDS) {
    const command = listed === named ? await listed.load() : new Command(listed.name)
    inherit(command, program)
    program.addCommand(command.summary(listed.summary).helpGroup(listed.group), {
      hidden: listed.isHidden === true,
    })
  }
  return program
}
