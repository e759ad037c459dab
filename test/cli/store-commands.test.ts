import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { formatSize } from '../../src/ensure/index.ts'
import { openStore } from '../../src/store/index.ts'
import { runCommand } from '../support/command.ts'
import { read, section } from '../support/project.ts'
import { theShownStore } from '../support/shown-store.ts'
import { aFolder, filesIn } from '../support/store.ts'

/** What a command prints about a store on standard output. */
async function at(home: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await runCommand([...args, '--home', home])
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
  return stdout
}

/** The block of the README that shows a command and what it printed. */
function shown(command: string): string {
  const blocks = [...section(read('README.md'), '## Command line').matchAll(/```console\n([^`]*)```/g)]
  const block = blocks.map(([, text = '']) => text).find((text) => text.startsWith(`$ ${command}\n`))
  if (block === undefined) throw new Error(`The README shows no \`${command}\``)
  return block.slice(block.indexOf('\n') + 1)
}

/** Without what differs between machines and days: the disk, and when counting began. */
function anywhere(text: string): string {
  return text.replace(/^The disk has .*$/m, 'The disk has …').replace(/^Since [0-9-]{10}:/m, 'Since …:')
}

describe('what the README shows', () => {
  it('is what the commands print', { timeout: 60_000 }, async () => {
    const home = await theShownStore()
    expect(await at(home, 'ls')).toBe(shown('r3mes ls'))
    expect(anywhere(await at(home, 'stats'))).toBe(anywhere(shown('r3mes stats')))
    expect(await at(home, 'prune', '--dry-run', '--keep-popular', '2')).toBe(
      shown('r3mes prune --dry-run --keep-popular 2'),
    )
  })
})

describe('r3mes prune', () => {
  it('removes what it showed, and no more', { timeout: 60_000 }, async () => {
    const home = await theShownStore()
    const json = ['--max-size', '8MB', '--json']
    const planned = JSON.parse(await at(home, 'prune', '--dry-run', ...json))
    expect(await readdir(join(home, 'models'))).toEqual(['v1.0.0', 'v1.1.0'])
    const done = JSON.parse(await at(home, 'prune', ...json))
    expect(done).toEqual({ ...planned, dry_run: false })
    expect(done.removed.map(({ name }: { name: string }) => name)).toEqual(['general_dora', 'v1.0.0'])
    expect(await readdir(join(home, 'models'))).toEqual(['v1.1.0'])
    expect(await readdir(join(home, 'adapters'))).toEqual(['coder.safetensors'])
  })

  it('keeps what a running job uses, and says so', { timeout: 60_000 }, async () => {
    const home = await theShownStore()
    await using job = await openStore({ home, reporter: silentReporter })
    const path = join(home, 'models', 'v1.0.0')
    await job.leases.use({ artifacts: [path] })
    const said = await at(home, 'prune', '--keep-popular', '0')
    expect(said).toContain('Kept in any case: 1 in use.')
    expect(existsSync(path)).toBe(true)
    expect(await at(home, 'ls')).toMatch(/^model +v1\.0\.0 .* in use now/m)
  })

  it.each([
    ['--max-age', 'soon', 'such as 30d'],
    ['--max-age', '0d', 'An age of 0 would remove all'],
    ['--max-age', '0h0m', 'An age of 0 would remove all'],
    ['--max-size', 'big', 'such as 200GB'],
    ['--max-size', '200', 'a number and a unit'],
    ['--min-free', '20', 'a number and a unit'],
    ['--keep-popular', '-1', 'whole number'],
    ['--kind', 'movies', 'models, adapters, datasets'],
  ])('says what %s takes instead of %s', async (option, value, hint) => {
    const { exitCode, stderr } = await runCommand(['prune', `${option}=${value}`])
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(hint) })
  })
})

