import { Command } from 'commander'
import { printableJson, sanitiseLine } from '../core/index.ts'
import { type Diagnosis, examine, type Finding, TOPICS, type Topic } from '../doctor/index.ts'
import { INPUTS, interruptOnSignals } from '../ensure/index.ts'
import { type Paint, paintFor, type Style } from './manner.ts'
import { inputsFrom, optionFor, privateKeyOption } from './options.ts'
import { print } from './output.ts'

const HELP = `
Looks at everything that a run depends on, and changes nothing: this machine, the inputs, the store and the file system
below it, lockfile and trust, every endpoint of the chain, and every host that bytes may come from. It takes the flags,
variables and lockfile of \`r3mes ensure\`. Files to try the disk out with are removed again.

Examples:
  r3mes doctor --rpc-urls https://rpc-a.example.org https://rpc-b.example.org
  r3mes doctor --offline     asks nobody
  r3mes doctor --json        for programs

Exit code: 0 when nothing is wrong, else that of the worst problem's class. The worst is what concerns trust (4), then
input (2), store (7), chain (5), content (6). Notes change nothing.`

const TITLES: Readonly<Record<Topic, string>> = {
  machine: 'This machine',
  settings: 'Inputs',
  store: 'Store',
  trust: 'Lockfile and trust',
  chain: 'Chain',
  content: 'Where bytes come from',
}

const MARKS: Readonly<Record<Finding['verdict'], { readonly word: string; readonly style: Style }>> = {
  ok: { word: 'ok', style: 'green' },
  note: { word: 'note', style: 'yellow' },
  problem: { word: 'PROBLEM', style: ['red', 'bold'] },
}
const UNPAINTED: Paint = (_style, text) => text
const MARK_WIDTH = 9
/** The names of a section stand in one column of at most this width; a longer one pushes what was found aside. */
const MOST_SUBJECT = 36

/** A finding as lines: what was found, what was said to it, what to type. `width`: of the names. Each part is made harmless alone. */
function linesOf(finding: Finding, width: number, paint: Paint): readonly string[] {
  const { subject, verdict, text, detail } = finding
  const { word, style } = MARKS[verdict]
  const mark = paint(style, word) + ' '.repeat(MARK_WIDTH - word.length)
  const indent = ' '.repeat(2 + MARK_WIDTH)
  const code = verdict === 'problem' ? ` (${finding.code})` : ''
  const said = detail === undefined || detail === '' ? '' : `: ${sanitiseLine(detail, 300)}`
  return [
    `  ${mark}${sanitiseLine(subject).padEnd(width)}  ${sanitiseLine(text, 2000)}${code}${verdict === 'ok' ? said : ''}`,
    ...(verdict === 'ok' || said === '' ? [] : [`${indent}namely${said}`]),
    ...('remedy' in finding && finding.remedy !== undefined
      ? [`${indent}type: ${paint('bold', sanitiseLine(finding.remedy, 1000))}`]
      : []),
  ]
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

/** The whole report. Pure. */
export function reportOf({ findings, problems, notes }: Diagnosis, paint = UNPAINTED): string {
  const sections = TOPICS.flatMap((topic) => {
    const about = findings.filter((finding) => finding.topic === topic)
    const width = Math.min(MOST_SUBJECT, Math.max(...about.map(({ subject }) => subject.length)))
    return about.length === 0
      ? []
      : [paint('bold', TITLES[topic]), ...about.flatMap((each) => linesOf(each, width, paint)), '']
  })
  const end =
    problems === 0
      ? `Nothing is wrong. ${count(notes, 'note')}.`
      : `${count(problems, 'problem')}, ${count(notes, 'note')}.`
  return [...sections, end].map((line) => `${line}\n`).join('')
}

/** The report for programs. `detail` is anybody's text. */
export function jsonOf({ findings, problems, notes, worst, exitCode }: Diagnosis): unknown {
  return {
    success: problems === 0,
    problems,
    notes,
    'exit-code': exitCode,
    'error-code': worst ?? '',
    findings: findings.map((finding) => ({
      topic: finding.topic,
      subject: finding.subject,
      verdict: finding.verdict,
      text: finding.text,
      detail: finding.detail ?? '',
      remedy: 'remedy' in finding ? (finding.remedy ?? '') : '',
      'error-code': 'code' in finding ? finding.code : '',
    })),
  }
}

interface DoctorFlags {
  readonly json?: boolean
  readonly offline?: boolean
}

/** `r3mes doctor`: what is found, what is wrong, what to type. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('Look at everything that a run depends on, and say what is wrong and what to type.')
    .option('--offline', 'Ask nobody over a network.')
    .option('--json', 'Print the findings as JSON.')
    .addHelpText('after', HELP)
  for (const spec of INPUTS) if (!('actionOnly' in spec)) command.addOption(optionFor(spec))
  command.addOption(privateKeyOption())
  return command.action(async () => {
    const { json, offline } = command.opts<DoctorFlags>()
    const interruption = interruptOnSignals()
    try {
      const diagnosis = await examine(inputsFrom(command), {
        environment: process.env,
        offline: offline === true,
        signal: interruption.signal,
      })
      await print(
        json === true
          ? `${printableJson(jsonOf(diagnosis), 2)}\n`
          : reportOf(diagnosis, paintFor(process.stdout)),
      )
      process.exitCode = diagnosis.exitCode
    } catch (thrown) {
      const exitCode = interruption.exitCode()
      if (exitCode === undefined) throw thrown
      process.exitCode = exitCode
    }
  })
}
