import { CommanderError } from 'commander'
import { asR3mesError, outliveClosedPipes } from '../core/index.ts'
import { printJsonFailure } from './json-failure.ts'
import { printError } from './output.ts'
import { programFor, wordsToParse } from './program.ts'

/** The command line. A new command is a line of src/cli/commands.ts. */
async function main(): Promise<void> {
  outliveClosedPipes()
  const args = process.argv.slice(2)
  const program = await programFor(args)
  await program.parseAsync(wordsToParse(args), { from: 'user' })
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
  // Who asks for help does not wait for it.
  const { describeError } = await import('../ensure/index.ts')
  const error = asR3mesError(thrown)
  printError(describeError(error))
  process.exitCode = error.exitCode
  await printJsonFailure(args, error)
})
