import { expect, it } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { aBlob, aReporter, aStore } from '../support/store.ts'

const SIZE = 64 * 1024 * 1024

it('ends the hashing of a large blob when the run is told to stop', async () => {
  const { store, home } = await aStore()
  const blob = await aBlob(store, Buffer.alloc(SIZE, 'r3mes'))
  const stop = new AbortController()
  const cancelled = await openStore({ home, reporter: aReporter(), signal: stop.signal })
  const reason = new Error('the job was cancelled')
  const search = cancelled.find(blob.sha256, blob.size)
  // The search has begun and waits for the disk: the whole blob takes 64 reads.
  setImmediate(() => stop.abort(reason))
  await expect(search).rejects.toBe(reason)
  // Nobody found the blob wrong: it is where it was.
  expect(await store.find(blob.sha256, blob.size)).toMatchObject({ path: blob.path })
})
