/**
 * Builds `test/chain/remesd`, the real chain of the tests, with Go. A build takes minutes on a new machine, so its result is
 * kept outside of the clone, once per version of the sources and per Go platform.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const sources = join(import.meta.dirname, '../test/chain/remesd')
const WAIT_MS = 250

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

function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(base, 'setup-r3mes', 'remesd')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** True when this process now holds the lock, false when a living process holds it. */
async function tryLock(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
  }
  const holder = Number(await readFile(lock, 'utf8').catch(() => ''))
  // Empty: its holder is about to write its id. Two that both remove a dead one's lock build twice, which harms nothing.
  if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true })
  return false
}

async function build(target: string, report: (line: string) => void): Promise<void> {
  report('Building the real chain of the tests (Go, Cosmos SDK, CometBFT): minutes on a new machine …')
  const started = Date.now()
  const unfinished = `${target}.${process.pid}`
  const child = spawn(
    'go',
    ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', unfinished, '.'],
    {
      cwd: sources,
      // Without cgo no C compiler is needed. An older Go fetches the one that go.mod names.
      env: { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto', GOFLAGS: '-mod=readonly' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const beat = setInterval(
    () => report(`… still building, ${Math.round((Date.now() - started) / 1000)} s`),
    30_000,
  )
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new Error(`go build failed in test/chain/remesd:\n${said}`)
    await rename(unfinished, target)
  } finally {
    clearInterval(beat)
    await rm(unfinished, { force: true })
  }
  report(`Built in ${Math.round((Date.now() - started) / 1000)} s: ${target}`)
}

/**
 * The path of the chain's program, built when this version of it was not yet. Several processes may ask at once: one builds,
 * the others wait.
 *
 * @throws Error when Go is missing or the build fails
 */
export async function chainBinary(report: (line: string) => void = () => {}): Promise<string> {
  const folder = join(cacheFolder(), versionOfSources())
  const target = join(folder, process.platform === 'win32' ? 'remesd.exe' : 'remesd')
  const lock = join(folder, 'lock')
  await mkdir(folder, { recursive: true })
  while (!existsSync(target)) {
    if (!(await tryLock(lock))) {
      await sleep(WAIT_MS)
      continue
    }
    try {
      if (!existsSync(target)) await build(target, report)
    } finally {
      await rm(lock, { force: true })
    }
  }
  return target
}
