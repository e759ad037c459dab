import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { revokeAdapter } from '../../src/devnet/index.ts'
import { openStore } from '../../src/store/index.ts'
import { type CommandResult, optionsOf, runCommand } from '../support/command.ts'
import { type Ensured, ensured } from '../support/ensured.ts'
import { read, section } from '../support/project.ts'
import { MAIN_JOB } from '../support/scenario.ts'
import { filesIn, scribble } from '../support/store.ts'

const LONG = { timeout: 120_000 }

/** A store in which the main job has run. */
async function aUsedStore(): Promise<Ensured> {
  const world = await ensured()
  expect(await world.run(MAIN_JOB)).toMatchObject({ success: true })
  return world
}

/** What the commands take of the devnet's inputs. */
function chainOf({ devnet }: Ensured, fetches: boolean): string[] {
  const { 'rpc-urls': urls = '', 'chain-id': id = '', ...sources } = devnet.inputs()
  const known = ['hf-endpoint', 'ipfs-gateways', 'mirrors', 'allow-hosts', 'sources']
  const more = Object.entries(sources).filter(([name]) => fetches && known.includes(name))
  return optionsOf({ 'rpc-urls': urls, 'chain-id': id, ...Object.fromEntries(more) })
}

function verify({ home }: Ensured, ...args: string[]): Promise<CommandResult> {
  return runCommand(['verify', '--home', home, ...args])
}

function repair(world: Ensured, ...args: string[]): Promise<CommandResult> {
  return runCommand(['repair', '--home', world.home, ...chainOf(world, true), ...args])
}

/** Flips bits of one file, deletes another one. */
async function damage(home: string): Promise<void> {
  const coder = join(home, 'adapters/coder.safetensors')
  const bytes = await readFile(coder)
  bytes.writeUInt8(bytes.readUInt8(1000) ^ 1, 1000)
  await scribble(coder, bytes)
  await rm(join(home, 'datasets/training_dataset_v1'), { recursive: true })
}

/** The block of the README that shows a command and what it printed. */
function shown(command: string): string {
  const blocks = [...section(read('README.md'), '## Command line').matchAll(/```console\n([\s\S]*?)```/g)]
  const block = blocks.map(([, each = '']) => each).find((each) => each.startsWith(`$ ${command}\n`))
  if (block === undefined) throw new Error(`The README shows no \`${command}\``)
  return block.slice(block.indexOf('\n') + 1)
}

/** Without what is another one each time: durations, and the time and random part of a name in quarantine. */
function anywhere(printed: string): string {
  return printed
    .replace(/in [0-9.]+ s/g, 'in 0.1 s')
    .replace(/-\d{8}T\d{6}Z-[0-9a-f]{6}/g, '-20261122T074500Z-0123ab')
}

describe('what the README shows of verify and repair', () => {
  it('is what the commands print', LONG, async () => {
    const world = await aUsedStore()
    await damage(world.home)
    const found = await verify(world)
    expect(anywhere(found.stdout)).toBe(anywhere(shown('r3mes verify')))
    expect(found.stderr).toContain('STORE_CORRUPT: 2 files are corrupt or missing.')
    expect(found.exitCode).toBe(7)

    // The corrupt one is in quarantine by now.
    const repaired = await repair(world)
    expect(anywhere(repaired.stdout)).toBe(anywhere(shown('r3mes repair')))
    expect(repaired.exitCode).toBe(0)
    const after = await verify(world, ...chainOf(world, false))
    expect(after.stdout).toContain('4 ok.\nApprovals: 4 of 4 artifacts are approved now.')
    expect(after.exitCode).toBe(0)
  })
})

