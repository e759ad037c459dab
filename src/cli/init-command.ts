import { Command } from 'commander'
import { R3mesError, sanitiseText, VERSION } from '../core/index.ts'
import { INPUTS, interruptOnSignals, type RawInputs } from '../ensure/index.ts'
import {
  type Answers,
  checkAnswers,
  DEFAULT_RUNNER,
  INIT_INPUTS,
  type InitInput,
  type InitResult,
  init,
  nextCommands,
  readAnswers,
  readRunner,
  stepText,
  usualAnswer,
} from '../init/index.ts'
import { inputsFrom, optionFor, privateKeyOption } from './options.ts'
import { print } from './output.ts'
import { hasTerminal, openQuestions, type Questioner } from './questions.ts'
import { TerminalReporter } from './terminal-reporter.ts'

const HELP = `
Writes for the repository in this folder: .github/workflows/r3mes.yml, r3mes.lock (proven, as \`r3mes lock\` does it), .env, and a
line in .gitignore that keeps .env out of git. All of them, or nothing. When the chain cannot be asked, the others are written and
it says what to type later; the exit code is then that of the lockfile.

On a terminal it asks what no flag says. Elsewhere, and with --yes, what is not said is what it usually is, and --rpc-urls (or
BLOCKCHAIN_RPC_URL) is needed.

What is there stays: a workflow gets the step printed, to paste. --force replaces the workflow; lockfile and .env always stay.

Examples:
  r3mes init
  r3mes init --yes --rpc-urls https://rpc-a.example.org https://rpc-b.example.org --model-version ^1.0 --adapters coder
  r3mes init --print --rpc-urls https://rpc-a.example.org https://rpc-b.example.org     the step alone; writes nothing`

interface InitFlags {
  readonly runner?: string
  readonly yes?: boolean
  readonly force?: boolean
  readonly print?: boolean
}

interface Question {
  readonly name: InitInput
  readonly question: string
  readonly hint: string
  /** Several values may be typed, with spaces or commas between them. */
  readonly isList?: boolean
}

const QUESTIONS: readonly Question[] = [
  {
    name: 'rpc-urls',
    question: 'RPC endpoints of your chain',
    hint: 'Two on different hosts check each other. Spaces between them.',
    isList: true,
  },
  { name: 'chain-id', question: 'Chain id', hint: '' },
  {
    name: 'model-version',
    question: 'Model version',
    hint: '`active`, a version such as 1.0.0, a range such as ^1.0, or `none`.',
  },
  {
    name: 'adapters',
    question: 'Adapters',
    hint: 'Ids with spaces between them; empty for none.',
    isList: true,
  },
  {
    name: 'datasets',
    question: 'Datasets',
    hint: 'Ids or names with spaces between them; empty for none.',
    isList: true,
  },
]

function asTyped({ isList }: Question, answer: string): string {
  return isList === true
    ? answer
        .split(/[\s,]+/)
        .filter((each) => each !== '')
        .join('\n')
    : answer
}

interface Told {
  readonly raw: RawInputs
  readonly runner: string
}

/** Asks for what no flag says. */
async function askFor(raw: RawInputs, runner: string | undefined, signal: AbortSignal): Promise<Told> {
  const questions = openQuestions(signal, () => void process.kill(process.pid, 'SIGINT'))
  try {
    const answers: Record<string, string | undefined> = { ...raw }
    for (const each of QUESTIONS.filter(({ name }) => raw[name] === undefined)) {
      answers[each.name] = await askOne(each, questions)
    }
    if (raw['trusted-height'] === undefined && raw['trusted-hash'] === undefined) {
      Object.assign(answers, await askBlock(questions))
    }
    return { raw: answers, runner: runner ?? (await askRunner(questions)) }
  } finally {
    questions.close()
  }
}

async function askOne(asked: Question, questions: Questioner): Promise<string> {
  const { name, question, hint } = asked
  const answer = await questions.ask({
    question,
    hint,
    usual: usualAnswer(name, process.env),
    check: (text) => {
      if (name === 'rpc-urls' && text === '') {
        throw new R3mesError('INPUT_INVALID', 'There has to be one, such as https://rpc.example.org.')
      }
      checkAnswers({ [name]: asTyped(asked, text) })
    },
  })
  return asTyped(asked, answer)
}

