import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { SharingJob, SharingReport } from './sharing-child.ts'

const CHILD = fileURLToPath(new URL('./sharing-child.ts', import.meta.url))

export interface SharingProcess {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  /** Lets it fetch what it misses. */
  go(): void
  /** Comes back when it told people this. */
  says(text: string): Promise<void>
  /** What it says in the end; undefined when it was killed. */
  readonly report: Promise<SharingReport | undefined>
}

/**
 * Starts a process that wants files, and comes back when it knows what it misses.
 *
 * @param launcher command that starts the process, such as one that gives it a pid namespace of its own
 */
export async function wanting(job: SharingJob, launcher: readonly string[] = []): Promise<SharingProcess> {
  const [command = '', ...args] = [...launcher, process.execPath, CHILD, JSON.stringify(job)]
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  const ended = once(child, 'close')
  const says = async (text: string): Promise<void> => {
    while (!said.includes(text)) {
      await Promise.race([once(child.stdout, 'data'), ended])
      if (child.exitCode !== null && !said.includes(text)) throw new Error(`It never said ${text}: ${said}`)
    }
  }
  await says('looked\n')
  const report = ended.then(() => {
    const last = said.trim().split('\n').at(-1) ?? ''
    return last.startsWith('{') ? (JSON.parse(last) as SharingReport) : undefined
  })
  return { child, report, says, go: () => void child.stdin.end('go\n') }
}
