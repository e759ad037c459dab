import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseEnv } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { freePort } from '../../scripts/real-parts/free-port.ts'
import { type Devnet, type DevnetOptions, startDevnet } from '../../src/devnet/index.ts'
import { type CommandResult, runCommand } from '../support/command.ts'
import { read } from '../support/project.ts'
import { aFolder } from '../support/store.ts'
import { aTerminal, mayHaveTerminals, type Terminal } from '../support/terminal.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const WORKFLOW = '.github/workflows/r3mes.yml'
const ALL = [WORKFLOW, 'r3mes.lock', '.env', '.gitignore']

async function aChain(options: DevnetOptions = {}): Promise<Devnet> {
  const devnet = await startDevnet({ sizes: { model: 10_000, adapter: 1_000, dataset: 1_000 }, ...options })
  onTestFinished(() => devnet.close())
  return devnet
}

interface Repository {
  readonly folder: string
  text(path: string): Promise<string>
  /** Files but those of git. */
  files(): Promise<readonly string[]>
  init(...args: readonly string[]): Promise<CommandResult>
  onTerminal(...args: readonly string[]): Terminal
}

async function aRepository(): Promise<Repository> {
  const folder = await aFolder()
  const home = await aFolder()
  execFileSync('git', ['init', '-q', folder])
  return {
    folder,
    text: (path) => readFile(join(folder, path), 'utf8'),
    files: async () =>
      (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile() && !`${entry.parentPath}/`.startsWith(`${folder}/.git/`))
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort(),
    init: (...args) => runCommand(['init', ...args], { HOME: home }, folder),
    onTerminal: (...args) =>
      aTerminal([process.execPath, MAIN, 'init', ...args], { folder, environment: { HOME: home } }),
  }
}

const endpointsOf = ({ urls }: Devnet): string[] => ['--rpc-urls', urls.rpc, urls.rpc2]

