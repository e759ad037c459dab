import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseEnvFile, SETTINGS_VARIABLES } from '../../src/cli/env-file.ts'
import { ENVIRONMENT_ONLY, INPUTS, type InputSpec } from '../../src/ensure/index.ts'
import { VOLUME_INPUTS } from '../../src/manager/index.ts'
import { runCommand } from '../support/command.ts'
import { aFolder } from '../support/store.ts'

const LONG = { timeout: 60_000 }

describe('a .env file', () => {
  it.each([
    ['a comment behind a value', 'R3MES_HOME=~/store   # where it lies', '~/store'],
    ['comments and blank lines', '# one\n\n  # two\nR3MES_HOME=/a\n', '/a'],
    ['double quotes', 'R3MES_HOME="/a # b"', '/a # b'],
    ['single quotes', "R3MES_HOME='/a b' # c", '/a b'],
    ['export', 'export R3MES_HOME=/a', '/a'],
    ['export and a tab', '\texport\t R3MES_HOME = /a', '/a'],
    ['Windows line ends', 'CHAIN_ID=x\r\nR3MES_HOME=/a\r\n', '/a'],
    ['line ends of old Macs', 'CHAIN_ID=x\rR3MES_HOME=/a\r', '/a'],
    ['a byte order mark', '\uFEFFR3MES_HOME=/a', '/a'],
    ['a name that comes twice', 'R3MES_HOME=/a\nR3MES_HOME=/b', '/b'],
    ['a value that looks like a variable', 'R3MES_HOME=/a/$USER', '/a/$USER'],
    ['nothing behind the name', 'R3MES_HOME=\nCHAIN_ID=x', undefined],
    ['only a comment behind the name', 'R3MES_HOME= # later\nCHAIN_ID=x', undefined],
  ])('is read with %s', (_what, text, home) => {
    expect(parseEnvFile(text).settings['R3MES_HOME']).toBe(home)
  })

  it('holds several lines within quotes', () => {
    const { settings } = parseEnvFile(
      'BLOCKCHAIN_RPC_URL="https://a.example.org\r\nhttps://b.example.org"\nCHAIN_ID=x\n',
    )
    expect(settings).toEqual({
      BLOCKCHAIN_RPC_URL: 'https://a.example.org\nhttps://b.example.org',
      CHAIN_ID: 'x',
    })
  })

  it('gives settings of this tool alone: it can change no other program, and nothing that is trusted', () => {
    const text = [
      'PATH=/evil',
      'NODE_OPTIONS=--import=/evil.mjs',
      'LD_PRELOAD=/evil.so',
      'CI=false',
      'GITHUB_EVENT_NAME=push',
      'TRUST=rpc',
      'INPUT_TRUST=rpc',
      'R3MES_TRUST=rpc',
      'TRUSTED_HEIGHT=1',
      'HTTPS_PROXY=http://evil.example.org',
      '__proto__=x',
      'CHAIN_ID=x',
    ].join('\n')
    expect(parseEnvFile(text).settings).toEqual({ CHAIN_ID: 'x' })
  })

  it('can hold every variable that an input has, and those without an input', () => {
    const inputs: readonly InputSpec[] = INPUTS
    const ofVolume: readonly InputSpec[] = VOLUME_INPUTS
    const names = [
      ...[...inputs, ...ofVolume].flatMap(({ environment }) => environment ?? []),
      ...ENVIRONMENT_ONLY.map(({ name }) => name),
    ]
    expect(names.filter((name) => !SETTINGS_VARIABLES.has(name))).toEqual([])
    const trust = inputs.filter(({ name }) => /trust|witness|max-.*-age|lock|frozen/.test(name))
    expect(trust.length).toBeGreaterThan(8)
    expect(trust.filter(({ environment }) => environment !== undefined)).toEqual([])
  })

  it.each(['PRIVATE_KEY', 'MINER_PRIVATE_KEY', 'WALLET_MNEMONIC', 'private-key', 'SEED_PHRASE'])(
    'is refused when it holds %s, and the key is not repeated',
    (name) => {
      expect(() => parseEnvFile(`CHAIN_ID=x\n${name}=cafe01\n`)).toThrow(
        expect.objectContaining({
          code: 'PRIVATE_KEY_REFUSED',
          message: expect.not.stringContaining('cafe01'),
        }),
      )
    },
  )

  it('may have an empty place for a key', () => {
    expect(parseEnvFile('PRIVATE_KEY=\nCHAIN_ID=x').settings).toEqual({ CHAIN_ID: 'x' })
  })

  it('is refused when a quote is never closed', () => {
    expect(() => parseEnvFile('BLOCKCHAIN_RPC_URL="https://a.example.org\nhttps://b.example.org\n')).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        message: expect.stringContaining('BLOCKCHAIN_RPC_URL'),
      }),
    )
  })

  it('of the Python registry says once what is not used yet, and what works', () => {
    const { settings, notices } = parseEnvFile(
      [
        'R3MES_MODEL_PATH=~/.r3mes/models        # Yerel depolama',
        'IPFS_GATEWAY=http://localhost:8080      # IPFS gateway',
        'IPFS_API_URL=http://localhost:5001      # IPFS API',
        'BLOCKCHAIN_GRPC_URL=localhost:9090      # gRPC endpoint',
        'CHAIN_ID=remes-testnet-1',
        'R3MES_INFERENCE_MODE=local              # local, remote, mock',
      ].join('\n'),
    )
    expect(settings).toEqual({
      R3MES_MODEL_PATH: '~/.r3mes/models',
      IPFS_GATEWAY: 'http://localhost:8080',
      CHAIN_ID: 'remes-testnet-1',
    })
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatch(/BLOCKCHAIN_GRPC_URL, IPFS_API_URL, R3MES_INFERENCE_MODE are not used yet/)
    expect(notices[0]).toContain('BLOCKCHAIN_RPC_URL')
  })
})

