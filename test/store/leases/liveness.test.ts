import { lstat, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { layoutOf, recordPath, sessionLockPath } from '../../../src/store/layout.ts'
import { processScope, thisMachine } from '../../../src/store/leases/identity.ts'
import { Liveness, SILENT_AFTER_MS } from '../../../src/store/leases/liveness.ts'
import { tryLock } from '../../../src/store/process-lock.ts'
import { aFolder, aStore, filesIn } from '../../support/store.ts'
import { anEndedSession, aSessionProcess } from '../../support/store-session.ts'

function judgeOf(home: string, volume: 'local' | 'shared', clock = () => 0): Liveness {
  return new Liveness(layoutOf(home, {}).leases, { volume, locks: true, clock })
}

describe('a session', () => {
  it('lives until its process is killed, and is dead at once', async () => {
    const { home } = await aStore()
    const judge = judgeOf(home, 'local')
    const { id, kill } = await aSessionProcess(home)
    expect(await judge.stateOf(id)).toBe('alive')
    await kill()
    expect(await judge.stateOf(id)).toBe('dead')
  })

  it('is not taken for living because another process got its number', async () => {
    const { home } = await aStore()
    const id = await anEndedSession(home, { ...thisMachine(), pid: process.pid })
    expect(await judgeOf(home, 'local').stateOf(id)).toBe('dead')
  })

  it('of the time before a restart is dead', async () => {
    const { home } = await aStore()
    expect(await judgeOf(home, 'local').stateOf(await anEndedSession(home))).toBe('dead')
  })

  it('that has no lock file is not known', async () => {
    const { home } = await aStore()
    const id = await anEndedSession(home)
    await rm(sessionLockPath(layoutOf(home, {}).leases, id))
    expect(await judgeOf(home, 'local').stateOf(id)).toBe('missing')
    expect(await judgeOf(home, 'shared').stateOf(id)).toBe('missing')
  })
})

describe('what stands in the place of the lock of a session', () => {
  const hostile: [string, (path: string, victim: string) => Promise<unknown>][] = [
    ['garbage', (path) => writeFile(path, 'garbage')],
    ['a folder', (path) => mkdir(path)],
    ['a link to a file', (path, victim) => symlink(victim, path)],
    ['a link to nowhere', (path, victim) => symlink(`${victim}-that-never-was`, path)],
  ]
  it.each(hostile)('is no lock, and is left alone: %s', async (_name, make) => {
    const { home } = await aStore()
    const id = await anEndedSession(home)
    const path = sessionLockPath(layoutOf(home, {}).leases, id)
    const folder = await aFolder()
    const victim = join(folder, 'victim')
    await writeFile(victim, '')
    await rm(path)
    await make(path, victim)
    const before = await lstat(path)
    expect(await judgeOf(home, 'local').stateOf(id)).toBe('missing')
    expect((await lstat(path)).ino).toBe(before.ino)
    expect(await filesIn(folder)).toEqual({ victim: '' })
  })
})

describe('a session on a volume of several machines', () => {
  it('of another machine is silent when this process saw no sign of it for two minutes', async () => {
    const { home } = await aStore()
    let now = 0
    const judge = judgeOf(home, 'shared', () => now)
    const id = await anEndedSession(home)
    expect(await judge.stateOf(id)).toBe('doubtful')
    now = SILENT_AFTER_MS - 1
    expect(await judge.stateOf(id)).toBe('doubtful')
    now = SILENT_AFTER_MS
    expect(await judge.stateOf(id)).toBe('silent')
  })

  it('is heard again with every sign, whatever time the sign names', async () => {
    const { home } = await aStore()
    let now = 0
    const judge = judgeOf(home, 'shared', () => now)
    const id = await anEndedSession(home)
    await judge.stateOf(id)
    now = SILENT_AFTER_MS
    // As of a machine whose clock was set back by years.
    await utimes(recordPath(layoutOf(home, {}).leases, id), 0, 0)
    expect(await judge.stateOf(id)).toBe('doubtful')
    now = SILENT_AFTER_MS * 2
    expect(await judge.stateOf(id)).toBe('silent')
  })

  it('is silent although its file server still holds its lock', async () => {
    const { home } = await aStore()
    let now = 0
    const judge = judgeOf(home, 'shared', () => now)
    const id = await anEndedSession(home)
    const held = tryLock(sessionLockPath(layoutOf(home, {}).leases, id))
    expect(await judge.stateOf(id)).toBe('alive')
    now = SILENT_AFTER_MS
    expect(await judge.stateOf(id)).toBe('silent')
    held?.release()
  })

  it('of this machine is judged by its lock', async () => {
    const { home } = await aStore()
    const judge = judgeOf(home, 'shared')
    const id = await anEndedSession(home, thisMachine())
    expect(await judge.stateOf(id)).toBe('dead')
    const held = tryLock(sessionLockPath(layoutOf(home, {}).leases, id))
    expect(await judge.stateOf(id)).toBe('alive')
    held?.release()
  })

  it('of this machine that was killed before it had a record is judged by its lock, and told by its id', async () => {
    const { home } = await aStore()
    const judge = judgeOf(home, 'shared')
    const { leases } = layoutOf(home, {})
    const ours = `${processScope()}-77-${'a'.repeat(12)}`
    const theirs = `${processScope({ ...thisMachine(), bootId: 'another', pidNamespace: 'another' })}-77-${'a'.repeat(12)}`
    for (const id of [ours, theirs]) await writeFile(sessionLockPath(leases, id), '', { mode: 0o600 })
    expect(await judge.stateOf(ours)).toBe('dead')
    expect(await judge.stateOf(theirs)).toBe('doubtful')
    const held = tryLock(sessionLockPath(leases, ours))
    expect(await judge.stateOf(ours)).toBe('alive')
    held?.release()
  })

  it('is opened with a notice, since the death of a neighbour shows late there', async () => {
    const { home } = await aStore()
    const { store, reporter } = await aStore({ home, volume: 'shared' })
    expect(reporter.lines.filter(({ level }) => level === 'notice')).toEqual([
      { level: 'notice', text: expect.stringContaining('after two minutes') },
    ])
    await store.close()
  })
})

it('nobody can be told to live where there are no locks', async () => {
  const { home } = await aStore()
  const { id } = await aSessionProcess(home)
  const judge = new Liveness(layoutOf(home, {}).leases, { volume: 'local', locks: false })
  expect(await judge.stateOf(id)).toBe('missing')
  expect(await judge.stateOf(join('..', 'x'))).toBe('missing')
})
