import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { ChildJob, ChildReport } from './store-child.ts'

const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url))

export interface ChildEnd {
  readonly signal: NodeJS.Signals | null
  /** Undefined when the process was killed before it could report. */
  readonly report: ChildReport | undefined
}

/**
 * Uses a store from a process of its own.
 *
 * @param shell a shell command that ends in `exec "$@"`, run around the process
 */
export async function inOwnProcess(job: ChildJob, shell = 'exec "$@"'): Promise<ChildEnd> {
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', CHILD, JSON.stringify(job)]
  const child = spawn('sh', ['-c', shell, 'sh', ...command], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ])
  if (signal === null && stdout === '') throw new Error(`The child reported nothing: ${stderr}`)
  return { signal, report: stdout === '' ? undefined : (JSON.parse(stdout) as ChildReport) }
}

/** Whether this machine lets a process have mounts of its own, which vanish with it. */
export function mayMount(): boolean {
  const probe = 'mount -t tmpfs none /tmp && mount -o remount,ro /tmp'
  return spawnSync('unshare', ['-rm', 'sh', '-c', probe]).status === 0
}

/** Runs `shell` where it may mount. */
export function withMounts(shell: string): string {
  return `exec unshare -rm sh -c '${shell}' sh "$@"`
}
