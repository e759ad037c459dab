import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { bundle, reachOf, sourcesOf } from '../../scripts/bundle.ts'
import { packageFolder } from '../../scripts/licenses.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { namedCommand, programFor } from '../../src/cli/program.ts'
import { ERROR_CLASSES } from '../../src/core/index.ts'
import { runCommand } from '../support/command.ts'
import { read, root, section, tableRows } from '../support/project.ts'

const LONG = { timeout: 60_000 }
const shown = COMMANDS.filter(({ isHidden }) => isHidden !== true)

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return text
}

async function helpOfNamed(name: string): Promise<string> {
  const command = (await programFor([name])).commands.find((each) => each.name() === name)
  if (command === undefined) throw new Error(`There is no command ${name}`)
  return helpOf(command)
}

describe('r3mes --help', () => {
  it('says what the tool is, groups every command by what somebody wants to do, and has an example', async () => {
    const help = helpOf(await programFor([]))
    for (const { name, group, summary } of shown) {
      const after = help.slice(help.indexOf(`\n${group}\n`))
      expect(after, name).toMatch(new RegExp(`^  ${name} `, 'm'))
      expect(help.replaceAll(/\s+/g, ' ')).toContain(summary)
    }
    expect(help).toContain('It proves')
    expect(help).toMatch(/Examples:\n {2}r3mes devnet/)
    expect(help).toContain('r3mes <command> --help')
    expect(help).not.toMatch(/^ {2}complete /m)
  })

  it('explains every exit code that there is', async () => {
    const help = helpOf(await programFor([]))
    const listed = [...section(`${help}\n`, 'Exit codes:').matchAll(/^ {2}(\d+)\b(, \d+)? +\S/gm)].map(
      ([, code]) => Number(code),
    )
    const codes = Object.values(ERROR_CLASSES).map(({ exit }) => exit)
    expect(listed).toEqual([0, ...codes.toSorted((a, b) => a - b), 130])
  })

  it('has the exit codes of the README', () => {
    const codes = tableRows(section(read('README.md'), '## Errors')).map(([code]) => code)
    const classes = Object.values(ERROR_CLASSES).map(({ exit }) => String(exit))
    expect(codes).toEqual(['0', ...classes.toSorted(), '130, 143'])
  })

  it('loads nothing but the command line itself', LONG, async () => {
    const built = await bundle(root, `${root}/dist`, { main: 'src/cli/main.ts' })
    const sources = sourcesOf(built, reachOf(built, 'main.js').atStart)
    const own = sources.filter((source) => packageFolder(source) === undefined)
    expect(own.filter((source) => !/^src\/(?:cli|core)\//.test(source))).toEqual([])
    expect(own.filter((source) => /-command\.ts$/.test(source))).toEqual([])
    const packages = new Set(sources.flatMap((source) => packageFolder(source) ?? []))
    expect([...packages].sort()).toEqual(['node_modules/commander', 'node_modules/fastest-levenshtein'])
  })
})

describe('the help of a command', () => {
  it.each(shown.map(({ name }) => name))(
    '%s has examples and the flags of all commands',
    LONG,
    async (name) => {
      const help = await helpOfNamed(name)
      expect(help).toMatch(/^Examples?:\n {2}\S/m)
      expect(help).toContain('--quiet')
      expect(help).toContain('--env-file <file>')
    },
  )

  it('is what `r3mes help` shows, too', LONG, async () => {
    const [asked, flagged] = await Promise.all([runCommand(['help', 'ls']), runCommand(['ls', '--help'])])
    expect(asked).toMatchObject({ exitCode: 0, stdout: flagged.stdout })
    expect(asked.stdout).toContain('Usage: r3mes ls')
  })
})

describe('the command that a line names', () => {
  it.each([
    [['ls', '--json'], 'ls'],
    [['--quiet', 'ls'], 'ls'],
    [['--env-file', 'prune', 'ls'], 'ls'],
    [['--env-file=prune', 'ls'], 'ls'],
    [['help', 'ls'], 'ls'],
    [['nothing'], undefined],
    [[], undefined],
  ])('%j is %s', (args, name) => {
    expect(namedCommand(args)?.name).toBe(name)
  })
})

describe('a slip of the fingers', () => {
  it.each([
    [['ensrue'], '(Did you mean ensure?)'],
    [['ls', '--jsno'], '(Did you mean --json?)'],
    [['ensure', '--adaptres', 'x'], '(Did you mean --adapters?)'],
    [['cache', 'claer'], '(Did you mean clear?)'],
    [['plan', '--trust', 'ligth-client', '--rpc-urls', 'http://127.0.0.1:1'], 'Did you mean `light-client`?'],
    [['plan', '--frozen', 'ture', '--rpc-urls', 'http://127.0.0.1:1'], 'Did you mean `true`?'],
    [['plan', '--sources', 'cache,ipsf', '--rpc-urls', 'http://127.0.0.1:1'], 'Did you mean `ipfs`?'],
    [['prune', '--kind', 'adaptors'], 'Did you mean `adapters`?'],
    [['prune', '--kind', 'constructor'], 'A kind is one of'],
    [['devnet', '--lie', 'forged-valeu'], 'Did you mean `forged-value`?'],
    [['volume', 'link', '--to', 'x', '--webui', 'comfui'], 'Did you mean `comfyui`?'],
    [['volume', 'get', 'https://x', '--as', 'loar/x'], 'Did you mean `lora`?'],
    [['completion', 'bsah'], 'Did you mean `bash`?'],
    [['help', 'voluem'], '(Did you mean volume?)'],
    [['voluem', '--help'], '(Did you mean volume?)'],
    [['-q', 'voluem', '-h'], '(Did you mean volume?)'],
  ])('%j is answered with %s', LONG, async (args, answer) => {
    const { exitCode, stdout, stderr } = await runCommand(args, { HOME: '/nowhere' })
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 2 })
    expect(stderr).toContain(answer)
  })
})
