import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type VerifiedFile, Verifier } from '../../src/core/index.ts'
import { openStore, type Store, type StoreOptions } from '../../src/store/index.ts'
import { processScope } from '../../src/store/leases/identity.ts'
import { sha256Of } from '../support/digest.ts'
import { aFolder, aReporter } from '../support/store.ts'

const BYTES = Buffer.alloc(400_000, 'model')
const SHA256 = sha256Of(BYTES)

let root: string
let named: string

beforeEach(async () => {
  root = await aFolder()
  named = join(root, 'loras')
  await mkdir(named)
})

async function aStore(options: Partial<StoreOptions> = {}): Promise<Store> {
  const home = join(root, '.store')
  const store = await openStore({ home, outsideFolders: [named], reporter: aReporter(), ...options })
  onTestFinished(() => store.close().catch(() => undefined))
  return store
}

/** A blob of the store, brought by it. */
async function aBlob(store: Store, bytes = BYTES): Promise<VerifiedFile> {
  const sha256 = sha256Of(bytes)
  const partial = store.partialPath(sha256)
  await writeFile(partial, bytes)
  const verifier = new Verifier({ sha256 })
  verifier.update(bytes)
  return await store.adopt(verifier.finish(partial))
}

describe('a file that others brought', () => {
  it('becomes a blob by a second name, read-only, when its bytes are right', async () => {
    const store = await aStore()
    const path = join(named, 'a.pt')
    await writeFile(path, BYTES)
    const taken = await store.outside.takeIn(path, SHA256)
    expect(taken).toMatchObject({ sha256: SHA256, size: BYTES.length })
    const [here, blob] = await Promise.all([stat(path), stat(taken?.path ?? '')])
    expect([here.ino, here.nlink, here.mode & 0o777]).toEqual([blob.ino, 2, 0o444])
    expect(await store.find(SHA256)).toMatchObject({ size: BYTES.length })
    // Taking it in again changes nothing.
    expect(await store.outside.takeIn(path, SHA256)).toMatchObject({ sha256: SHA256 })
    expect((await stat(path)).nlink).toBe(2)
    expect(await readdir(join(root, '.store/blobs/sha256'))).toEqual([SHA256.slice(0, 2)])
  })

  it.each(['wrong bytes', 'a link', 'a folder', 'nothing'])(
    'is left as it is when it is no such file: %s',
    async (what) => {
      const store = await aStore()
      const [path, elsewhere] = [join(named, 'a.pt'), join(root, 'elsewhere')]
      if (what === 'wrong bytes') await writeFile(path, 'wrong')
      if (what === 'a folder') await mkdir(path)
      if (what === 'a link') {
        await writeFile(elsewhere, BYTES)
        await symlink(elsewhere, path)
      }
      await expect(store.outside.takeIn(path, SHA256).catch(() => undefined)).resolves.toBeUndefined()
      expect(await store.find(SHA256)).toBeUndefined()
      if (what === 'a link') expect((await stat(elsewhere)).nlink).toBe(1)
    },
  )
})