/** A folder with files in it. */
async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await aFolder()
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return folder
}

/** What `r3mes ls` says of a store that is not there names its folder. */
async function homeSeen(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const { stderr, exitCode } = await runCommand(args, environment)
  expect(exitCode).toBe(2)
  return stderr
}

describe('--env-file', () => {
  it.each([
    ['before the command', (file: string) => ['--env-file', file, 'ls']],
    ['behind the command', (file: string) => ['ls', '--env-file', file]],
    ['with an equals sign', (file: string) => [`--env-file=${file}`, 'ls']],
  ])('counts %s', LONG, async (_where, args) => {
    const folder = await folderWith({ env: 'R3MES_HOME=~/from-file\n' })
    expect(await homeSeen(args(join(folder, 'env')), { HOME: folder })).toContain(join(folder, 'from-file'))
  })

  it('gives way to the environment, unless that is empty', LONG, async () => {
    const folder = await folderWith({ env: 'R3MES_HOME=~/from-file\n' })
    const args = ['ls', '--env-file', join(folder, 'env')]
    expect(await homeSeen(args, { HOME: folder, R3MES_HOME: join(folder, 'real') })).toContain(
      join(folder, 'real'),
    )
    expect(await homeSeen(args, { HOME: folder, R3MES_HOME: '' })).toContain(join(folder, 'from-file'))
  })

  it('may be given several times: the last file wins, a blank value in it does not', LONG, async () => {
    const folder = await folderWith({ a: 'R3MES_HOME=~/a\n', b: 'R3MES_HOME=~/b\n', c: 'R3MES_HOME=\n' })
    const args = ['a', 'b', 'c'].flatMap((name) => ['--env-file', join(folder, name)])
    expect(await homeSeen([...args, 'ls'], { HOME: folder })).toContain(join(folder, 'b'))
  })

  it('is the only way to a file: none is read because it is there', LONG, async () => {
    const folder = await folderWith({ '.env': 'R3MES_HOME=~/from-file\n' })
    expect(await homeSeen(['ls'], { HOME: folder, PWD: folder })).toContain(join(folder, '.r3mes'))
  })

  it.each([
    ['there is none', 'missing', 'cannot be read (ENOENT)'],
    ['it is a folder', '.', 'cannot be read (EISDIR)'],
    ['it is UTF-16', 'utf16', 'UTF-8'],
    ['it holds NUL', 'nul', 'UTF-8'],
    ['it is huge', 'huge', '1 MiB'],
  ])('is INPUT_INVALID when %s', LONG, async (_why, name, message) => {
    const folder = await folderWith({
      utf16: Buffer.from('\uFEFFCHAIN_ID=ü', 'utf16le'),
      nul: 'CHAIN_ID=a\0b',
      huge: 'A=1\n'.repeat(300_000),
    })
    const { exitCode, stderr, stdout } = await runCommand(['ls', '--json', '--env-file', join(folder, name)])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('INPUT_INVALID')
    expect(stderr).toContain(message)
    expect(JSON.parse(stdout)).toMatchObject({ 'error-code': 'INPUT_INVALID' })
  })

  it('refuses a private key with its exit code, whatever the command', LONG, async () => {
    const folder = await folderWith({ env: 'MINER_PRIVATE_KEY=cafe01\n' })
    const { exitCode, stderr } = await runCommand(['stats', '--env-file', join(folder, 'env')])
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('PRIVATE_KEY_REFUSED'),
    })
    expect(stderr).not.toContain('cafe01')
  })

  it('says its notice on standard error, and not when it is to be quiet', LONG, async () => {
    const folder = await folderWith({ env: 'BLOCKCHAIN_GRPC_URL=localhost:9090\n' })
    const args = ['manifest', folder, '--env-file', join(folder, 'env')]
    const loud = await runCommand(args)
    expect(loud.stderr).toMatch(/^ {2}Notice: BLOCKCHAIN_GRPC_URL is not used yet\..*BLOCKCHAIN_RPC_URL/)
    expect(await runCommand([...args, '-q'])).toMatchObject({ exitCode: 0, stderr: '' })
  })
})
