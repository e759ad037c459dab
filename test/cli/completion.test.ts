import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { demandProgram, isThere, ZSH } from '../../scripts/real-parts/programs.ts'
import { candidatesFor } from '../../src/cli/candidates.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { programFor } from '../../src/cli/program.ts'
import { SOURCE_NAMES } from '../../src/core/index.ts'
import { runCommand } from '../support/command.ts'
import { root } from '../support/project.ts'
import { aFolder } from '../support/store.ts'

const LONG = { timeout: 60_000 }

async function offered(...words: string[]): Promise<readonly string[]> {
  return candidatesFor(await programFor(words), words).values.map(({ value }) => value)
}

async function wantsFiles(...words: string[]): Promise<boolean> {
  return candidatesFor(await programFor(words), words).files
}

describe('what may come next', () => {
  it('is every command, each with what it does', async () => {
    const { values } = candidatesFor(await programFor(['']), [''])
    const shown = COMMANDS.filter(({ isHidden }) => isHidden !== true)
    expect(values.slice(0, -1)).toEqual(
      shown.map(({ name, summary }) => ({ value: name, description: summary })),
    )
    expect(values.at(-1)?.value).toBe('help')
  })

  it('is a command of a command', async () => {
    expect(await offered('cache', '')).toContain('clear')
    expect(await offered('--quiet', 'serve', '')).toContain('blobs')
  })

  it('is a flag of the command, and of all of them, that was not given yet', async () => {
    const flags = await offered('ls', '--json', '--')
    expect(flags).toEqual(expect.arrayContaining(['--home', '--help', '--quiet', '--env-file']))
    expect(flags).not.toContain('--json')
    expect(await offered('ensure', '--')).not.toContain('--private-key')
  })

  it.each([
    [
      ['ensure', '--trust', ''],
      ['auto', 'light-client', 'quorum', 'rpc', 'lockfile'],
    ],
    [
      ['ensure', '--trust=li'],
      ['auto', 'light-client', 'quorum', 'rpc', 'lockfile'],
    ],
    [
      ['ensure', '--verify', ''],
      ['always', 'changed'],
    ],
    [
      ['ensure', '--force', ''],
      ['true', 'false'],
    ],
    [
      ['ensure', '--adapters', 'a', 'b', '--frozen', ''],
      ['auto', 'true', 'false'],
    ],
    [
      ['prune', '--kind', 'models,'],
      ['models,adapters', 'models,datasets'],
    ],
    [
      ['ensure', '--sources', 'ipfs,h'],
      SOURCE_NAMES.filter((name) => name !== 'ipfs').map((name) => `ipfs,${name}`),
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', 'powershell'],
    ],
    [['ensure', '--adapters', ''], []],
    [['ensure', '--model-version', ''], []],
    [['ensure', '--', '--trust', ''], []],
    [['nothing', ''], []],
    [['ls', '--nothing', ''], []],
  ])('after %j is %j', async (words, values) => {
    expect(await offered(...words)).toEqual(values)
  })

  it('is every lie of the devnet', async () => {
    expect(await offered('devnet', '--lie', '')).toEqual(
      expect.arrayContaining(['forged-value', 'revoked-after-lock']),
    )
  })

  it.each([
    [['ensure', '--home', ''], true],
    [['ls', '--home=/sr'], true],
    [['plan', '--lockfile', './'], true],
    [['--env-file', ''], true],
    [['manifest', './my'], true],
    [['stats', '--out', ''], true],
    [['volume', 'prepare', 're'], true],
    [['volume', 'prompt', ''], true],
    [['volume', 'get', 'https://x', '--as', ''], false],
    [['ensure', '--chain-id', ''], false],
    [['ensure', '--trust', ''], false],
  ])('after %j is a path: %s', async (words, files) => {
    expect(await wantsFiles(...words)).toBe(files)
  })
})

