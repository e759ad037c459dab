import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startDevnet } from '../../src/devnet/index.ts'
import { optionsOf, runCommand } from '../support/command.ts'
import { root } from '../support/project.ts'
import { theShownStore } from '../support/shown-store.ts'
import { aFolder } from '../support/store.ts'

const LONG = { timeout: 60_000 }
const COLOUR = '\u001b['

/** What the command shows on a terminal, standard error included. */
async function onTerminal(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const words = [process.execPath, '--', join(root, 'src/cli/main.ts'), ...args].map((word) => `'${word}'`)
  // `script` gives it a terminal of its own; `true` keeps what it showed when it failed.
  const command = `${words.join(' ')} || true`
  const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], {
    env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color', SHELL: '/bin/sh', ...environment },
  })
  return stdout
}

describe('colours', () => {
  it('are there on a terminal: in help, tables, verdicts and errors', LONG, async () => {
    const home = await theShownStore()
    expect(await onTerminal(['--help'])).toContain(`${COLOUR}1mUsage:`)
    expect(await onTerminal(['ls', '--home', home])).toContain(`${COLOUR}1mKIND`)
    expect(await onTerminal(['verify', '--home', home])).toContain(`${COLOUR}32mok${COLOUR}39m `)
    expect(await onTerminal(['ls', '--home', join(home, 'none')])).toMatch(
      /\[1mINPUT_INVALID.*\[22m.*: There is no store/,
    )
  })

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['NO_COLOR, also beside FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }],
    ['a dumb terminal', { TERM: 'dumb' }],
  ])('are not there with %s', LONG, async (_what, environment) => {
    const home = await theShownStore()
    const shown = [
      await onTerminal(['--help'], environment),
      await onTerminal(['verify', '--home', home], environment),
      await onTerminal(['ls', '--home', join(home, 'none')], environment),
    ].join('')
    expect(shown).toContain('Usage:')
    expect(shown).toContain('INPUT_INVALID')
    // Bars may still move the cursor.
    expect(shown.split(COLOUR).filter((part) => /^[0-9;]*m/.test(part))).toEqual([])
  })

  it('are not there in a pipe, unless FORCE_COLOR asks for them, and never in JSON', LONG, async () => {
    const home = await theShownStore()
    expect((await runCommand(['ls', '--home', home])).stdout).not.toContain('\u001b')
    const forced = { FORCE_COLOR: '1' }
    expect((await runCommand(['ls', '--home', home], forced)).stdout).toContain(COLOUR)
    const { stdout } = await runCommand(['ls', '--json', '--home', home], forced)
    expect(stdout).not.toContain('\u001b')
    expect(JSON.parse(stdout)).toHaveLength(5)
  })
})

describe('--quiet', () => {
  it('leaves the result and errors', LONG, async () => {
    const devnet = await startDevnet()
    onTestFinished(() => devnet.close())
    const HOME = await aFolder()
    const args = ['ensure', '--model-version', '1.0.0', ...optionsOf(devnet.inputs())]
    const loud = await runCommand(args, { HOME })
    expect(loud).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Trust is on first use') })
    const quiet = await runCommand([...args, '--quiet'], { HOME })
    expect(quiet).toMatchObject({ exitCode: 0, stderr: '' })
    expect(quiet.stdout).toContain(`model 1.0.0\t${join(HOME, '.r3mes/models/v1.0.0')}`)
    const failed = await runCommand(['-q', ...args, '--chain-id', 'other-1'], { HOME })
    expect(failed.exitCode).toBe(4)
    expect(failed.stderr).toMatch(/^CHAIN_ID_MISMATCH: /)
  })

  it('leaves a lockfile’s result without its notices', LONG, async () => {
    const devnet = await startDevnet()
    onTestFinished(() => devnet.close())
    const folder = await aFolder()
    const inputs = { 'rpc-urls': devnet.inputs()['rpc-urls'] ?? '', lockfile: join(folder, 'r3mes.lock') }
    const args = ['lock', '--model-version', '1.0.0', ...optionsOf(inputs)]
    const { exitCode, stdout, stderr } = await runCommand([...args, '--quiet'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).not.toContain('Notice:')
    expect(stdout).toContain('Review it and commit it.')
  })
})