describe('r3mes stats', () => {
  it('names what the quarantine takes beside the store', { timeout: 60_000 }, async () => {
    const home = await theShownStore()
    await mkdir(join(home, 'blobs', 'quarantine'), { recursive: true })
    await writeFile(join(home, 'blobs', 'quarantine', 'bad'), 'x'.repeat(4096))
    const { blocks } = await stat(join(home, 'blobs', 'quarantine', 'bad'))
    expect(await at(home, 'stats')).toContain(
      ` on the disk, and its quarantine ${formatSize(blocks * 512)} more; artifacts save `,
    )
  })

  it('writes a file for Prometheus in one step, which others may read', { timeout: 60_000 }, async () => {
    const home = await theShownStore()
    const folder = await aFolder()
    const out = join(folder, 'r3mes.prom')
    await writeFile(out, 'old')
    expect(await at(home, 'stats', '--prometheus', '--out', out)).toBe('')
    expect(await readdir(folder)).toEqual(['r3mes.prom'])
    expect((await stat(out)).mode & 0o777).toBe(0o644)
    expect(await readFile(out, 'utf8')).toContain('r3mes_store_artifacts{kind="model"} 2\n')
  })

  it('says the numbers in the words of the Python manager', { timeout: 60_000 }, async () => {
    const home = await theShownStore()
    expect(JSON.parse(await at(home, 'stats', '--json'))).toMatchObject({
      home,
      models: { count: 2, files: 4, total_size: 10_500_000 },
      adapters: { count: 2, total_size: 570_000 },
      datasets: { count: 1, total_size: 1_900_000 },
      disk_usage: { total: expect.any(Number), used: expect.any(Number), free: expect.any(Number) },
      counters: {
        runs: 29,
        failed_runs: 1,
        hits: 98,
        misses: 6,
        sources: { huggingface: { ok: 5, failed: 1 } },
      },
      hit_rate: 98 / 104,
    })
  })

  it('refuses options that do not go together', async () => {
    for (const args of [
      ['--json', '--prometheus'],
      ['--out', '/tmp/x.prom'],
    ]) {
      const { exitCode, stderr } = await runCommand(['stats', ...args])
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('INPUT_INVALID'),
      })
    }
  })

  it('says when the file cannot be written, and leaves nothing behind', { timeout: 60_000 }, async () => {
    const home = await theShownStore()
    const { exitCode, stderr } = await runCommand([
      ...['stats', '--prometheus', '--home', home],
      ...['--out', join(home, 'no', 'such', 'folder.prom')],
    ])
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('`--out`') })
  })
})

describe('r3mes ls', () => {
  it('prints JSON, one artifact a line, in the words of the usage index', { timeout: 60_000 }, async () => {
    const home = await theShownStore()
    const text = await at(home, 'ls', '--json')
    expect(text.trimEnd().split('\n')).toHaveLength(7)
    expect(JSON.parse(text)[0]).toMatchObject({
      kind: 'model',
      name: 'v1.0.0',
      path: join(home, 'models', 'v1.0.0'),
      files: 2,
      file_size: 4_800_000,
      approved_at_height: '42',
      chain_id: 'remes-testnet-1',
      usage_count: 3,
      used_by: 'ci.yml, job train',
      in_use: false,
      indexed: true,
    })
  })

  it('shows what the index does not know, and leaves out what is gone', { timeout: 60_000 }, async () => {
    const home = await theShownStore()
    await rm(join(home, 'models', 'v1.0.0'), { recursive: true })
    await writeFile(join(home, 'adapters', 'mine.safetensors'), 'mine')
    const said = await at(home, 'ls')
    expect(said).not.toContain('v1.0.0 ')
    expect(said).toMatch(/^adapter +mine\.safetensors .*\(not in the usage index\)$/m)
  })

  it('makes no store where there is none', async () => {
    const home = join(await aFolder(), 'none')
    const { exitCode, stderr } = await runCommand(['ls', '--home', home])
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no store') })
    expect(existsSync(home)).toBe(false)
  })
})

describe('r3mes cache clear', () => {
  it('removes totals and index, makes the index anew, and keeps receipts and artifacts', {
    timeout: 60_000,
  }, async () => {
    const home = await theShownStore()
    {
      await using store = await openStore({ home, reporter: silentReporter })
      await store.writeCacheFile('receipts/one.json', '{}')
      await store.writeCacheFile('notes.txt', 'mine')
    }
    const { stdout, exitCode } = await runCommand(['cache', 'clear', '--json', '--home', home])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout).files).toBeGreaterThanOrEqual(2)
    expect(Object.keys(await filesIn(join(home, 'cache')))).toEqual([
      'cache_registry.json',
      'notes.txt',
      'receipts/one.json',
    ])
    expect(JSON.parse(await at(home, 'ls', '--json'))).toHaveLength(5)
    expect(await at(home, 'stats')).toContain('No run was counted yet.')
  })
})
