/** What may come next on a command line, for who presses Tab. Pure. */
import type { Argument, Command, Option } from 'commander'

export interface Candidate {
  readonly value: string
  readonly description: string
}

export interface Candidates {
  readonly values: readonly Candidate[]
  /** A path is wanted: the shell knows best which there are. */
  readonly files: boolean
}

const NONE: Candidates = { values: [], files: false }

/** Names of values that are paths, as flags and arguments spell them. A request is a file. */
const PATH = /[<[](?:path|file|folder|dir|request)\b/

function visibleOptions(command: Command): readonly Option[] {
  const help = command.createHelp()
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)]
}

function findOption(command: Command, flag: string): Option | undefined {
  const lineage: Command[] = []
  for (let at: Command | null = command; at !== null; at = at.parent) lineage.push(at)
  return lineage.flatMap(({ options }) => options).find(({ long, short }) => flag === long || flag === short)
}

function isFlag(word: string): boolean {
  return word.startsWith('-') && word !== '-'
}

/** Values of a list, the last of which is being typed: what was typed before the last comma stays. */
function valuesFor(choices: readonly string[], word: string): Candidate[] {
  const start = word.slice(0, word.lastIndexOf(',') + 1)
  const used = start.split(',')
  return choices
    .filter((choice) => !used.includes(choice))
    .map((choice) => ({ value: `${start}${choice}`, description: '' }))
}

function valuesOf(wanted: Option | Argument, shape: string, word: string): Candidates {
  if (wanted.argChoices !== undefined) return { values: valuesFor(wanted.argChoices, word), files: false }
  return { values: [], files: PATH.test(shape) }
}

function flagsOf(command: Command, words: readonly string[]): Candidates {
  const values = visibleOptions(command)
    .filter(
      ({ long, short, variadic }) => variadic || ![long, short].some((flag) => words.includes(flag ?? '')),
    )
    .map(({ long, short, description }) => ({
      value: long ?? short ?? '',
      description: firstSentence(description),
    }))
  return { values, files: false }
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.)\s/, 1)[0] ?? ''
}

function commandsOf(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((child) => ({
      value: child.name(),
      description: child.summary() || firstSentence(child.description()),
    }))
}

/** Where a command line stands before its last word. */
interface Standing {
  readonly command: Command
  /** The option that takes the next word. */
  readonly open: Option | undefined
  /** Words that are arguments of the command. */
  readonly given: number
  /** `--` was there: no flags any more. */
  readonly plain: boolean
}

function step(at: Standing, word: string): Standing {
  const { command, open, given, plain } = at
  if (!plain && word === '--') return { ...at, open: undefined, plain: true }
  if (!plain && isFlag(word)) {
    const option = word.includes('=') ? undefined : findOption(command, word)
    return { ...at, open: option?.required || option?.optional ? option : undefined }
  }
  if (open !== undefined) return { ...at, open: open.variadic ? open : undefined }
  const child = given > 0 ? undefined : command.commands.find((each) => each.name() === word)
  return child === undefined ? { ...at, given: given + 1 } : { command: child, open, given, plain }
}

/**
 * What may stand in place of the last word, which is unfinished or empty. Not all of it begins as that word does: shells choose.
 *
 * @param program with the command of these words in it as a whole
 * @param words of the command line, without the program's name
 */
export function candidatesFor(program: Command, words: readonly string[]): Candidates {
  const before = words.slice(0, -1)
  const word = words.at(-1) ?? ''
  const start: Standing = { command: program, open: undefined, given: 0, plain: false }
  const { command, open, given, plain } = before.reduce(step, start)
  const named = /^(--[\w-]+)=(.*)$/s.exec(word)
  if (!plain && named !== null) {
    const [, flag = '', value = ''] = named
    const option = findOption(command, flag)
    return option === undefined ? NONE : valuesOf(option, option.flags, value)
  }
  if (!plain && isFlag(word)) return flagsOf(command, before)
  const more = open === undefined ? NONE : valuesOf(open, open.flags, word)
  // What must have a value has it here; what may have one, or has one already, may end here.
  const isEnough = open === undefined || open.optional || (open.variadic && before.at(-1) !== open.long)
  if (!isEnough) return more
  const argument =
    command.registeredArguments[given] ?? command.registeredArguments.findLast((last) => last.variadic)
  const next = argument === undefined ? NONE : valuesOf(argument, `<${argument.name()}>`, word)
  const children = given === 0 ? commandsOf(command) : []
  return { values: [...more.values, ...children, ...next.values], files: more.files || next.files }
}
