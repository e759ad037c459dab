/** Runs of the command that end in the middle, and what has to hold afterwards. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { bundle } from '../../scripts/bundle.ts'
import type { RawInputs } from '../../src/ensure/index.ts'
import type { Entry, FileState } from './crash-tree.ts'
import { sha256Of } from './digest.ts'
import type { Counted, Instruction } from './recorded-files.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PRELOAD = new URL('./recorded-files-preload.ts', import.meta.url).href
const ENTRIES = {
  cli: 'src/cli/bin.ts',
  'hash-worker': 'src/core/hash-worker.ts',
  'hash-files-worker': 'src/core/hash-files-worker.ts',
}

/** The command as users have it: in one file, which starts several times as fast as its sources. */
export async function buildCommand(): Promise<{ readonly path: string } & AsyncDisposable> {
  // Below the project, so that its files are modules.
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-command-'))
  const { files } = await bundle(ROOT, folder, ENTRIES)
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return {
    path: join(folder, 'cli.js'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Inputs as flags of the command. */
export function flagsOf(inputs: RawInputs): readonly string[] {
  return Object.entries(inputs).flatMap(([name, value]) => [`--${name}`, String(value)])
}

export interface Ended {
  readonly signal: NodeJS.Signals | null
  readonly exitCode: number | null
  readonly output: string
}

/** Runs a built command to its end. */
export async function runCommand(
  command: string,
  args: readonly string[],
  instruction: Instruction,
): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', PRELOAD, command, ...args],
    {
      env: {
        PATH: process.env['PATH'],
        HOME: dirname(command),
        RECORDED_FILES: JSON.stringify(instruction),
      },
      cwd: dirname(command),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const [stdout, stderr, [exitCode, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ])
  return { signal, exitCode, output: stdout + stderr }
}

/** What a run does that is not killed. */
export async function countCalls(command: string, args: readonly string[], under: string): Promise<Counted> {
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-count-'))
  try {
    const count = join(folder, 'count')
    const ended = await runCommand(command, args, { under, count })
    if (ended.exitCode !== 0) throw new Error(`The run without a kill failed: ${ended.output}`)
    return JSON.parse(await readFile(count, 'utf8')) as Counted
  } finally {
    await rm(folder, { recursive: true })
  }
}

const KINDS = ['models', 'adapters', 'datasets']

/** Digests that a final path may have, by its path below the store. Every path that is not here has to be absent. */
export type Allowed = ReadonlyMap<string, ReadonlySet<string>>

/** Files that count as one: all of them are there, or none. */
export interface Expectation {
  readonly allowed: Allowed
  /** Digests that stand under the names of other blobs: damage that was there before. */
  readonly damagedBlobs?: ReadonlySet<string>
  /** Artifacts that were incomplete before. */
  readonly incomplete?: ReadonlySet<string>
}

/** The bytes of a tree's file are never changed in place. */
const digests = new WeakMap<Buffer, string>()

/** SHA-256 of a file of a tree, made once. */
export function digestOf({ bytes }: FileState): string {
  const known = digests.get(bytes)
  if (known !== undefined) return known
  const digest = sha256Of(bytes)
  digests.set(bytes, digest)
  return digest
}

/** The usual path of what stands beside it. */
function withoutBeside(path: string): string {
  return path.replace(/@[0-9a-f]{12}/, '')
}

/** Everything under final paths and among the blobs that may not be there, as sentences. */
export function faultsOf(
  entries: Iterable<Entry>,
  { allowed, damagedBlobs, incomplete }: Expectation,
): readonly string[] {
  const faults: string[] = []
  const seen = new Map<string, Set<string>>()
  for (const { path, file } of entries) {
    if (file === undefined) continue
    const [top = '', second = '', ...rest] = path.split('/')
    if (KINDS.includes(top) && !second.startsWith('.r3mes-')) {
      const plain = withoutBeside(path)
      const digest = digestOf(file)
      if (allowed.get(plain)?.has(digest) !== true) {
        faults.push(`${path} holds ${file.bytes.length} bytes of ${digest}`)
      }
      const artifact = `${top}/${second}`
      seen.set(artifact, (seen.get(artifact) ?? new Set()).add(plain))
    }
    if (path.startsWith('blobs/sha256/') && !second.startsWith('.r3mes-') && rest.length === 2) {
      const digest = digestOf(file)
      if (digest !== rest[1] && damagedBlobs?.has(digest) !== true) faults.push(`${path} holds ${digest}`)
    }
  }
  for (const [artifact, paths] of seen) {
    const plain = withoutBeside(artifact)
    const all = [...allowed.keys()].filter((path) => path === plain || path.startsWith(`${plain}/`))
    if (incomplete?.has(plain) !== true && all.some((path) => !paths.has(path))) {
      faults.push(`${artifact} is there in parts: ${[...paths].join(', ')}`)
    }
  }
  return faults
}
