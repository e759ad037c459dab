/** `r3mes verify --all` as users run it, bundled, from page cache, beside what a machine's own tools need for the same bytes. */
import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, link, mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { bundle } from '../../../scripts/bundle.ts'
import { type Bench, median, type Outcome, type Row } from '../row.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
const root = join(import.meta.dirname, '../../..')

interface Bytes {
  readonly count: number
  /** Bytes of each file. */
  readonly size: number
}

interface Made {
  readonly home: string
  /** Paths of the files under their final path. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[]
}

/** A store with one dataset of so many files, each a hard link of its blob, as runs make them. */
async function makeStore(bench: Bench, { count, size }: Bytes): Promise<Made> {
  const home = join(await bench.folder(), 'home')
  const dataset = join(home, 'datasets/many')
  for (const folder of [home, dataset]) await mkdir(folder, { recursive: true, mode: 0o755 })
  const piece = randomBytes(Math.min(size, 16 * MIB))
  const files: { path: string; sha256: string; inside: string }[] = []
  for (let index = 0; index < count; index++) {
    piece.writeUInt32LE(index, 0)
    const hash = createHash('sha256')
    const inside = `${index % 100}/${index}.bin`
    const path = join(dataset, inside)
    await mkdir(dirname(path), { recursive: true })
    {
      await using file = await open(path, 'wx')
      for (let at = 0; at < size; at += piece.length) {
        const bytes = piece.subarray(0, Math.min(piece.length, size - at))
        hash.update(bytes)
        await file.write(bytes)
      }
    }
    const sha256 = hash.digest('hex')
    const blob = join(home, 'blobs/sha256', sha256.slice(0, 2), sha256)
    await mkdir(dirname(blob), { recursive: true, mode: 0o700 })
    await chmod(path, 0o444)
    await link(path, blob)
    files.push({ path, sha256, inside })
  }
  await writeIndex(home, dataset, files, size)
  return { home, files }
}

async function writeIndex(
  home: string,
  dataset: string,
  files: readonly { readonly inside: string; readonly sha256: string }[],
  size: number,
): Promise<void> {
  const times = { downloaded_at: 1, last_used: 1, usage_count: 1 }
  const many = {
    ...{ url: '', path: dataset, hash: '', ...times, file_size: files.length * size, version: '' },
    files: files.map(({ inside, sha256 }) => ({ path: inside, sha256, size })),
  }
  await mkdir(join(home, 'cache'), { mode: 0o755 })
  const index = { models: {}, adapters: {}, datasets: { many }, last_updated: 1 }
  await writeFile(join(home, 'cache/cache_registry.json'), JSON.stringify(index))
}

/** The command with its threads, bundled as in `dist/`. */
async function bundled(bench: Bench): Promise<string> {
  const folder = await bench.folder()
  const { files } = await bundle(root, folder, {
    cli: 'src/cli/bin.ts',
    'hash-worker': 'src/core/hash-worker.ts',
    'hash-files-worker': 'src/core/hash-files-worker.ts',
  })
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  return join(folder, 'cli.js')
}

interface Timed {
  readonly seconds: number
  /** Highest resident memory, MiB. Linux alone tells it. */
  readonly memory: number
}

async function verify(cli: string, home: string): Promise<Timed> {
  const start = performance.now()
  const child = spawn(process.execPath, [cli, 'verify', '--all', '--home', home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.resume()
  let memory = 0
  const look = setInterval(() => {
    readFile(`/proc/${child.pid}/status`, 'utf8').then(
      (status) => {
        memory = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? memory * 1024) / 1024
      },
      () => {},
    )
  }, 50)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(look)
  if (code !== 0) throw new Error(`r3mes verify ended with exit code ${code}`)
  return { seconds: (performance.now() - start) / 1000, memory: Math.round(memory) }
}

function seconds(program: string, args: readonly string[]): number {
  const start = performance.now()
  execFileSync(program, [...args], { stdio: 'ignore' })
  return (performance.now() - start) / 1000
}

/** Runs in turn, so that both see the same machine. The first round only fills the page cache. */
async function inTurn(
  bench: Bench,
  ours: () => Promise<Timed>,
  theirs: () => number,
): Promise<{ readonly ours: number; readonly theirs: number; readonly memory: number }> {
  const mine: Timed[] = []
  const others: number[] = []
  for (let round = 0; round <= bench.rounds; round++) {
    const [their, own] = [theirs(), await ours()]
    if (round === 0) continue
    others.push(their)
    mine.push(own)
  }
  return {
    ours: median(mine.map((timed) => timed.seconds)),
    theirs: median(others),
    memory: Math.max(...mine.map(({ memory }) => memory)),
  }
}

const rounded = (value: number): number => Math.round(value * 100) / 100

export const verifyLarge: Row = {
  name: 'verify-large',
  title: ({ size }) =>
    `verify --all, ${rounded(8 * size)} GiB in 8 files: × processors × one \`openssl dgst -sha256\``,
  unit: '×',
  goal: { least: 0.95 },
  async measure(bench): Promise<Outcome> {
    const bytes = { count: 8, size: Math.round(GIB * bench.size) }
    bench.report('writing files')
    const { home, files } = await makeStore(bench, bytes)
    const cli = await bundled(bench)
    const [first] = files
    if (first === undefined) throw new TypeError('There are no files')
    // All files are read once, so that the page cache holds them.
    const { ours, theirs, memory } = await inTurn(
      bench,
      () => verify(cli, home),
      () => seconds('openssl', ['dgst', '-sha256', first.path]),
    )
    const ourRate = (bytes.count * bytes.size) / ours
    const rate = bytes.size / theirs
    return {
      value: rounded(ourRate / (availableParallelism() * rate)),
      more: {
        'MB/s': Math.round(ourRate / 1e6),
        'openssl, MB/s': Math.round(rate / 1e6),
        'RSS, MiB': memory,
      },
    }
  },
}

export const verifySmall: Row = {
  name: 'verify-small',
  title: ({ size }) => `verify --all, ${Math.round(20_000 * size)} files of 32 KiB: × \`sha256sum -c\``,
  unit: '×',
  goal: { least: 2 },
  async measure(bench): Promise<Outcome> {
    bench.report('writing files')
    const { home, files } = await makeStore(bench, {
      count: Math.round(20_000 * bench.size),
      size: 32 * 1024,
    })
    const cli = await bundled(bench)
    const list = join(dirname(home), 'SHA256SUMS')
    await writeFile(list, files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join(''))
    const { ours, theirs, memory } = await inTurn(
      bench,
      () => verify(cli, home),
      () => seconds('sha256sum', ['--quiet', '-c', list]),
    )
    return {
      value: rounded(theirs / ours),
      more: { 'ours, s': rounded(ours), 'sha256sum, s': rounded(theirs), 'RSS, MiB': memory },
    }
  },
}
