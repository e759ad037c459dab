import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { INPUTS, type InputSpec, OUTPUTS, VERSION } from '../../src/ensure/index.ts'
import { CLI, type CommandResult, optionsOf, runBuiltCommand, startBuiltCommand } from '../support/command.ts'
import { finalTree } from '../support/tree.ts'

const run = (args: readonly string[], folder: string): Promise<CommandResult> =>
  runBuiltCommand(args, { HOME: folder })

let devnet: Devnet
let home: string
beforeAll(async () => {
  devnet = await startDevnet()
  home = await mkdtemp(join(tmpdir(), 'r3mes-cli-'))
})
afterAll(async () => {
  await devnet.close()
  await rm(home, { recursive: true, force: true })
})

/** The devnet's inputs as flags, but those that a test gives itself. */
function flags(given: readonly string[] = []): string[] {
  const others = Object.entries(devnet.inputs()).filter(([name]) => !given.includes(`--${name}`))
  return optionsOf(Object.fromEntries(others))
}

describe('r3mes ensure', () => {
  it('fills the store and says where everything is', async () => {
    const ended = await run(
      [
        'ensure',
        '--model-version',
        '1.0.0',
        '--adapters',
        'general_dora',
        'coder',
        '--datasets',
        '0',
        ...flags(),
      ],
      home,
    )
    expect(ended.stderr).toContain('Trust is on first use')
    expect(ended.exitCode).toBe(0)
    expect(ended.stdout).toContain(join(home, '.r3mes/models/v1.0.0'))
    expect(Object.keys(await finalTree(join(home, '.r3mes')))).toHaveLength(4)
  })

  it('prints the outputs of the action as JSON, and nothing else on standard output', async () => {
    const ended = await run(['ensure', '--json', '--model-version', '1.0.0', ...flags()], home)
    const outputs = JSON.parse(ended.stdout)
    expect(Object.keys(outputs)).toEqual(OUTPUTS.map(({ name }) => name))
    expect(outputs).toMatchObject({ success: 'true', 'bytes-downloaded': '0', 'cache-status': 'unavailable' })
  })

  it.each([
    [['--adapters', 'coder', 'writer'], 3, 'ADAPTER_CONFLICT'],
    [['--adapters', '../../x'], 2, 'ID_UNSAFE'],
    [['--chain-id', 'other-1'], 4, 'CHAIN_ID_MISMATCH'],
    [['--rpc-urls', 'http://127.0.0.1:1'], 2, 'TRUST_UNSET'],
    [['--rpc-urls', 'http://127.0.0.1:1', 'http://127.0.0.1:9'], 5, 'CHAIN_UNREACHABLE'],
    [['--rpc-urls', 'http://127.0.0.1:1', '--trust', 'rpc'], 5, 'CHAIN_UNREACHABLE'],
    [['--require-dataset', 'perhaps'], 2, 'INPUT_INVALID'],
    [['--private-key', 'cafe'], 2, 'PRIVATE_KEY_REFUSED'],
  ])('ends %j with exit code %i and %s', async (args, exit, code) => {
    const ended = await run(['ensure', '--model-version', '1.0.0', ...flags(args), ...args], home)
    expect(ended.exitCode).toBe(exit)
    expect(ended.stderr).toContain(code)
    expect(ended.stderr).not.toContain('cafe')
  })

  it('takes a flag without a value as true', async () => {
    const ended = await run(['ensure', '--json', '--plan-only', ...flags()], home)
    expect(JSON.parse(JSON.parse(ended.stdout).status)).toMatchObject({ planOnly: true })
  })
})

describe('r3mes ensure, when nobody reads what it says', () => {
  it('does the whole job: a pipe that closes early stops nothing', async () => {
    const own = await mkdtemp(join(tmpdir(), 'r3mes-cli-'))
    const child = startBuiltCommand(['ensure', '--model-version', '1.0.0', ...flags()], { HOME: own })
    child.stdout.destroy()
    child.stderr.destroy()
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(Object.keys(await finalTree(join(own, '.r3mes')))).toEqual(['models/v1.0.0/model.gguf'])
    await rm(own, { recursive: true })
  })
})

