import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { builtOnce } from '../../scripts/built-once.ts'

let folder: string
let target: string
let log: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'built-once-'))
  target = join(folder, 'cache', 'program')
  log = join(folder, 'log')
})
afterEach(() => rmSync(folder, { recursive: true }))

function startChild() {
  const script = join(import.meta.dirname, '../support/built-once-child.ts')
  return spawn(process.execPath, [script, target, log], { stdio: ['pipe', 'pipe', 'inherit'] })
}
const builds = () => readFileSync(log, 'utf8').trim().split('\n').length

describe('what is built once', () => {
  it('is built by one of two processes that ask at the same time; the other waits', async () => {
    const children = [startChild(), startChild()]
    const exits = children.map((child) => once(child, 'exit'))
    const builder = await Promise.race(
      children.map(async (child) => {
        await once(child.stdout, 'data')
        return child
      }),
    )
    expect(existsSync(target)).toBe(false)
    builder.stdin.end()
    expect(await Promise.all(exits)).toEqual([
      [0, null],
      [0, null],
    ])
    expect(builds()).toBe(1)
    expect(readFileSync(target, 'utf8')).toBe('built')
    expect(readdirSync(join(folder, 'cache'))).toEqual(['program'])
  })

  it('is built again after its builder was killed', async () => {
    const killed = startChild()
    await once(killed.stdout, 'data')
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    await builtOnce(target, async (unfinished) => writeFileSync(unfinished, 'second'))
    expect(readFileSync(target, 'utf8')).toBe('second')
  })

  it('is built when a living process has the id of one that left its lock long ago', async () => {
    await builtOnce(target, async (unfinished) => writeFileSync(unfinished, 'first'))
    rmSync(target)
    const lock = `${target}.lock`
    writeFileSync(lock, String(process.pid))
    const longAgo = new Date(Date.now() - 3_600_000)
    utimesSync(lock, longAgo, longAgo)
    await builtOnce(target, async (unfinished) => writeFileSync(unfinished, 'second'))
    expect(readFileSync(target, 'utf8')).toBe('second')
  })

  it('leaves nothing when a build fails', async () => {
    const failing = builtOnce(target, async (unfinished) => {
      writeFileSync(unfinished, 'half')
      throw new Error('it broke')
    })
    await expect(failing).rejects.toThrow('it broke')
    expect(readdirSync(join(folder, 'cache'))).toEqual([])
  })

  it('waits for a process that holds the lock and lives', async () => {
    const child = startChild()
    await once(child.stdout, 'data')
    const waiting = builtOnce(target, async () => {
      throw new Error('it was built twice')
    })
    child.stdin.end()
    await waiting
    expect(builds()).toBe(1)
  })
})