/** A program's end; the chain that it asks lives in this process, which must not wait for it in the meantime. */
async function started(
  program: string,
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
) {
  const child = spawn(program, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { stdout, stderr, exitCode }
}

/** The block of docs/init.md that shows what was asked and answered. */
function shownInit(): string {
  const [, block = ''] = /```console\n\$ r3mes init\n([\s\S]*?)```/.exec(read('docs/init.md')) ?? []
  return block
}

describe('r3mes init with flags', () => {
  it('writes a workflow, a proven lockfile and .env, and prints the next two commands', {
    timeout: 60_000,
  }, async () => {
    const devnet = await aChain()
    const repository = await aRepository()
    const ended = await repository.init(
      '--yes',
      ...endpointsOf(devnet),
      '--model-version',
      '1.0.0',
      '--adapters',
      'coder',
    )
    expect(ended.exitCode).toBe(0)
    expect(await repository.files()).toEqual(ALL.toSorted())
    const { jobs } = parse(await repository.text(WORKFLOW))
    expect(jobs.r3mes.steps[1].with).toMatchObject({ adapters: 'coder', 'model-version': '1.0.0' })
    const lock = JSON.parse(await repository.text('r3mes.lock'))
    expect(lock.anchor.height).toBe(devnet.height.toString())
    expect(lock.artifacts.map(({ id }: { id: string }) => id)).toContain('coder')
    expect(parseEnv(await repository.text('.env'))).toEqual({
      BLOCKCHAIN_RPC_URL: `${devnet.urls.rpc}\n${devnet.urls.rpc2}`,
    })
    expect(await repository.text('.gitignore')).toBe('.env\n')
    const next = ended.stdout.slice(ended.stdout.indexOf('Next:'))
    expect(next).toBe(
      `Next:\n  r3mes ensure --env-file .env --model-version 1.0.0 --adapters coder\n  git add ${WORKFLOW} r3mes.lock .gitignore && git commit -m 'Approved models from the R3MES chain'\n`,
    )
    expect(ended.stdout).toContain('Trust is on first use')
  })

  it('prints commands that work as they are', { timeout: 60_000 }, async () => {
    const devnet = await aChain()
    const repository = await aRepository()
    const request = ['--model-version', '1.0.0', '--adapters', 'general_dora', 'coder']
    const ended = await repository.init('--yes', ...endpointsOf(devnet), ...request)
    const [ensure = '', commit = ''] = ended.stdout.slice(ended.stdout.indexOf('Next:')).split('\n').slice(1)
    const environment = {
      PATH: process.env['PATH'] ?? '',
      HOME: repository.folder,
      ...{ GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.org' },
      ...{ GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.org' },
    }
    const sh = (script: string): string =>
      execFileSync('sh', ['-c', script], {
        cwd: repository.folder,
        env: environment,
        encoding: 'utf8',
        stdio: 'pipe',
      })
    const r3mes = `r3mes() { '${process.execPath}' '${MAIN}' "$@" --plan-only true; }`
    const planned = await started('sh', ['-c', `${r3mes}; ${ensure}`], repository.folder, environment)
    expect(planned).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('3 artifacts approved') })
    sh(commit)
    expect(sh('git ls-files').trim().split('\n').sort()).toEqual(
      [WORKFLOW, '.gitignore', 'r3mes.lock'].sort(),
    )
    expect(sh('git status --porcelain -- .env')).toBe('')
  })

  it('needs the endpoints where nobody can be asked, and says so', { timeout: 60_000 }, async () => {
    const repository = await aRepository()
    const ended = await repository.init()
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--rpc-urls') })
    expect(await repository.files()).toEqual([])
  })

  it('prints the step alone, and writes nothing', { timeout: 60_000 }, async () => {
    const repository = await aRepository()
    const ended = await repository.init(
      '--print',
      '--rpc-urls',
      'https://rpc.example.org',
      '--adapters',
      'a',
      'b',
    )
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
    expect(parse(`steps:\n${ended.stdout}`).steps[0].with).toMatchObject({ adapters: 'a\nb\n' })
    expect(await repository.files()).toEqual([])
  })

  it('leaves what is there, and prints what to paste', { timeout: 60_000 }, async () => {
    const devnet = await aChain()
    const repository = await aRepository()
    await mkdir(join(repository.folder, '.github/workflows'), { recursive: true })
    for (const path of [WORKFLOW, '.env', 'r3mes.lock'])
      await writeFile(join(repository.folder, path), 'mine\n')
    const ended = await repository.init('--yes', ...endpointsOf(devnet))
    expect(ended.exitCode).toBe(0)
    for (const path of [WORKFLOW, '.env', 'r3mes.lock']) expect(await repository.text(path)).toBe('mine\n')
    expect(ended.stdout).toContain('- uses: r3mes-network/setup-r3mes@v')
    expect(ended.stdout).toContain(`BLOCKCHAIN_RPC_URL='${devnet.urls.rpc}`)
    expect(ended.stdout).toContain('r3mes lock --update')
  })

  it('replaces a workflow when it is told to, and nothing else', { timeout: 60_000 }, async () => {
    const devnet = await aChain()
    const repository = await aRepository()
    await mkdir(join(repository.folder, '.github/workflows'), { recursive: true })
    for (const path of [WORKFLOW, '.env']) await writeFile(join(repository.folder, path), 'mine\n')
    const ended = await repository.init('--yes', '--force', ...endpointsOf(devnet))
    expect(ended.exitCode).toBe(0)
    expect(await repository.text('.env')).toBe('mine\n')
    expect(parse(await repository.text(WORKFLOW)).permissions).toEqual({ contents: 'read' })
  })

  it('writes the rest when the chain cannot be asked, and says what to type later', {
    timeout: 60_000,
  }, async () => {
    const repository = await aRepository()
    const dead = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`]
    const ended = await repository.init('--yes', '--rpc-urls', ...dead, '--adapters', 'coder')
    expect(ended.exitCode).toBe(5)
    expect(await repository.files()).toEqual([WORKFLOW, '.env', '.gitignore'].toSorted())
    expect(ended.stdout).toContain('There is no r3mes.lock yet. CHAIN_UNREACHABLE')
    expect(ended.stdout).toContain(
      `r3mes lock --rpc-urls ${dead.join(' ')} --chain-id remes-testnet-1 --model-version active --adapters coder`,
    )
  })

  it('writes the rest when nothing says what to trust', { timeout: 60_000 }, async () => {
    const devnet = await aChain()
    const repository = await aRepository()
    const ended = await repository.init('--yes', '--rpc-urls', devnet.urls.rpc)
    expect(ended.exitCode).toBe(2)
    expect(ended.stdout).toContain('TRUST_UNSET')
    expect(await repository.files()).toContain(WORKFLOW)
  })

  it('starts from a block that is typed', { timeout: 60_000 }, async () => {
    const devnet = await aChain()
    const repository = await aRepository()
    const { height, hash } = devnet.anchor()
    const ended = await repository.init(
      '--yes',
      '--rpc-urls',
      devnet.urls.rpc,
      '--trusted-height',
      `${height}`,
      '--trusted-hash',
      hash,
    )
    expect(ended.exitCode).toBe(0)
    expect(JSON.parse(await repository.text('r3mes.lock')).anchor.origin).toContain('light client')
  })

  it.each([
    ['what is not approved', ['--adapters', 'no_such_adapter'], {}, 3],
    ['a chain that lies', [], { lie: 'fork-third' }, 4],
    ['a password in an address', ['--rpc-urls', 'https://user:hunter2@rpc.example.org'], {}, 2],
    ['an id that is a path', ['--adapters', '../../etc'], {}, 2],
    ['a private key', ['--private-key', 'secret'], {}, 2],
  ] as const)('writes nothing for %s', { timeout: 60_000 }, async (_what, args, options, exitCode) => {
    const devnet = await aChain(options)
    const repository = await aRepository()
    const endpoints = args.some((arg) => arg === '--rpc-urls') ? [] : endpointsOf(devnet)
    const ended = await repository.init('--yes', ...endpoints, ...args)
    expect(ended.exitCode).toBe(exitCode)
    expect(await repository.files()).toEqual([])
    expect(ended.stdout + ended.stderr).not.toContain('hunter2')
  })

  it('runs in the top folder of a repository alone', { timeout: 60_000 }, async () => {
    const repository = await aRepository()
    const below = join(repository.folder, 'below')
    await mkdir(below)
    const ended = await runCommand(['init', '--yes', '--rpc-urls', 'https://rpc.example.org'], {}, below)
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('top folder') })
    expect(await readdir(below)).toEqual([])
  })

  it('follows no link out of the repository', { timeout: 60_000 }, async () => {
    const devnet = await aChain()
    const repository = await aRepository()
    const elsewhere = await aFolder()
    await symlink(elsewhere, join(repository.folder, '.github'))
    const ended = await repository.init('--yes', ...endpointsOf(devnet))
    expect(ended.exitCode).toBe(2)
    expect(await readdir(elsewhere)).toEqual([])
    expect(await repository.files()).toEqual([])
  })
})

describe.runIf(mayHaveTerminals())('r3mes init on a terminal', { timeout: 60_000 }, () => {
  /** Answers all questions as docs/init.md shows it. */
  async function answerAll(terminal: Terminal, { urls }: Devnet): Promise<void> {
    await terminal.answer('RPC endpoints of your chain: ', `${urls.rpc} ${urls.rpc2}`)
    await terminal.answer('Chain id [remes-testnet-1]: ', '')
    await terminal.answer('Model version [active]: ', '1.0.0')
    await terminal.answer('Adapters: ', 'general_dora coder')
    await terminal.answer('Datasets: ', '')
    await terminal.answer('height and hash: ', '')
    await terminal.answer('Runner [ubuntu-latest]: ', '')
  }

  it('asks, writes, and prints what docs/init.md shows', async () => {
    const devnet = await aChain()
    const repository = await aRepository()
    const terminal = repository.onTerminal()
    await answerAll(terminal, devnet)
    expect(await terminal.ended()).toBe(0)
    expect(await repository.files()).toEqual(ALL.toSorted())
    expect(anywhere(terminal.text(), devnet)).toBe(anywhere(shownInit(), devnet))
    expect(parse(await repository.text(WORKFLOW)).jobs.r3mes.steps[1].with.adapters).toBe(
      'general_dora\ncoder\n',
    )
  })

  it('asks again until an answer can be read, and keeps what was typed ahead', async () => {
    const devnet = await aChain()
    const repository = await aRepository()
    const terminal = repository.onTerminal(
      '--adapters',
      'coder',
      '--datasets',
      '',
      '--trusted-height',
      '',
      '--trusted-hash',
      '',
    )
    await terminal.answer('RPC endpoints of your chain: ', 'ftp://rpc.example.org')
    await terminal.answer('neither https nor http', '')
    await terminal.answer(
      'There has to be one',
      `${devnet.urls.rpc}, ${devnet.urls.rpc2}\r\r^1.0\rself-hosted,linux`,
    )
    expect(await terminal.ended()).toBe(0)
    const { jobs } = parse(await repository.text(WORKFLOW))
    expect(jobs.r3mes['runs-on']).toEqual(['self-hosted', 'linux'])
    expect(jobs.r3mes.steps[1].with).toMatchObject({ 'model-version': '^1.0', adapters: 'coder' })
    expect(terminal.text()).not.toContain('Adapters')
  })

  it('writes nothing after Ctrl-C', async () => {
    const repository = await aRepository()
    const terminal = repository.onTerminal()
    await terminal.press('RPC endpoints of your chain: ', '\u0003')
    expect(await terminal.ended()).toBe(130)
    expect(await repository.files()).toEqual([])
  })

  it('writes nothing when the input ends', async () => {
    const repository = await aRepository()
    const terminal = repository.onTerminal()
    await terminal.press('RPC endpoints of your chain: ', '\u0004')
    expect(await terminal.ended()).toBe(2)
    expect(terminal.text()).toContain('The input ended')
    expect(await repository.files()).toEqual([])
  })
})

/** Without what differs between two chains, and without the space behind a question. */
function anywhere(text: string, { urls }: Devnet): string {
  return text
    .replaceAll(urls.rpc, 'https://rpc-a.example.org')
    .replaceAll(urls.rpc2, 'https://rpc-b.example.org')
    .replace(/\b(block|height) \d+/g, '$1 …')
    .replace(/ +$/gm, '')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…')
}
