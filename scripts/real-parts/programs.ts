/** Programs of the operating system that tests and benches use as real parts. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program and the Debian package that has it. */
export interface Program {
  readonly name: string
  readonly debian: string
}

export const NGINX: Program = { name: 'nginx', debian: 'nginx-light' }
export const TINYPROXY: Program = { name: 'tinyproxy', debian: 'tinyproxy' }
export const CURL: Program = { name: 'curl', debian: 'curl' }
/** A file system without hard links, where upper and lower case are one, as a program: not every kernel has one built in. */
export const EXFAT: Program = { name: 'mount.exfat-fuse', debian: 'exfat-fuse' }
export const MAKE_EXFAT: Program = { name: 'mkfs.exfat', debian: 'exfatprogs' }
export const ZSH: Program = { name: 'zsh', debian: 'zsh' }
export const ARIA2C: Program = { name: 'aria2c', debian: 'aria2' }

/** Debian keeps servers out of an ordinary user's path. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/sbin']

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Absolute path of a program; undefined when this machine has none. */
export function findProgram({ name }: Program): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...SERVER_FOLDERS]
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/** Whether a test can have it. In CI nothing is skipped: there an absence must become an error. */
export function isThere(program: Program): boolean {
  return Boolean(process.env['CI']) || findProgram(program) !== undefined
}

/**
 * Absolute path of a program that has to be there.
 *
 * @throws Error that says how to install it
 */
export function demandProgram(program: Program): string {
  const path = findProgram(program)
  if (path !== undefined) return path
  throw new Error(`${program.name} is missing. Install it: apt-get install -y ${program.debian}`)
}

/** How this process may run apt-get; undefined when it may not. */
function aptGet(): readonly string[] | undefined {
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return undefined
  // Run level 1: a server that comes as a package does not start by itself.
  const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-qq']
  if (process.getuid?.() === 0) return command
  const mayBecomeRoot = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
  return mayBecomeRoot ? ['sudo', '-n', ...command] : undefined
}

/**
 * Installs what is missing from Debian, when this process may.
 *
 * @throws Error that says how to install what is missing
 */
export function installPrograms(programs: readonly Program[], report: (line: string) => void): void {
  const missing = programs.filter((program) => findProgram(program) === undefined)
  if (missing.length === 0) return
  const packages = missing.map(({ debian }) => debian)
  const [command, ...options] = aptGet() ?? []
  if (command !== undefined) {
    report(`Installing ${packages.join(', ')} from Debian …`)
    for (const action of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      spawnSync(command, [...options, ...action], { stdio: ['ignore', 'ignore', 'inherit'] })
    }
  }
  for (const program of missing) demandProgram(program)
}
