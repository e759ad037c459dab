import { setFlagsFromString } from 'node:v8'
import { Command, InvalidArgumentError } from 'commander'
import { printableJson } from '../core/index.ts'
import { describeError, isZeroDuration, parseDuration } from '../ensure/index.ts'
import { approvalsOf, type FileState, type StoreVerdict, verifyStore } from '../upkeep/index.ts'
import { atStore } from './at-store.ts'
import { paintFor, type Style } from './manner.ts'
import { inputsFrom } from './options.ts'
import { print, printError, printLine } from './output.ts'
import { addChainOptions, chainSettings, unlessStopped } from './store-chain.ts'
import { approvalsLine, countsLine, failureOf, jsonOfVerdict, verdictLines } from './verdict-words.ts'

const HELP = `
What a file is:
  ok          its bytes are what they should be
  missing     the usage index or a receipt names it, and it is not there
  corrupt     its bytes are wrong; it was moved to blobs/quarantine, and no path leads to it any more
  foreign     no run has put it there; it is left alone
  unapproved  its bytes are right, but the chain does not approve them now

Whether artifacts are still approved is asked only when \`rpc-urls\` or a lockfile is named.
Exit code 7 when a file is corrupt or missing, 3 when one is not approved any more, that of the reason when the chain was to
be asked and could not, else 0.

Examples:
  r3mes verify                    what stands under final paths
  r3mes verify --all              every blob as well
  r3mes verify --older-than 7d    every night a part: files of 256 KiB and more are left out when they were checked
                                  within seven days and are the very same since`

/** Files whose lines are printed together. */
const LINES = 1000

interface VerifyFlags {
  readonly all?: boolean
  /** Milliseconds. */
  readonly olderThan?: number
  readonly json?: boolean
  readonly home?: string
}

function parseAge(text: string): number {
  const age = parseDuration(text)
  if (age !== undefined) return age
  if (isZeroDuration(text)) {
    throw new InvalidArgumentError('A duration of 0 leaves nothing out. Leave --older-than away instead.')
  }
  throw new InvalidArgumentError('This is a duration such as 7d, 36h or 1h30m.')
}

const STYLES: Readonly<Record<FileState, Style>> = {
  ok: 'green',
  missing: 'red',
  corrupt: 'red',
  foreign: 'dim',
  unapproved: 'yellow',
}

async function printVerdict(home: string, found: StoreVerdict, wasAsked: boolean): Promise<void> {
  const paint = paintFor(process.stdout)
  // Many lines at once: a store of many small files is checked faster than its lines could be printed one by one.
  for (let at = 0; at < found.files.length; at += LINES) {
    const lines = found.files.slice(at, at + LINES).flatMap((file) => {
      const [first = '', ...others] = verdictLines(home, file)
      return [first.replace(file.state, (state) => paint(STYLES[file.state], state)), ...others]
    })
    await print(`${lines.join('\n')}\n`)
  }
  await printLine(countsLine(found))
  await printLine(approvalsLine(found, wasAsked))
}

/** `r3mes verify`: hashes what is in the store, on all cores, and takes away what is corrupt. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('Hash what is in the store and say of each file what it is. Corrupt files go to quarantine.')
    .option('--all', 'Every blob, too, also those that no artifact uses.')
    .option(
      '--older-than <duration>',
      'Only what was not hashed for so long, such as 7d, or has changed since.',
      parseAge,
    )
    .option('--json', 'Print the result as JSON.')
    .addHelpText('after', HELP)
  addChainOptions(command, false)
  return command.action(async (flags: VerifyFlags) => {
    // A walk makes much that is gone a moment later. V8 would take ever more memory for that, and be no faster for it.
    setFlagsFromString('--semi-space-growth-factor=1')
    const settings = chainSettings(inputsFrom(command), process.env)
    await atStore('verify', flags.home, async ({ store, reporter, signal }) => {
      const ports = { reporter, environment: process.env, signal }
      const verifying = verifyStore(store, {
        ...{ reporter, signal, all: flags.all === true },
        ...(flags.olderThan === undefined ? {} : { olderThan: flags.olderThan }),
        ...(settings === undefined
          ? {}
          : { askApprovals: (artifacts) => approvalsOf(artifacts, settings, ports) }),
      })
      const found = await unlessStopped(signal, verifying)
      reporter.close()
      if (found === undefined) return
      const wasAsked = settings !== undefined
      if (flags.json === true) await print(`${printableJson(jsonOfVerdict(found, wasAsked), 2)}\n`)
      else await printVerdict(store.home, found, wasAsked)
      const error = failureOf(found)
      if (error === undefined) return
      printError(describeError(error))
      process.exitCode = error.exitCode
    })
  })
}
