import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Store } from '../../../src/store/index.ts'
import { layoutOf, sessionLockPath } from '../../../src/store/layout.ts'
import { tryLock } from '../../../src/store/process-lock.ts'
import { stagingTag } from '../../../src/store/staging.ts'
import { sha256Of } from '../../support/digest.ts'
import { aFolder, aFolderElsewhere, aStore } from '../../support/store.ts'
import { anEndedSession, aSessionProcess } from '../../support/store-session.ts'

const HEX = sha256Of('the content')

function claimIn(home: string): string {
  return join(home, 'leases/claims', HEX)
}

async function claimsOf(home: string): Promise<string[]> {
  return await readdir(join(home, 'leases/claims'))
}

/** Whether a claim is granted before anything else can happen that would let it be. */
async function isGranted(store: Store): Promise<boolean> {
  const stop = new AbortController()
  const claim = store.claim(HEX, { signal: stop.signal })
  const looks = 20
  let granted = false
  void claim.then(
    () => {
      granted = true
    },
    () => {},
  )
  for (let look = 0; look < looks && !granted; look++) await readdir('/')
  stop.abort()
  await claim.then((held) => held.release()).catch(() => {})
  return granted
}

describe('a claim', () => {
  it('makes another store wait until it is released', async () => {
    const { store, home } = await aStore()
    const { store: other } = await aStore({ home })
    const first = await store.claim(HEX)
    expect(first.waited).toBe(false)
    expect(await isGranted(other)).toBe(false)
    const second = other.claim(HEX)
    await first.release()
    expect((await second).waited).toBe(true)
    expect(await isGranted(store)).toBe(false)
    await (await second).release()
    expect(await claimsOf(home)).toEqual([])
  })

  it('is not taken by those who waited for what has come by then: they all go on at once', async () => {
    const { store, home } = await aStore()
    const others = await Promise.all([1, 2, 3].map(() => aStore({ home })))
    const held = await store.claim(HEX)
    const waits: Promise<void>[] = []
    const claims = others.map(async ({ store: other }) => {
      const begun = Promise.withResolvers<void>()
      waits.push(begun.promise)
      return await other.claim(HEX, { onWaiting: () => begun.resolve(), hasCome: async () => true })
    })
    await Promise.all(waits)
    expect(await claimsOf(home)).toEqual([HEX])
    await held.release()
    const waited = await Promise.all(claims)
    expect(waited.map((claim) => claim.waited)).toEqual([true, true, true])
    expect(await claimsOf(home)).toEqual([])
    // None of them holds it: another may take it at once.
    expect(await isGranted(store)).toBe(true)
  })

  it('is taken after waiting when nothing has come', async () => {
    const { store, home } = await aStore()
    const { store: other } = await aStore({ home })
    const held = await store.claim(HEX)
    const begun = Promise.withResolvers<void>()
    const claim = other.claim(HEX, { onWaiting: () => begun.resolve(), hasCome: async () => false })
    await begun.promise
    await held.release()
    const second = await claim
    expect(await claimsOf(home)).toEqual([HEX])
    await second.release()
    expect(await claimsOf(home)).toEqual([])
  })

  it('is shared by those who ask the same store, and ends with the last of them', async () => {
    const { store, home } = await aStore()
    const [first, second] = await Promise.all([store.claim(HEX), store.claim(HEX)])
    await first.release()
    await first.release()
    expect(await claimsOf(home)).toEqual([HEX])
    await second.release()
    expect(await claimsOf(home)).toEqual([])
  })

  it('is no longer waited for once the signal says so, with its reason', async () => {
    const { store, home } = await aStore()
    const { store: other } = await aStore({ home })
    const held = await store.claim(HEX)
    const stop = new AbortController()
    const waiting = other.claim(HEX, { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await held.release()
  })

  it('tells who waits how many bytes of the other are on the disk', async () => {
    const { store, home } = await aStore()
    const { store: other } = await aStore({ home })
    const held = await store.claim(HEX)
    await writeFile(store.partialPath(HEX), Buffer.alloc(100_000, 'x'))
    let told = 0
    const waiting = other.claim(HEX, {
      onWaiting({ bytes }) {
        told = bytes
        void held.release()
      },
    })
    await (await waiting).release()
    expect(told).toBe(100_000)
  })

  it('is exclusive where hard links fail, too', async () => {
    const { store, home } = await aStore()
    const { store: other } = await aStore({ home })
    await rm(join(home, 'leases/claims'), { recursive: true })
    const elsewhere = await aFolderElsewhere()
    await symlink(elsewhere, join(home, 'leases/claims'))
    const held = await store.claim(HEX)
    expect(await readdir(elsewhere)).toEqual([HEX])
    expect(await isGranted(other)).toBe(false)
    await held.release()
    expect(await readdir(elsewhere)).toEqual([])
  })
})

describe('a claim that nobody will release', () => {
  it('of a killed process is taken over at once, and says who left something', async () => {
    const { store, home } = await aStore()
    const { id, kill } = await aSessionProcess(home, `await store.claim(${JSON.stringify(HEX)})`)
    expect(await isGranted(store)).toBe(false)
    const { promise: isWaiting, resolve } = Promise.withResolvers<void>()
    const waiting = store.claim(HEX, { onWaiting: () => resolve() })
    await isWaiting
    await kill()
    expect(await waiting).toMatchObject({ waited: true, leftBy: [id] })
  })

  it('of a process whose number was given again is taken over', async () => {
    const { store, home } = await aStore()
    const id = await anEndedSession(home, { pid: process.pid })
    await writeFile(claimIn(home), `${id}\n`)
    expect(await store.claim(HEX)).toMatchObject({ waited: false, leftBy: [id] })
  })

  const hostile: [string, (path: string) => Promise<unknown>][] = [
    ['an empty file', (path) => writeFile(path, '')],
    ['garbage', (path) => writeFile(path, Buffer.alloc(5000, 0xff))],
    ['a path as the name of a session', (path) => writeFile(path, '../../../../etc/passwd\n')],
    ['a session that never was', (path) => writeFile(path, `${stagingTag()}\n`)],
    ['a link to nowhere', (path) => symlink('/nowhere/at/all', path)],
    ['an empty folder', (path) => mkdir(path)],
  ]
  it.each(hostile)('is taken over when it is %s', async (_name, make) => {
    const { store, home } = await aStore()
    await make(claimIn(home))
    const claim = await store.claim(HEX)
    expect(claim.waited).toBe(false)
    expect((await readFile(claimIn(home), 'utf8')).trim()).toMatch(/^[0-9a-f]{8}-[0-9]+-[0-9a-f]{12}$/)
    await claim.release()
    expect(await claimsOf(home)).toEqual([])
  })

  it('does not touch what a link in its place leads to', async () => {
    const { store, home } = await aStore()
    const victim = join(await aFolder(), 'victim')
    await writeFile(victim, 'mine')
    await symlink(victim, claimIn(home))
    await (await store.claim(HEX)).release()
    expect(await readFile(victim, 'utf8')).toBe('mine')
  })

  it('is gone around when a folder with something in it stands in its place', async () => {
    const { store, home, reporter } = await aStore()
    await mkdir(claimIn(home))
    await writeFile(join(claimIn(home), 'notes'), 'mine')
    const claim = await store.claim(HEX)
    await claim.release()
    expect(await readFile(join(claimIn(home), 'notes'), 'utf8')).toBe('mine')
    expect(reporter.lines.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('could not be shared'),
    )
  })

  it('is not removed by its own release when another session holds it by now', async () => {
    const { store, home } = await aStore()
    const held = await store.claim(HEX)
    const id = stagingTag()
    const lock = tryLock(sessionLockPath(layoutOf(home, {}).leases, id))
    await rm(claimIn(home))
    await writeFile(claimIn(home), `${id}\n`)
    await held.release()
    expect(await readFile(claimIn(home), 'utf8')).toBe(`${id}\n`)
    lock?.release()
  })
})
