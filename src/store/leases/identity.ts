/** What tells one process from all others, on this machine and on neighbours, now and after its number was given again. */
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { errnoOf } from '../fs-error.ts'

export interface Machine {
  /** This boot on Linux; elsewhere the host, whose locks end with the boot anyway. */
  readonly bootId: string
  /** The space in which process ids mean something. */
  readonly pidNamespace: string
  readonly host: string
}

let own: Machine | undefined

/** Where this process runs. */
export function thisMachine(): Machine {
  own ??= { bootId: bootId(), pidNamespace: pidNamespace(), host: hostname() }
  return own
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return `host:${hostname()}`
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return 'none'
  }
}

/** Eight hex characters for the space in which a process id means something: this boot and pid namespace. */
export function processScope({ bootId, pidNamespace, host }: Machine = thisMachine()): string {
  const scope = pidNamespace === 'none' ? host : `${bootId}\n${pidNamespace}`
  return createHash('sha256').update(scope).digest('hex').slice(0, 8)
}

/** Whether a process of this number lives, in our own scope. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return errnoOf(thrown) !== 'ESRCH'
  }
}

/**
 * When a process began, in clock ticks since the boot (proc_pid_stat(5), field 22): with its number it names a process for as
 * long as the machine runs. Undefined where the system does not say.
 */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program stands in parentheses and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
