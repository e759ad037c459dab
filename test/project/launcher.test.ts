import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { root } from '../support/project.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const PACKAGED = `node-${process.platform}-${process.arch}`

/** A project with the real launcher and an install that is current; `packaged`: the install brought a Node along. */
function aProject({ packaged = true } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'launcher-'))
  folders.push(folder)
  mkdirSync(join(folder, 'scripts'))
  copyFileSync(join(root, 'scripts/with-node24.mjs'), join(folder, 'scripts/with-node24.mjs'))
  writeFileSync(join(folder, 'package-lock.json'), '{}')
  utimesSync(join(folder, 'package-lock.json'), 1, 1)
  mkdirSync(join(folder, 'node_modules'))
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), '{}')
  if (packaged) {
    mkdirSync(join(folder, 'node_modules', PACKAGED, 'bin'), { recursive: true })
    symlinkSync(process.execPath, join(folder, 'node_modules', PACKAGED, 'bin/node'))
  }
  // Makes any Node say that it is version 20, so that the claims hold on machines without one.
  writeFileSync(
    join(folder, 'old.mjs'),
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.11.0' } })",
  )
  return folder
}

interface Ended {
  readonly code: number | null
  readonly output: string
}

function launch(
  folder: string,
  script: string,
  { node = process.execPath, old = true, path = process.env['PATH'] ?? '' } = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended>; readonly said: Promise<void> } {
  writeFileSync(join(folder, 'script.mjs'), script)
  const child = spawn(
    node,
    [...(old ? ['--import', './old.mjs'] : []), 'scripts/with-node24.mjs', 'script.mjs', 'an argument'],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: path } },
  )
  let output = ''
  const said = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        resolve()
      })
    }
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
  return { child, ended, said }
}

/** `node` as the machine has it, not the one that came with the install. */
function nodeOfTheMachine(): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .find((candidate) => existsSync(candidate))
  return found ?? process.execPath
}

describe('the launcher', () => {
  it('runs the script on the Node that the install brought, when its own is older', async () => {
    const folder = aProject()
    const { ended } = launch(folder, 'console.log(process.execArgv.length, process.argv[2], process.argv0)')
    expect(await ended).toEqual({
      code: 0,
      output: `0 an argument ${join(folder, 'node_modules', PACKAGED, 'bin/node')}\n`,
    })
  })

  it('runs the script on its own Node when that is new enough', async () => {
    const { ended } = launch(aProject({ packaged: false }), 'console.log(process.execPath)', { old: false })
    expect(await ended).toEqual({ code: 0, output: `${process.execPath}\n` })
  })

  it('works on the Node of this machine', async () => {
    const node = nodeOfTheMachine()
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' })
    expect(Number(version.slice(1).split('.')[0])).toBeGreaterThanOrEqual(20)
    const { ended } = launch(aProject(), 'console.log(process.versions.node.split(".")[0] >= 24)', {
      node,
      old: false,
    })
    expect(await ended).toEqual({ code: 0, output: 'true\n' })
  })

  it('gives children that ask for node the same Node', async () => {
    const folder = aProject()
    const { ended } = launch(
      folder,
      "console.log(process.env.PATH.split(process.platform === 'win32' ? ';' : ':')[0])",
    )
    expect((await ended).output).toBe(`${join(folder, 'node_modules', PACKAGED, 'bin')}\n`)
  })

  it('says what to do when no Node is packaged for the machine', async () => {
    const { code, output } = await launch(aProject({ packaged: false }), '').ended
    expect(code).toBe(1)
    expect(output).toContain('Install Node 24 and run again')
  })

  it('passes the exit code on', async () => {
    expect((await launch(aProject(), 'process.exitCode = 7').ended).code).toBe(7)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('hands %s to the script and exits with %i when the script dies of it', async (signal, code) => {
    const { child, ended, said } = launch(aProject(), "console.log('ready'); setInterval(() => {}, 1000)")
    await said
    child.kill(signal)
    expect((await ended).code).toBe(code)
  })

  it('lets the script decide what a signal means', async () => {
    const { child, ended, said } = launch(
      aProject(),
      "process.on('SIGTERM', () => process.exit(5)); console.log('ready'); setInterval(() => {}, 1000)",
    )
    await said
    child.kill('SIGTERM')
    expect((await ended).code).toBe(5)
  })

  it('exits as the signal says when the script dies of one by itself', async () => {
    expect((await launch(aProject(), "process.kill(process.pid, 'SIGKILL')").ended).code).toBe(137)
  })

  it('installs first when the lockfile is newer than the install, without running install scripts', async () => {
    const folder = aProject()
    utimesSync(
      join(folder, 'package-lock.json'),
      new Date(Date.now() + 60_000),
      new Date(Date.now() + 60_000),
    )
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, 'bin/npm'), '#!/bin/sh\necho "npm $*"\n', { mode: 0o755 })
    const { ended } = launch(folder, "console.log('script')", {
      path: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    })
    const { code, output } = await ended
    expect(code).toBe(0)
    expect(output).toContain('npm ci --ignore-scripts')
    expect(output.endsWith('script\n')).toBe(true)
  })

  it('leaves an install alone that node_modules is only a link to', async () => {
    const folder = aProject()
    const other = join(folder, 'other')
    renameSync(join(folder, 'node_modules'), other)
    symlinkSync(other, join(folder, 'node_modules'))
    expect((await launch(folder, "console.log('script')").ended).output).toBe('script\n')
    rmSync(join(other, '.package-lock.json'))
    const { code, output } = await launch(folder, "console.log('script')").ended
    expect(code).toBe(1)
    expect(output).toContain('Remove the link')
    expect(output).not.toContain('script\n')
    expect(readdirSync(other)).toEqual([PACKAGED])
  })

  it('stops with the exit code of a failed install', async () => {
    const folder = aProject()
    rmSync(join(folder, 'node_modules/.package-lock.json'))
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, 'bin/npm'), '#!/bin/sh\nexit 9\n', { mode: 0o755 })
    const { ended } = launch(folder, "console.log('script')", {
      path: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    })
    const { code, output } = await ended
    expect(code).toBe(9)
    expect(output).not.toContain('script\n')
  })
})
