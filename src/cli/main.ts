import { Command, CommanderError } from 'commander'
import { asR3mesError, sanitiseText } from '../core/index.ts'
import { describeError, outliveClosedPipes, VERSION } from '../ensure/index.ts'
import { cacheCommand } from './cache-command.ts'
import { devnetCommand } from './devnet-command.ts'
import { printJsonFailure } from './json-failure.ts'
import { lockCommand } from './lock-command.ts'
import { lsCommand } from './ls-command.ts'
import { manifestCommand } from './manifest-command.ts'
import { pruneCommand } from './prune-command.ts'
import { repairCommand } from './repair-command.ts'
import { runCommand } from './run-command.ts'
import { serveCommand } from './serve-command.ts'
import { statsCommand } from './stats-command.ts'
import { syncCommand } from './sync-command.ts'
import { verifyCommand } from './verify-command.ts'

const EXIT_CODES = `
Exit codes: 0 done, 2 bad input, 3 not approved, 4 not trusted, 5 chain unreachable, 6 content,
7 store, 1 a bug of this tool, 130 and 143 after a signal.`

/** The command line. */
async function main(): Promise<void> {
  outliveClosedPipes()
  const program = new Command('r3mes')
    .description('Puts a chain-approved, byte-verified R3MES model store on this machine.')
    .version(VERSION)
    .showSuggestionAfterError()
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
  const commands = [
    runCommand('ensure'),
    runCommand('plan'),
    lockCommand(),
    lsCommand(),
    statsCommand(),
    pruneCommand(),
    cacheCommand(),
    syncCommand(),
    manifestCommand(),
    verifyCommand(),
    repairCommand(),
    serveCommand(),
    await devnetCommand(process.argv.slice(2)),
  ]
  for (const command of commands) program.addCommand(command.exitOverride())
  await program.parseAsync()
}

main().catch(async (thrown: unknown) => {
  const args = process.argv.slice(2)
  // commander has printed its own message; its code 0 is `--help` and `--version`.
  if (thrown instanceof CommanderError) {
    process.exitCode = thrown.exitCode === 0 ? 0 : 2
    if (thrown.exitCode === 0) return
    const message = thrown.message.replace(/^error: /, '')
    await printJsonFailure(args, { code: 'INPUT_INVALID', message })
    return
  }
  const error = asR3mesError(thrown)
  process.stderr.write(
    `${describeError(error)
      .map((line) => sanitiseText(line))
      .join('\n')}\n`,
  )
  process.exitCode = error.exitCode
  await printJsonFailure(args, error)
})
