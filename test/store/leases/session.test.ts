import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { layoutOf, recordPath, sessionLockPath } from '../../../src/store/layout.ts'
import { thisMachine } from '../../../src/store/leases/identity.ts'
import { HEARTBEAT_MS } from '../../../src/store/leases/liveness.ts'
import { openSession } from '../../../src/store/leases/session.ts'
import { LocksUnsupported } from '../../../src/store/lock-file.ts'
import { tryLock } from '../../../src/store/process-lock.ts'
import { stagingTag } from '../../../src/store/staging.ts'
import { sha256Of } from '../../support/digest.ts'
import { aStore } from '../../support/store.ts'
import { anEndedSession, aSessionProcess, sessionIds } from '../../support/store-session.ts'

const HEX = sha256Of('the content')
const LOCAL = { doing: 'test', volume: 'local' } as const

/** Names in a folder of a store's leases. */
function leasesIn(home: string, folder: string): Promise<string[]> {
  return readdir(join(home, 'leases', folder))
}

describe('a session of a store', () => {
  it('says who it is and what it uses, and leaves nothing behind', async () => {
    const { store, home } = await aStore()
    await store.leases.use({ blobs: [HEX], artifacts: ['/a'] })
    await store.leases.use({ artifacts: ['/b'] })
    await store.leases.forgo(['/a'])
    const [lease, ...others] = await store.leases.list()
    expect(others).toEqual([])
    expect(lease).toMatchObject({
      kind: 'session',
      host: thisMachine().host,
      blobs: [HEX],
      artifacts: ['/b'],
    })
    await store.close()
    expect(await leasesIn(home, 'sessions')).toEqual([])
  })

  it('is one of several in this process, each of which ends alone', async () => {
    const { store, home } = await aStore()
    const { store: other } = await aStore({ home })
    await other.leases.use({ artifacts: ['/other'] })
    const isUsed = () => store.leases.exclusively(async (inUse) => inUse.isUsedByOthers('/other'))
    expect(await isUsed()).toBe(true)
    await other.close()
    expect(await isUsed()).toBe(false)
    expect(await sessionIds(home)).toHaveLength(1)
  })

  it('leaves its lock, free, while a download of it can be gone on with', async () => {
    const { store, home } = await aStore()
    await writeFile(store.partialPath(HEX), 'half')
    await writeFile(`${store.partialPath(HEX)}.journal`, 'a journal')
    await store.close()
    expect(await leasesIn(home, 'sessions')).toEqual([expect.stringMatching(/\.lock$/)])

    // The same process, which is no reason to think that somebody still writes there.
    const { store: next } = await aStore({ home })
    const path = await next.claimPartial(HEX)
    expect(await readFile(path, 'utf8')).toBe('half')
    await next.dropPartial(HEX)
    await next.close()
    await (await aStore({ home })).store.close()
    expect(await leasesIn(home, 'sessions')).toEqual([])
  })

  it('that was killed is cleared by the next one, with its claims and its record', async () => {
    const { home } = await aStore()
    const { id, kill } = await aSessionProcess(home, `await store.claim(${JSON.stringify(HEX)})`)
    expect(await leasesIn(home, 'claims')).toEqual([HEX])
    await kill()
    expect((await leasesIn(home, 'sessions')).filter((name) => name.startsWith(id))).toHaveLength(3)
    await aStore({ home })
    expect(await leasesIn(home, 'claims')).toEqual([])
    expect((await leasesIn(home, 'sessions')).filter((name) => name.startsWith(id))).toEqual([])
  })

  it('of another machine is left alone as long as it may live', async () => {
    const { home } = await aStore()
    const id = await anEndedSession(home, { artifacts: ['/theirs'] })
    const { store } = await aStore({ home, volume: 'shared' })
    expect(await sessionIds(home)).toContain(id)
    expect(await store.leases.exclusively(async (inUse) => inUse.isUsed('/theirs'))).toBe(true)
  })

  it('has another name when somebody who cleans up holds its lock for a moment', async () => {
    const { home } = await aStore()
    const { leases } = layoutOf(home, {})
    const [first, second] = [stagingTag(), stagingTag()]
    const held = tryLock(sessionLockPath(leases, first))
    const ids = [first, second]
    const session = await openSession(leases, () => ids.shift() ?? '', LOCAL)
    expect(session.id).toBe(second)
    await session.end({ asCertificate: false })
    held?.release()
  })

  it('is not to be had where every lock counts as held', async () => {
    const { home } = await aStore()
    const { leases } = layoutOf(home, {})
    const id = stagingTag()
    const held = tryLock(sessionLockPath(leases, id))
    await expect(openSession(leases, () => id, LOCAL)).rejects.toThrow(LocksUnsupported)
    held?.release()
  })

  it('says on a shared volume that it lives, and comes back when somebody deletes its record', async () => {
    const { home } = await aStore()
    const { leases } = layoutOf(home, {})
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const session = await openSession(leases, stagingTag, { doing: 'test', volume: 'shared' })
    const path = recordPath(leases, session.id)
    const before = (await stat(path, { bigint: true })).ctimeNs
    vi.advanceTimersByTime(HEARTBEAT_MS)
    await vi.waitUntil(async () => (await stat(path, { bigint: true })).ctimeNs > before)
    await rm(path)
    vi.advanceTimersByTime(HEARTBEAT_MS)
    await vi.waitUntil(() => stat(path).catch(() => undefined))
    await session.end({ asCertificate: false })
    expect(vi.getTimerCount()).toBe(0)
  })
})