async function askBlock(questions: Questioner): Promise<RawInputs> {
  const answer = await questions.ask({
    question: 'A block that you trust, as height and hash',
    hint: 'From a node of yours, or from somebody you trust. Empty: the newest one that endpoints on two hosts agree on.',
    usual: '',
    check: (text) => checkAnswers(blockOf(text)),
  })
  return blockOf(answer)
}

async function askRunner(questions: Questioner): Promise<string> {
  const check = (text: string): void => void readRunner(text)
  return await questions.ask({ question: 'Runner', hint: '', usual: DEFAULT_RUNNER, check })
}

function blockOf(text: string): RawInputs {
  const [height = '', ...hash] = text.split(/[\s,]+/)
  return { 'trusted-height': height, 'trusted-hash': hash.join(' ') }
}

function printResult(result: InitResult, answers: Answers): string {
  const { written, kept, unlocked, notices } = result
  const text = [
    ...written.map((path) => `Wrote ${path}`),
    ...kept.flatMap(({ path, advice, paste }) => [
      paste === '' ? `${path} ${advice}.` : `${path} ${advice}`,
      ...(paste === '' ? [] : ['', paste]),
    ]),
    ...notices.map((notice) => `Notice: ${notice}`),
    ...(unlocked === undefined
      ? []
      : [
          '',
          `There is no r3mes.lock yet. ${unlocked.error.code}: ${unlocked.error.message}`,
          'Later:',
          `  ${unlocked.command}`,
        ]),
    '',
    'Next:',
    ...nextCommands(answers, written).map((command) => `  ${command}`),
  ]
  return `${text.map((line) => sanitiseText(line)).join('\n')}\n`
}

async function execute(command: Command): Promise<void> {
  const flags = command.opts<InitFlags>()
  const interruption = interruptOnSignals()
  const reporter = new TerminalReporter()
  try {
    const typed = inputsFrom(command)
    if (typed['private-key'] !== undefined) {
      throw new R3mesError(
        'PRIVATE_KEY_REFUSED',
        'setup-r3mes never needs a private key, and writes none. Run again without it.',
      )
    }
    checkAnswers(typed)
    const asks = flags.yes !== true && hasTerminal()
    const { raw, runner } = asks
      ? await askFor(typed, flags.runner, interruption.signal)
      : { raw: typed, runner: flags.runner ?? DEFAULT_RUNNER }
    const answers = readAnswers(raw, runner, process.env)
    if (flags.print === true) {
      await print(stepText(answers, VERSION))
      return
    }
    const result = await init(answers, {
      folder: process.cwd(),
      version: VERSION,
      force: flags.force === true,
      environment: process.env,
      reporter,
      signal: interruption.signal,
    })
    await print(printResult(result, answers))
    process.exitCode = result.unlocked?.error.exitCode ?? 0
  } catch (thrown) {
    const exitCode = interruption.exitCode()
    if (exitCode === undefined) throw thrown
    process.stderr.write('Stopped by a signal. Nothing was written.\n')
    process.exitCode = exitCode
  } finally {
    reporter.close()
  }
}

/** `r3mes init`: workflow, lockfile and `.env` for the repository in this folder. */
export function initCommand(): Command {
  const command = new Command('init')
    .description('Write a workflow, r3mes.lock and .env for the repository in this folder.')
    .option('--yes', 'Ask nothing: what no flag says is what it usually is.')
    .option('--force', 'Replace a workflow that is there.')
    .option('--print', 'Print the step of the workflow. Writes nothing.')
    .option('--runner <labels>', `Labels of the runner, commas between them. Default: ${DEFAULT_RUNNER}.`)
    .addHelpText('after', HELP)
  const names: readonly string[] = INIT_INPUTS
  for (const spec of INPUTS) if (names.includes(spec.name)) command.addOption(optionFor(spec))
  command.addOption(privateKeyOption())
  return command.action(() => execute(command))
}