describe('r3mes completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])(
    'prints the script for %s, and nothing else',
    LONG,
    async (shell) => {
      const { exitCode, stdout, stderr } = await runCommand(['completion', shell])
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stdout).toMatch(/^#.*r3mes/)
      expect(stdout).toContain('r3mes complete')
    },
  )

  it.each([
    // Evaluated as it is, a flag such as --a$(id)= would run what is in it at the press of a key.
    ['zsh', `"-P \${(q)BASH_REMATCH}"`, `"-P \${BASH_REMATCH}"`],
    // PowerShell ends a text at a typographic quote, too.
    ['powershell', '"[\\u0027\\u2018-\\u201B]", \'$0$0\'', `"'", "''"`],
  ])('quotes for %s what is typed before it is evaluated', LONG, async (shell, quoted, typed) => {
    const { stdout } = await runCommand(['completion', shell])
    expect(stdout).toContain(quoted)
    expect(stdout).not.toContain(typed)
  })

  it.runIf(isThere(ZSH))('runs nothing that is typed, in zsh', LONG, async () => {
    const folder = await aFolder()
    const { stdout } = await runCommand(['completion', 'zsh'])
    const stubs = ['compdef() { : }', '_describe() { : }', '_arguments() { : }', 'r3mes() { print ":4" }']
    const typed = ['--a$(>$PWD/ran)=', '--a;>$PWD/ran;=', '--a`>$PWD/ran`=x', '$(>$PWD/ran)']
    const lines = typed.map((word) => `words=(r3mes ensure '${word}'); CURRENT=3; _r3mes`)
    const script = join(folder, 'try.zsh')
    await writeFile(script, [...stubs, stdout, ...lines, 'print done'].join('\n'))
    const ran = await promisify(execFile)(demandProgram(ZSH), ['-f', script], { cwd: folder })
    expect(ran.stdout).toContain('done')
    expect(await readdir(folder)).toEqual(['try.zsh'])
  })

  it('refuses another shell, and names those that there are', LONG, async () => {
    const { exitCode, stderr } = await runCommand(['completion', 'tcsh'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('bash, zsh, fish, powershell')
  })

  it('answers scripts with one candidate a line and what to do when there is none', LONG, async () => {
    const { stdout } = await runCommand(['complete', '--', 'verify', '--al'])
    expect(stdout).toMatch(/^--all\tEvery blob/m)
    expect(stdout).toMatch(/\n:4\n$/)
    expect((await runCommand(['complete', '--', 'manifest', ''])).stdout).toBe(':0\n')
  })
})

describe('a real bash', () => {
  let script: string
  beforeAll(async () => {
    script = (await runCommand(['completion', 'bash'])).stdout
  })

  /** What bash offers for a line that it has split into words; the last one is being typed. */
  async function completed(
    words: readonly string[],
  ): Promise<{ readonly replies: string[]; readonly folder: string }> {
    const folder = await aFolder()
    await writeFile(
      join(folder, 'r3mes'),
      `#!/bin/sh\nexec '${process.execPath}' -- '${join(root, 'src/cli/main.ts')}' "$@"\n`,
    )
    await chmod(join(folder, 'r3mes'), 0o755)
    await writeFile(join(folder, 'completion.bash'), script)
    const program = [
      'set -u',
      'source ./completion.bash',
      'COMP_WORDS=(r3mes "$@"); COMP_CWORD=$#',
      'complete -p r3mes >&2',
      '_r3mes_completion r3mes',
      `for reply in "\${COMPREPLY[@]:-}"; do echo "$reply"; done`,
    ].join('\n')
    const { stdout, stderr } = await promisify(execFile)(
      'bash',
      ['--norc', '-c', program, 'bash', ...words],
      {
        cwd: folder,
        env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder },
      },
    )
    expect(stderr).toBe('complete -o default -F _r3mes_completion r3mes\n')
    return { replies: stdout.split('\n').filter((line) => line !== ''), folder }
  }

  it.each([
    [['ver'], ['verify']],
    [
      ['cache', ''],
      ['clear', 'help'],
    ],
    [['verify', '--al'], ['--all']],
    [
      ['ensure', '--trust', 'l'],
      ['light-client', 'lockfile'],
    ],
    // As bash splits `--trust=l`, and a URL.
    [
      ['ensure', '--trust', '=', 'l'],
      ['light-client', 'lockfile'],
    ],
    [
      ['ensure', '--trust', '='],
      ['auto', 'light-client', 'quorum', 'rpc', 'lockfile'],
    ],
    [['ensure', '--rpc-urls', 'https', ':', '//a.example.org', '--frozen', 't'], ['true']],
    [
      ['ensure', '--sources', 'cache,h'],
      ['cache,huggingface', 'cache,http'],
    ],
    [['manifest', './'], []],
  ])('offers for %j %j', LONG, async (words, replies) => {
    expect((await completed(words)).replies).toEqual(replies)
  })

  it('runs nothing of the line that is being typed', LONG, async () => {
    const { folder } = await completed([
      'ensure',
      '$(touch ran)',
      '`touch ran`',
      '; touch ran',
      '--trust',
      '',
    ])
    expect(existsSync(join(folder, 'ran'))).toBe(false)
  })
})