describe('r3mes plan', () => {
  it('says what would be fetched, and asks no content host', async () => {
    devnet.requests.clear()
    const ended = await run(
      ['plan', '--model-version', '2.0.0', '--adapters', 'future_lora', ...flags()],
      home,
    )
    expect(ended.exitCode).toBe(0)
    expect(ended.stdout).toContain('model 2.0.0')
    expect(ended.stdout).toContain('adapter future_lora')
    expect(devnet.requests.content()).toEqual([])
  })
})

describe('r3mes devnet', () => {
  it('prints its endpoints as one line of JSON, serves a run, and stops at a signal', async () => {
    const child = startBuiltCommand(['devnet', '--json', '--model-size', '64KiB'], { HOME: home })
    onTestFinished(() => void child.kill('SIGKILL'))
    const ended = once(child, 'close')
    const line = await new Promise<string>((resolve) =>
      child.stdout.setEncoding('utf8').once('data', resolve),
    )
    const { inputs } = JSON.parse(line)
    const own = await mkdtemp(join(tmpdir(), 'r3mes-cli-'))
    const run1 = await run(['ensure', '--json', '--model-version', '1.0.0', ...optionsOf(inputs)], own)
    expect(JSON.parse(run1.stdout)).toMatchObject({ success: 'true', 'bytes-downloaded': '65536' })
    child.kill('SIGTERM')
    expect(await ended).toEqual([143, null])
    await rm(own, { recursive: true })
  })

  it('prints a command that works as it stands, and keeps away from the real store', async () => {
    const own = await mkdtemp(join(tmpdir(), 'r3mes-cli-'))
    const child = startBuiltCommand(['devnet', '--model-size', '64KiB'], { HOME: own })
    onTestFinished(() => void child.kill('SIGKILL'))
    let command: string | undefined
    for await (const line of createInterface({ input: child.stdout })) {
      command = /^ *r3mes (ensure .*)$/.exec(line)?.[1]
      if (command !== undefined) break
    }
    const script = `cd "$HOME" && exec "$0" "$1" ${command}`
    const shell = spawn('sh', ['-c', script, process.execPath, CLI], { env: { HOME: own }, stdio: 'ignore' })
    expect(await once(shell, 'exit')).toEqual([0, null])
    expect(Object.keys(await finalTree(join(own, 'devnet-store')))).toHaveLength(3)
    expect(await readdir(own)).toEqual(['devnet-store'])
    child.kill('SIGTERM')
    await once(child, 'exit')
    await rm(own, { recursive: true })
  })

  it('refuses a size that is none', async () => {
    const ended = await run(['devnet', '--model-size', 'huge'], home)
    expect(ended.exitCode).toBe(2)
    expect(ended.stderr).toContain('INPUT_INVALID')
  })
})

describe('r3mes', () => {
  it('has a flag for every input that is not the workflow’s alone', async () => {
    const { stdout } = await run(['ensure', '--help'], home)
    for (const { name, actionOnly } of INPUTS as readonly InputSpec[]) {
      if (actionOnly === true) expect(stdout).not.toContain(`--${name} `)
      else expect(stdout).toContain(`--${name} `)
    }
  })

  it('says its version', async () => {
    expect(await run(['--version'], home)).toMatchObject({ exitCode: 0, stdout: `${VERSION}\n` })
  })

  it.each([
    [['ensrue'], 'ensure'],
    [['ensure', '--adapter', 'x'], '--adapters'],
  ])('names the nearest command or flag for %j', async (args, nearest) => {
    const ended = await run(args, home)
    expect(ended.exitCode).toBe(2)
    expect(ended.stderr).toContain(nearest)
  })

  it('shows its commands when it is asked for nothing', async () => {
    const ended = await run([], home)
    expect(ended.stdout + ended.stderr).toContain('ensure')
    expect(ended.exitCode).toBe(2)
  })
})
