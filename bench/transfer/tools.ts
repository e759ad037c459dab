/** What the bench needs of the machine, and our own code as users run it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { bundle } from '../../scripts/bundle.ts'
import { ARIA2C, CURL, demandProgram, installPrograms, NGINX } from '../../scripts/real-parts/programs.ts'
import { sizeText } from './sizes.ts'

export interface Tools {
  readonly curl: string
  readonly aria2c: string
  /** Path of our bundled child. */
  readonly ours: string
  /** Path of the bundled child that uses `@actions/cache`. */
  readonly actionsCache: string
}

const root = join(import.meta.dirname, '../..')

/** Bundled exactly as `dist/` is: RSS and speed are those that users get. */
async function bundleChildren(folder: string): Promise<void> {
  const { files } = await bundle(root, folder, {
    ours: 'bench/transfer/ours.ts',
    'actions-cache': 'bench/transfer/peers/actions-cache.ts',
    // Threads are programs of their own, beside the bundle as in `dist/`.
    'hash-worker': 'src/core/hash-worker.ts',
  })
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  // Node reads `.js` as a module only where a package says so.
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
}

/**
 * @param folder where the bundle goes
 * @throws Error when a program is missing and cannot be installed
 */
export async function prepareTools(folder: string, report: (line: string) => void): Promise<Tools> {
  installPrograms([NGINX, CURL, ARIA2C], report)
  await bundleChildren(folder)
  return {
    curl: demandProgram(CURL),
    aria2c: demandProgram(ARIA2C),
    ours: join(folder, 'ours.js'),
    actionsCache: join(folder, 'actions-cache.js'),
  }
}

export interface Machine {
  readonly date: string
  readonly kernel: string
  readonly cores: number
  readonly processor: string
  readonly memoryBytes: number
  /** MB/s of 1 GiB written and synced by dd: what a download that is synced cannot beat. */
  readonly disk: number
  readonly node: string
  readonly nginx: string
  readonly curl: string
  readonly aria2c: string
}

/** What figures depend on. No name of the host. */
export function describeMachine(tools: Tools, folder: string): Machine {
  const firstLine = (path: string, flag: string): string => {
    const { stdout, stderr } = spawnSync(path, [flag], { encoding: 'utf8' })
    return /\d+\.\d[\w.]*/.exec(`${stdout}${stderr}`.split('\n')[0] ?? '')?.[0] ?? ''
  }
  const [processor] = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    kernel: release(),
    cores: cpus().length,
    processor: processor?.model ?? '',
    memoryBytes: totalmem(),
    disk: diskRate(folder),
    node: process.version,
    nginx: firstLine(demandProgram(NGINX), '-v'),
    curl: firstLine(tools.curl, '--version'),
    aria2c: firstLine(tools.aria2c, '--version'),
  }
}

function diskRate(folder: string): number {
  const path = join(folder, 'disk')
  const start = performance.now()
  const [size, count] = [1024 * 1024, 1024]
  execFileSync('dd', ['if=/dev/zero', `of=${path}`, `bs=${size}`, `count=${count}`, 'conv=fsync'], {
    stdio: 'pipe',
  })
  const seconds = (performance.now() - start) / 1000
  execFileSync('rm', [path])
  return Math.round((size * count) / seconds / 1e6)
}

/** One paragraph for people. */
export function machineText(machine: Machine): string {
  const { date, cores, processor, memoryBytes, disk, kernel } = machine
  return [
    `Measured ${date}: ${cores} cores (${processor}), ${sizeText(memoryBytes)} of memory, Linux ${kernel},`,
    `disk ${disk} MB/s (1 GiB written and synced), Node ${machine.node}, nginx ${machine.nginx},`,
    `curl ${machine.curl}, aria2 ${machine.aria2c}.`,
  ].join(' ')
}
