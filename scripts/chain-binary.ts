/**
 * Builds `test/chain/remesd`, the real chain of the tests, with Go. A build takes minutes on a new machine, so its result is
 * kept outside of the clone, once per version of the sources and platform.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { builtOnce } from './built-once.ts'
import { cacheFolder } from './real-parts/cache-folder.ts'

const sources = join(import.meta.dirname, '../test/chain/remesd')

/** Whether this machine has Go, or is one where its absence must be an error: in CI nothing is skipped. */
export function goIsThere(): boolean {
  return Boolean(process.env['CI']) || spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0
}

/** SHA-256 over names and contents of everything that decides what is built. */
function versionOfSources(): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  for (const name of globSync(['*.go', 'go.mod', 'go.sum'], { cwd: sources }).sort()) {
    const content = readFileSync(join(sources, name))
    hash.update(`${name} ${content.length}\n`).update(content)
  }
  return hash.digest('hex').slice(0, 20)
}

/** Seconds since a time, for people. */
function secondsSince(started: number): number {
  return Math.round((Date.now() - started) / 1000)
}

async function build(target: string, report: (line: string) => void): Promise<void> {
  report('Building the real chain of the tests (Go, Cosmos SDK, CometBFT): minutes on a new machine …')
  const started = Date.now()
  const child = spawn(
    'go',
    ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', target, '.'],
    {
      cwd: sources,
      // Without cgo no C compiler is needed. An older Go fetches the one that go.mod names.
      env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto', GOFLAGS: '-mod=readonly' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const said = text(child.stderr)
  const beat = setInterval(() => report(`… still building, ${secondsSince(started)} s`), 30_000)
  try {
    const [code] = (await once(child, 'close').catch((cause: unknown) => {
      throw new Error('The real chain of the tests is built with Go. Install Go 1.21 or newer.', { cause })
    })) as [number | null]
    if (code !== 0) throw new Error(`go build failed in test/chain/remesd:\n${await said}`)
  } finally {
    clearInterval(beat)
  }
  report(`Built in ${secondsSince(started)} s.`)
}

/**
 * The path of the chain's program, built when this version of it was not yet. Several processes may ask at once: one builds,
 * the others wait.
 *
 * @throws Error when Go is missing or the build fails
 */
export async function chainBinary(report: (line: string) => void = () => {}): Promise<string> {
  const folder = join(cacheFolder('remesd'), versionOfSources())
  const target = join(folder, process.platform === 'win32' ? 'remesd.exe' : 'remesd')
  await builtOnce(target, (unfinished) => build(unfinished, report))
  return target
}