describe('a name of a blob outside of the store', () => {
  it('is made in one step, and never over something that nobody spoke of', async () => {
    const store = await aStore()
    const blob = await aBlob(store)
    const path = join(named, 'a.pt')
    expect(await store.outside.put(blob, path)).toMatchObject({ outcome: 'made', keptAt: undefined })
    expect((await stat(path)).ino).toBe((await stat(blob.path)).ino)
    const other = join(named, 'b.pt')
    await writeFile(other, 'mine')
    expect(await store.outside.put(blob, other)).toEqual({ outcome: 'changed' })
    expect(await readFile(other, 'utf8')).toBe('mine')
    expect((await readdir(named)).toSorted()).toEqual(['a.pt', 'b.pt'])
  })

  it('replaces exactly what it was told of, and keeps that aside', async () => {
    const store = await aStore()
    const blob = await aBlob(store)
    const [path, aside] = [join(named, 'a.pt'), join(root, 'aside')]
    await writeFile(path, 'mine')
    const seen = await store.outside.standing(path)
    if (seen.kind === 'absent') throw new Error('It is there')
    await rm(path)
    await writeFile(path, 'newer')
    expect(await store.outside.put(blob, path, { instead: seen, aside })).toEqual({ outcome: 'changed' })
    expect(await readFile(path, 'utf8')).toBe('newer')
    const now = await store.outside.standing(path)
    if (now.kind === 'absent') throw new Error('It is there')
    expect(await store.outside.put(blob, path, { instead: now, aside })).toMatchObject({
      outcome: 'made',
      keptAt: aside,
    })
    expect(await readFile(aside, 'utf8')).toBe('newer')
    expect(await readFile(path)).toEqual(BYTES)
  })

  it('stays while another store uses it, unless both want the same', async () => {
    const store = await aStore()
    const other = await aStore()
    const blob = await aBlob(store)
    const path = join(named, 'a.pt')
    await writeFile(path, 'in use')
    await other.leases.use({ artifacts: [path] })
    const instead = await store.outside.standing(path)
    if (instead.kind === 'absent') throw new Error('It is there')
    expect(await store.outside.put(blob, path, { instead })).toEqual({ outcome: 'used' })
    expect(await store.outside.remove(path, instead)).toEqual({ outcome: 'used' })
    expect(await store.outside.put(blob, path, { instead, evenIfUsed: true })).toEqual({ outcome: 'used' })
    await other.leases.use({ blobs: [blob.sha256] })
    expect(await store.outside.put(blob, path, { instead, evenIfUsed: true })).toMatchObject({
      outcome: 'made',
    })
    expect(await readFile(path)).toEqual(BYTES)
  })

  it('is the blob’s as long as its bytes are', async () => {
    const store = await aStore()
    const blob = await aBlob(store)
    const [path, copy, wrong] = ['a.pt', 'b.pt', 'c.pt'].map((name) => join(named, name)) as [
      string,
      string,
      string,
    ]
    await store.outside.put(blob, path)
    await writeFile(copy, BYTES)
    await writeFile(wrong, BYTES.with(7, 0))
    const held = await Promise.all([path, copy, wrong, named].map((each) => store.outside.holds(each, blob)))
    expect(held).toEqual([true, true, false, false])
  })

  it('goes when exactly that file is there, and says what that freed', async () => {
    const store = await aStore()
    const blob = await aBlob(store)
    const [path, own] = [join(named, 'a.pt'), join(named, 'own.pt')]
    await store.outside.put(blob, path)
    await writeFile(own, BYTES)
    const [linked, alone] = [await store.outside.standing(path), await store.outside.standing(own)]
    if (linked.kind === 'absent' || alone.kind === 'absent') throw new Error('They are there')
    expect(await store.outside.remove(own, linked)).toEqual({ outcome: 'changed' })
    expect(await store.outside.remove(path, linked)).toEqual({ outcome: 'removed', bytes: 0 })
    expect(await store.outside.remove(own, alone)).toMatchObject({ outcome: 'removed' })
    expect(await readdir(named)).toEqual([])
    expect(await readFile(blob.path)).toEqual(BYTES)
  })

  it('does not make recorded checks of its blob worthless', async () => {
    {
      await using store = await aStore()
      const blob = await aBlob(store)
      await store.outside.put(blob, join(named, 'a.pt'))
      await store.checks.keep()
      await store.outside.put(blob, join(named, 'b.pt'))
    }
    await using later = await aStore({ verify: 'changed' })
    expect((await later.find(SHA256))?.checkedAt).toBeInstanceOf(Date)
  })
})

describe('what a process left unfinished in such a folder', () => {
  it('is cleared by the next one that opens the store, and nothing else is', async () => {
    const ended = spawnSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).stdout.trim()
    const abandoned = `.r3mes-${processScope()}-${ended}-0123456789ab-1`
    await writeFile(join(named, abandoned), BYTES)
    await writeFile(join(named, '.r3mes-mine'), 'mine')
    await aStore()
    expect(await readdir(named)).toEqual(['.r3mes-mine'])
  })
})
