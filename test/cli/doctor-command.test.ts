import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { reportOf } from '../../src/cli/doctor-command.ts'
import { diagnose } from '../../src/doctor/diagnosis.ts'
import { optionsOf, runCommand } from '../support/command.ts'
import { anExaminedWorld } from '../support/examined.ts'
import { listen } from '../support/loopback.ts'
import { read } from '../support/project.ts'
import { anywhere, theShownDoctor } from '../support/shown-doctor.ts'
import { aFolder } from '../support/store.ts'

/** The blocks of docs/doctor.md that show a report. */
function shownReports(): readonly string[] {
  return [...read('docs/doctor.md').matchAll(/```console\n\$ r3mes doctor\n([\s\S]*?)```/g)].map(
    ([, block = '']) => block,
  )
}

describe('what docs/doctor.md shows', () => {
  it('is what the command prints', { timeout: 60_000 }, async () => {
    const { well, ill } = await theShownDoctor()
    expect([well.stderr, ill.stderr]).toEqual(['', ''])
    expect(shownReports().map(anywhere)).toEqual([well.stdout, ill.stdout].map(anywhere))
    expect([well.exitCode, ill.exitCode]).toEqual([0, 4])
  })
})

describe('r3mes doctor', () => {
  it('prints the same for programs, and nothing else', { timeout: 60_000 }, async () => {
    const { inputs, folder } = await anExaminedWorld()
    const ended = await runCommand(['doctor', '--json', '--offline', ...optionsOf(inputs)], { HOME: folder })
    const report = JSON.parse(ended.stdout)
    expect(report).toMatchObject({ success: true, problems: 0, 'exit-code': 0, 'error-code': '' })
    expect(report.findings.map(({ subject }: { subject: string }) => subject)).toContain('Hard links')
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await readdir(folder)).toEqual([])
  })

  it('needs nothing to be typed or set', { timeout: 60_000 }, async () => {
    const folder = await aFolder()
    const ended = await runCommand(['doctor', '--offline'], { HOME: folder })
    expect(ended.exitCode).toBe(2)
    expect(ended.stdout).toContain('RPC_URL_MISSING')
    expect(await readdir(folder)).toEqual([])
  })

  it('ends at a signal with its exit code, and leaves nothing', { timeout: 60_000 }, async () => {
    const asked = Promise.withResolvers<void>()
    const silent = await listen(() => asked.resolve())
    onTestFinished(() => silent.close())
    const folder = await aFolder()
    const main = join(import.meta.dirname, '../../src/cli/main.ts')
    const child = spawn(
      process.execPath,
      [main, 'doctor', '--rpc-urls', silent.url, '--hf-endpoint', silent.url, '--ipfs-gateways', silent.url],
      {
        env: { PATH: process.env['PATH'] ?? '', HOME: folder, IPFS_API_URL: silent.url },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    await asked.promise
    child.kill('SIGINT')
    const [[exitCode], said] = await Promise.all([once(child, 'close'), text(child.stdout)])
    expect([exitCode, said]).toEqual([130, ''])
    expect(await readdir(folder)).toEqual([])
  })

  it('paints its marks where it is asked to, and nothing else differs', () => {
    const diagnosis = diagnose([
      { topic: 'chain', subject: 'x', verdict: 'problem', code: 'CHAIN_UNREACHABLE', text: 'x', remedy: 'y' },
      { topic: 'store', subject: 'x', verdict: 'ok', text: 'x' },
    ])
    const painted = reportOf(diagnosis, (style, text) => `<${[style].flat().join('+')}>${text}</>`)
    expect(painted).toContain('  <red+bold>PROBLEM</>  x')
    expect(painted.replaceAll(/<[^>]*>/g, '')).toBe(reportOf(diagnosis))
  })

  it('prints nothing that a terminal or a runner obeys, whoever said it', () => {
    const detail = '\u001b[31mred\n::error::no\r##[group]x'
    const report = reportOf(
      diagnose([
        {
          topic: 'chain',
          subject: 'x',
          verdict: 'problem',
          code: 'CHAIN_UNREACHABLE',
          text: 'x',
          remedy: 'y',
          detail,
        },
        { topic: 'chain', subject: 'x', verdict: 'ok', text: 'x', detail },
      ]),
    )
    expect(report).not.toMatch(/\u001b|\r|##\[|^\s*::/m)
    expect(report.split('\n')).toHaveLength(8)
  })
})
