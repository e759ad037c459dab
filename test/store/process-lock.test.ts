import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lock, tryLock, withLock } from '../../src/store/process-lock.ts'

const MODULE = join(import.meta.dirname, '../../src/store/process-lock.ts')

let folder: string
let path: string
const children: ChildProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'))
  path = join(folder, 'one.lock')
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

/** Another process that holds the lock; what it prints comes first. */
async function holder(): Promise<{ readonly child: ChildProcess; readonly says: string }> {
  const program = `
    const { tryLock } = await import(${JSON.stringify(MODULE)})
    console.log(tryLock(${JSON.stringify(path)}) === undefined ? 'refused' : 'held')
    process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const [says] = await once(child.stdout, 'data')
  return { child, says: String(says).trim() }
}

describe('a lock of a process', () => {
  it('is refused to another process, and to the same one, until it is released', async () => {
    const held = tryLock(path)
    expect(held).toBeDefined()
    expect(tryLock(path)).toBeUndefined()
    expect((await holder()).says).toBe('refused')
    held?.release()
    expect((await holder()).says).toBe('held')
  })

  it('is free as soon as its process was killed', async () => {
    const { child, says } = await holder()
    expect(says).toBe('held')
    expect(tryLock(path)).toBeUndefined()
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(tryLock(path)).toBeDefined()
  })

  it('is an empty file and nothing beside it, while it is held and afterwards', async () => {
    const held = tryLock(path)
    expect(await readdir(folder)).toEqual(['one.lock'])
    expect((await stat(path)).size).toBe(0)
    held?.release()
    expect(await readdir(folder)).toEqual(['one.lock'])
    expect((await stat(path)).size).toBe(0)
  })

  it('is handed on to who waits', async () => {
    const held = await lock(path)
    const order: string[] = []
    const second = withLock(path, async () => {
      order.push('second')
    })
    order.push('first')
    held.release()
    await second
    expect(order).toEqual(['first', 'second'])
  })

  it('is no longer waited for once the signal says so', async () => {
    const held = tryLock(path)
    const controller = new AbortController()
    const waiting = lock(path, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow()
    held?.release()
  })
})