describe('r3mes verify', () => {
  it('prints the same as JSON, however many files there are', LONG, async () => {
    const world = await aUsedStore()
    await damage(world.home)
    const { stdout, stderr, exitCode } = await verify(world, '--all', '--json')
    expect(stderr).not.toMatch(/flag/i)
    const result = JSON.parse(stdout)
    expect(exitCode).toBe(7)
    expect(result).toMatchObject({
      success: false,
      counts: { ok: 3, corrupt: 1, missing: 1, foreign: 0, unapproved: 0 },
      'error-code': 'STORE_CORRUPT',
    })
    expect(result.artifacts.map(({ approval }: { approval: string }) => approval)).toEqual(
      Array(4).fill('not asked'),
    )
    const [corrupt] = result.files.filter(({ state }: { state: string }) => state === 'corrupt')
    expect(corrupt).toMatchObject({ artifact: { kind: 'adapter', id: 'coder' }, 'used-by': [] })
    expect(await readdir(join(world.home, 'blobs/quarantine'))).toEqual([
      corrupt['kept-as'].split('/').at(-1),
    ])
  })

  it('says what the chain does not approve any more, and ends with the code of that', LONG, async () => {
    const world = await aUsedStore()
    revokeAdapter(world.devnet, 'coder')
    const { stdout, stderr, exitCode } = await verify(world, ...chainOf(world, false))
    expect(stdout).toMatch(
      /^unapproved {2}adapters\/coder\.safetensors\n +Adapter `coder` 1\.2\.0 was revoked/m,
    )
    expect(stdout).toContain('1 unapproved.\nApprovals: 3 of 4 artifacts are approved now.')
    expect(stderr).toContain('ADAPTER_REVOKED')
    // That is an input of a run, which nobody has set here.
    expect(stderr).not.toContain('plan-only')
    expect(exitCode).toBe(3)
    expect(await readdir(join(world.home, 'adapters'))).toContain('coder.safetensors')
  })

  it('still checks the bytes when the chain cannot be asked, and says so', LONG, async () => {
    const world = await aUsedStore()
    const { stdout, exitCode } = await verify(world, '--rpc-urls', 'http://127.0.0.1:1', '--trust', 'rpc')
    expect(stdout).toContain(
      '4 ok.\nApprovals: 0 of 4 artifacts are approved now. Not all could be asked: CHAIN_UNREACHABLE',
    )
    expect(exitCode).toBe(5)
  })

  it('takes a corrupt file away from a job that uses it, and tells whose it was', LONG, async () => {
    const world = await aUsedStore()
    await damage(world.home)
    await using job = await openStore({ home: world.home, reporter: silentReporter, doing: 'training' })
    await job.leases.use({ artifacts: [join(world.home, 'adapters/coder.safetensors')] })
    const { stdout, stderr } = await verify(world)
    expect(stdout).toMatch(/It was in use by training, process \d+ on /)
    expect(stderr).toContain('Warning: Corrupt: ')
    expect(await readdir(join(world.home, 'adapters'))).not.toContain('coder.safetensors')
  })

  it('lets no name of a foreign file look like a line of its own', LONG, async () => {
    const world = await aUsedStore()
    await writeFile(join(world.home, 'adapters/x\nok          models\u001b[2K'), 'x')
    const { stdout, exitCode } = await verify(world)
    expect(stdout.split('\n').filter((line) => line.startsWith('ok '))).toHaveLength(4)
    expect(stdout).toMatch(/^foreign {5}adapters\/x ok/m)
    expect(stdout).not.toContain('\u001b')
    expect(exitCode).toBe(0)
  })

  it('says that there is no store, and makes none', LONG, async () => {
    const { home } = await ensured()
    const { stderr, exitCode } = await runCommand(['verify', '--home', join(home, 'none')])
    expect(stderr).toContain('INPUT_INVALID: There is no store')
    expect(exitCode).toBe(2)
    expect(await readdir(home)).toEqual([])
  })

  it('stops at a signal in the middle of a large file', LONG, async () => {
    const world = await ensured()
    await mkdir(join(world.home, 'models/v9'), { recursive: true })
    await mkdir(join(world.home, 'blobs/sha256'), { recursive: true })
    await writeFile(join(world.home, 'models/v9/large'), '')
    await truncate(join(world.home, 'models/v9/large'), 2 ** 42)
    const main = join(import.meta.dirname, '../../src/cli/main.ts')
    const child = spawn(process.execPath, [main, 'verify', '--home', world.home], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    // Seen as soon as there is progress to tell of.
    const [first] = (await once(child.stderr, 'data')) as [Buffer]
    child.kill('SIGINT')
    const [rest, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect(`${first}${rest}`).toContain('Stopped by a signal.')
    expect(code).toBe(130)
  })
})

describe('r3mes repair', () => {
  it('fetches what is broken and nothing else, each file where it was', LONG, async () => {
    const world = await aUsedStore()
    const before = await filesIn(join(world.home, 'adapters'))
    await damage(world.home)
    world.devnet.requests.clear()
    const { stdout, exitCode } = await repair(world, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      success: true,
      counts: { corrupt: 1, missing: 1 },
      repairs: [
        { kind: 'adapter', id: 'coder', repaired: true, beside: null, 'bytes-downloaded': 5000 },
        // Its blob was still there.
        { kind: 'dataset', id: 'training_dataset_v1', repaired: true, 'bytes-downloaded': 0 },
      ],
      'error-code': '',
    })
    expect(exitCode).toBe(0)
    expect(await filesIn(join(world.home, 'adapters'))).toEqual(before)
  })

  it('repairs nothing that is not approved any more, and everything else all the same', LONG, async () => {
    const world = await aUsedStore()
    await damage(world.home)
    revokeAdapter(world.devnet, 'coder')
    const { stdout, exitCode } = await repair(world)
    expect(stdout).toMatch(/^not repaired {2}adapters\/coder\.safetensors\n +ADAPTER_REVOKED: /m)
    expect(stdout).toMatch(/^repaired {6}datasets\/training_dataset_v1, dataset/m)
    expect(stdout).toContain('Repaired: 1 of 2.')
    expect(exitCode).toBe(3)
    expect(await readdir(join(world.home, 'adapters'))).toEqual(['general_dora.safetensors'])
  })

  it('says what could not be fetched, and why', LONG, async () => {
    const world = await aUsedStore()
    await damage(world.home)
    const urls = optionsOf({ 'rpc-urls': world.devnet.inputs()['rpc-urls'] ?? '' })
    const nowhere = ['--sources', 'http', ...urls]
    const { stdout, exitCode } = await runCommand(['repair', '--home', world.home, ...nowhere])
    expect(stdout).toMatch(
      /^not repaired {2}adapters\/coder\.safetensors\n +(?:SOURCES_EXHAUSTED|URL_REFUSED): /m,
    )
    expect(stdout).toMatch(/^repaired {6}datasets\/training_dataset_v1, dataset/m)
    expect(exitCode).toBe(6)
  })

  it('puts an artifact beside when a foreign file lies in its folder', LONG, async () => {
    const world = await aUsedStore()
    const folder = join(world.home, 'datasets/training_dataset_v1')
    await rm(join(folder, 'training_dataset_v1.jsonl'))
    await writeFile(join(folder, 'mine'), 'mine')
    const { stdout, exitCode } = await repair(world)
    expect(stdout).toMatch(/^beside {8}datasets\/training_dataset_v1@[0-9a-f]{12}, dataset/m)
    expect(exitCode).toBe(0)
    expect(await readFile(join(folder, 'mine'), 'utf8')).toBe('mine')
  })

  it('says what is approved once, and not again for each artifact', LONG, async () => {
    const world = await aUsedStore()
    await damage(world.home)
    await scribble(join(world.home, 'adapters/general_dora.safetensors'), Buffer.from('wrong'))
    const { stdout, stderr } = await repair(world)
    expect(stdout).toContain('Repaired: 3 of 3.')
    const lines = stderr.trimEnd().split('\n')
    expect(lines.filter((line) => line === 'Approvals …')).toHaveLength(1)
    expect(lines.filter((line) => line.includes('adapter coder'))).not.toHaveLength(0)
    expect(lines).toEqual([...new Set(lines)])
  })

  it('says as JSON what was not repaired', LONG, async () => {
    const world = await aUsedStore()
    await damage(world.home)
    revokeAdapter(world.devnet, 'coder')
    const { stdout, exitCode } = await repair(world, '--json')
    expect(exitCode).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ success: false, 'error-code': 'ADAPTER_REVOKED' })
  })

  it('asks nobody when nothing is broken', LONG, async () => {
    const world = await aUsedStore()
    world.devnet.requests.clear()
    const { stdout, exitCode } = await repair(world)
    expect(stdout).toContain('Nothing is broken.')
    expect(exitCode).toBe(0)
    expect(world.devnet.requests.content()).toEqual([])
  })

  it('wants to know whom to ask', LONG, async () => {
    const world = await ensured()
    const { stderr, exitCode } = await runCommand(['repair', '--home', world.home])
    expect(stderr).toContain('RPC_URL_MISSING: Nothing is repaired without asking what is approved.')
    expect(exitCode).toBe(2)
  })
})
