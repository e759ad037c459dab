/** Servers that are programs of their own: started, waited for, ended. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Command {
  readonly path: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  /** A line of its output or error output that says that it serves. */
  readonly ready: RegExp
}

export interface Started extends AsyncDisposable {
  /** The first thousand lines of its output and error output. */
  readonly said: readonly string[]
}

/** The beginning tells why it did not start; a server that runs for long must not fill the memory. */
const MOST_LINES = 1000

/**
 * Starts a server and returns once it says that it serves.
 *
 * @throws Error with what it said, when it ended instead
 */
export async function startProgram(command: Command): Promise<Started> {
  const child = spawn(command.path, command.args, {
    env: { ...process.env, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  const ready = Promise.withResolvers<void>()
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (said.length < MOST_LINES) said.push(line)
      if (command.ready.test(line)) ready.resolve()
    })
  }
  const failed = (why: string): void =>
    ready.reject(new Error([`${command.path} ${why}`, ...said].join('\n')))
  child.on('error', (cause) => failed(`did not start: ${cause.message}`))
  child.on('close', (code, signal) => failed(`ended with ${code ?? signal}`))
  await ready.promise
  return { said, [Symbol.asyncDispose]: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}
