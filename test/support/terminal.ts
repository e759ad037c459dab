/** A program on a real terminal: `script` of util-linux makes one, and a test reads and types. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import { onTestFinished } from 'vitest'
import { findProgram } from '../../scripts/real-parts/programs.ts'

const SCRIPT = { name: 'script', debian: 'bsdutils' }

/** Whether this machine can make one. */
export function mayHaveTerminals(): boolean {
  return process.platform === 'linux' && findProgram(SCRIPT) !== undefined
}

export interface Terminal {
  /** What stands there, without escape sequences. */
  text(): string
  /** Waits for a text after what was waited for before, then types a line. */
  answer(after: string, line: string): Promise<void>
  /** As {@link answer}, without the end of a line: for keys. */
  press(after: string, keys: string): Promise<void>
  /** @returns the exit code */
  ended(): Promise<number | null>
}

/** @param command words without quotes, spaces and what else a shell looks at */
export function aTerminal(
  command: readonly string[],
  {
    folder,
    environment,
  }: { readonly folder: string; readonly environment: Readonly<Record<string, string>> },
): Terminal {
  const quoted = command.map((word) => `'${word}'`).join(' ')
  const child = spawn(findProgram(SCRIPT) ?? SCRIPT.name, ['-qec', quoted, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const closed = once(child, 'close') as Promise<[number | null]>
  let raw = ''
  let seen = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    raw += chunk
  })
  const text = () => stripVTControlCharacters(raw).replaceAll('\r', '')
  async function wait(after: string): Promise<void> {
    for (;;) {
      const at = text().indexOf(after, seen)
      if (at !== -1) {
        seen = at + after.length
        return
      }
      const [found] = await Promise.race([once(child.stdout, 'data'), closed.then(() => [undefined])])
      if (found === undefined) throw new Error(`The program ended without “${after}”:\n${text()}`)
    }
  }
  const press = async (after: string, keys: string): Promise<void> => {
    await wait(after)
    child.stdin.write(keys)
  }
  return {
    text,
    press,
    answer: (after, line) => press(after, `${line}\r`),
    async ended() {
      const [exitCode] = await closed
      return exitCode
    },
  }
}
