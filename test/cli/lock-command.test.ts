import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { approveAdapter, type Devnet, revokeAdapter, startDevnet } from '../../src/devnet/index.ts'
import { type CommandResult, optionsOf, runBuiltCommand, startBuiltCommand } from '../support/command.ts'
import { sha256Of } from '../support/digest.ts'

const REQUEST = ['--model-version', '1.0.0', '--adapters', 'general_dora', 'coder'] as const

interface World {
  readonly devnet: Devnet
  /** Path of the lockfile. */
  readonly path: string
  lock(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<CommandResult>
}

async function aWorld(): Promise<World> {
  const devnet = await startDevnet({ sizes: { model: 10_000, adapter: 1_000, dataset: 1_000 } })
  onTestFinished(() => devnet.close())
  const home = await mkdtemp(join(tmpdir(), 'r3mes-lock-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const path = join(home, 'r3mes.lock')
  const { 'rpc-urls': urls = '' } = devnet.inputs()
  const where = optionsOf({ 'rpc-urls': urls, lockfile: path })
  return {
    devnet,
    path,
    lock: (args, environment = {}) =>
      runBuiltCommand(['lock', ...args, ...where], { HOME: home, ...environment }),
  }
}

/** Another digest for an adapter that is locked. */
function changeCoder(devnet: Devnet): void {
  approveAdapter(devnet, {
    adapterId: 'coder',
    version: '1.3.0',
    checksum: sha256Of('another coder'),
    compatibleModelVersions: ['1.0.0'],
    downloadSource: 'hf://r3mes-network/coder@main/coder.safetensors',
  })
}

describe('r3mes lock', () => {
  it('writes the lockfile and prints what was locked', async () => {
    const { devnet, path, lock } = await aWorld()
    const ended = await lock(REQUEST)
    expect(ended.exitCode).toBe(0)
    const { anchor, artifacts } = JSON.parse(await readFile(path, 'utf8'))
    expect(anchor.height).toBe(devnet.height.toString())
    for (const { id, digest } of artifacts) expect(ended.stdout).toMatch(new RegExp(`${id}.*${digest}`))
    expect(ended.stdout).toContain(`Anchor: block ${anchor.height}, ${anchor.hash}`)
    expect(ended.stdout).toContain(`Wrote ${path}`)
  })

  it('prints JSON and nothing else on standard output when asked to', async () => {
    const { devnet, path, lock } = await aWorld()
    const created = JSON.parse((await lock([...REQUEST, '--json'])).stdout)
    expect(created).toMatchObject({
      success: true,
      mode: 'create',
      lockfile: path,
      written: true,
      trust: 'quorum',
      'chain-id': devnet.chainId,
      anchor: { height: devnet.height.toString() },
      'trusting-period-seconds': 14 * 86_400,
      changes: [],
      'error-code': '',
    })
    expect(created.artifacts).toHaveLength(3)
    changeCoder(devnet)
    const checked = await lock(['--check', '--json'])
    expect(checked.exitCode).toBe(3)
    expect(JSON.parse(checked.stdout)).toMatchObject({
      success: false,
      mode: 'check',
      written: false,
      'error-code': 'LOCK_MISMATCH',
    })
  })

  it('checks with exit code 3, and prints the difference as people read it', async () => {
    const { devnet, lock } = await aWorld()
    await lock(REQUEST)
    expect(await lock(['--check'])).toMatchObject({
      exitCode: 0,
      stdout: 'The chain still says what the lockfile holds.\n',
    })
    changeCoder(devnet)
    const ended = await lock(['--check'])
    expect(ended.exitCode).toBe(3)
    expect(ended.stdout).toMatch(/^adapter coder 1\.2\.0 → 1\.3\.0: new digest/)
    expect(ended.stderr).toContain('LOCK_MISMATCH')
  })

  it('says once that something locked was revoked', async () => {
    const { devnet, lock } = await aWorld()
    await lock(REQUEST)
    revokeAdapter(devnet, 'coder')
    const { exitCode, stdout, stderr } = await lock(['--check'])
    expect(exitCode).toBe(3)
    expect(stdout).toMatch(/^ADAPTER_REVOKED: Adapter `coder`/)
    expect(stderr).not.toContain('ADAPTER_REVOKED')
    expect(stderr).toContain('LOCK_MISMATCH: the chain no longer says')
  })

  it('updates, and prints what changed', async () => {
    const { devnet, path, lock } = await aWorld()
    await lock(REQUEST)
    changeCoder(devnet)
    const ended = await lock(['--update'])
    expect(ended.exitCode).toBe(0)
    expect(ended.stdout).toMatch(/^adapter coder 1\.2\.0 → 1\.3\.0: new digest/)
    expect(ended.stdout).toMatch(/^anchor /m)
    expect(await readFile(path, 'utf8')).toContain(sha256Of('another coder'))
  })

  it.each([
    [['--check', '--update'], {}, 2, 'INPUT_INVALID'],
    [['--check'], {}, 2, 'LOCK_INVALID'],
    [['--renew'], { CI: 'true' }, 2, 'LOCK_INVALID'],
    [['--trust', 'rpc'], {}, 2, 'INPUT_INVALID'],
    [['--private-key', 'cafe'], {}, 2, 'PRIVATE_KEY_REFUSED'],
    [['--adapters', 'coder', 'writer'], {}, 3, 'ADAPTER_CONFLICT'],
    [['--min-witnesses', '7'], {}, 2, 'INPUT_INVALID'],
  ] as const)('ends %j in %j with exit code %i and %s', async (args, environment, exit, code) => {
    const { lock } = await aWorld()
    const ended = await lock(args, environment)
    expect(ended.exitCode).toBe(exit)
    expect(ended.stderr).toContain(code)
    expect(ended.stdout).toBe('')
    expect(ended.stderr).not.toContain('cafe')
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves the lockfile as it was after %s', async (signal, exit) => {
    const { devnet, path, lock } = await aWorld()
    await lock(REQUEST)
    const before = await readFile(path, 'utf8')
    devnet.advance(3)
    devnet.requests.clear()
    devnet.fail('rpc', { kind: 'stall', after: 0 })
    const child = startBuiltCommand(
      ['lock', '--update', ...optionsOf({ 'rpc-urls': devnet.inputs()['rpc-urls'] ?? '', lockfile: path })],
      { HOME: dirname(path) },
    )
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    await vi.waitFor(() => expect(devnet.requests.to('rpc').length).toBeGreaterThan(0), 10_000)
    child.kill(signal)
    const [stdout, stderr, [exitCode]] = await ended
    expect(exitCode).toBe(exit)
    expect(stdout).toContain('The lockfile is as it was.')
    expect(stderr).not.toContain('INTERNAL')
    expect(await readFile(path, 'utf8')).toBe(before)
  })

  it('shows how it is used', async () => {
    const { stdout, exitCode } = await runBuiltCommand(['lock', '--help'], {})
    expect(exitCode).toBe(0)
    for (const part of [
      'Examples:',
      '--check',
      '--update',
      '--renew',
      '--trusted-hash',
      'Commit r3mes.lock',
    ]) {
      expect(stdout).toContain(part)
    }
    expect(stdout).not.toContain('--hf-token')
  })
})
