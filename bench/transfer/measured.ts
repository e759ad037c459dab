/** Runs one side of a row as a child process, and says what it cost. The same for ours and for every peer. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

export interface Command {
  readonly path: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Folder whose disk use is watched. */
  readonly watch?: string
}

export interface Measured {
  /**
   * What a library says its work took, without the start of its runtime; for a program, from its start to its end.
   */
  readonly seconds: number
  /** From start to end of the process. */
  readonly wholeSeconds: number
  /** User and system time of the process and of what it started. */
  readonly cpuSeconds: number
  /** Bytes: the peak of the process and of those that it started, while they lived together. */
  readonly peakRss: number
  /** Bytes on disk below the watched folder, at the peak; 0 when nothing was watched. */
  readonly peakDisk: number
}

const POLL_MS = 25

/** Tells the process id of the command, waits for it, and tells the processor time of its children. */
const WRAPPER = `"$@" 3>&- & echo "$!" >&3; wait "$!"; status=$?; times >&3; exit "$status"`

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Bytes that the process had in memory at most so far. 0 when it is gone. */
function highWater(pid: number): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kibibytes ?? 0) * 1024
  } catch {
    return 0
  }
}

function highWaterOfAll(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + highWaterOfAll(child), highWater(pid))
}

function diskBelow(path: string): number {
  try {
    const entry = lstatSync(path)
    if (!entry.isDirectory()) return entry.nlink > 1 ? (entry.blocks * 512) / entry.nlink : entry.blocks * 512
    return readdirSync(path).reduce((sum, name) => sum + diskBelow(join(path, name)), 0)
  } catch {
    return 0
  }
}

/** Second line of bash's `times`: user and system time of the children, as `1m2.345s`. */
function cpuSecondsIn(report: string): number {
  const [, line = ''] = report.trim().split('\n').slice(-2)
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  )
}

/** The last line of a library's output is JSON with what it measured itself. */
function ownSeconds(output: string): number | undefined {
  const last = output.trim().split('\n').at(-1) ?? ''
  if (!last.startsWith('{')) return undefined
  const { seconds } = JSON.parse(last) as { readonly seconds?: number }
  return seconds
}

/**
 * Runs a command to its end.
 *
 * @throws Error with what it said, when it fails
 */
export async function measure({ path, args, env, watch }: Command): Promise<Measured> {
  const start = performance.now()
  const child = spawn('bash', ['-c', WRAPPER, 'bash', path, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const { stdout, stderr } = child
  const told = child.stdio[3]
  if (stdout === null || stderr === null || !(told instanceof Readable)) {
    throw new TypeError('bash was to have three pipes')
  }
  let report = ''
  told.setEncoding('utf8').on('data', (chunk: string) => {
    report += chunk
  })
  let peakRss = 0
  let peakDisk = 0
  const poll = setInterval(() => {
    const pid = Number.parseInt(report, 10)
    if (pid > 0) peakRss = Math.max(peakRss, highWaterOfAll(pid))
    if (watch !== undefined) peakDisk = Math.max(peakDisk, diskBelow(watch))
  }, POLL_MS)
  try {
    const closed = once(child, 'close')
    const [output, errors] = await Promise.all([text(stdout), text(stderr)])
    const [code, signal] = await closed
    const wholeSeconds = (performance.now() - start) / 1000
    if (code !== 0) {
      throw new Error(`${[path, ...args].join(' ')} ended with ${code ?? signal}\n${output}${errors}`)
    }
    const seconds = ownSeconds(output) ?? wholeSeconds
    return { seconds, wholeSeconds, cpuSeconds: cpuSecondsIn(report), peakRss, peakDisk }
  } finally {
    clearInterval(poll)
  }
}
