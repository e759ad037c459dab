import { describe, expect, it } from 'vitest'
import { sha256Of } from '../../support/digest.ts'
import { aStore } from '../../support/store.ts'
import { aSessionProcess } from '../../support/store-session.ts'

const HEX = sha256Of('the content')
const HOLDS = 'await new Promise((held) => void store.leases.exclusively(() => new Promise(() => held())))'
const BRINGS = `await store.claim('${HEX}')`

describe('a process that was stopped while it held the lock of the store', () => {
  it('keeps nobody from opening the store, nor from a file that a dead process claimed', async () => {
    const { store, home } = await aStore()
    const dead = await aSessionProcess(home, BRINGS)
    const holder = await aSessionProcess(home, HOLDS)
    holder.child.kill('SIGSTOP')
    await dead.kill()
    const { store: opened } = await aStore({ home })
    for (const each of [opened, store]) {
      const claim = await each.claim(HEX)
      await claim.release()
      await each.close()
    }
  }, 60_000)

  it('lets waiting for a claim be ended', async () => {
    const { store, home } = await aStore()
    const dead = await aSessionProcess(home, BRINGS)
    const holder = await aSessionProcess(home, HOLDS)
    holder.child.kill('SIGSTOP')
    await dead.kill()
    const stop = new AbortController()
    const claim = store.claim(HEX, { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(claim).rejects.toThrow('enough')
  })
})
