import {
  chmod,
  chown,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Sha256Hex, VerifiedFile } from '../../src/core/index.ts'
import { heldByUs } from '../../src/store/disk.ts'
import { sha256Of } from '../support/digest.ts'
import { aBlob, aFolder, aPartial, aStore, blobPathIn, filesIn, scribble } from '../support/store.ts'

const MEBIBYTE = 1024 * 1024

describe('finding a blob', () => {
  it('finds nothing in a new store', async () => {
    const { store } = await aStore()
    expect(await store.find(sha256Of('absent'))).toBeUndefined()
  })

  it.each([0, 1, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 5 * MEBIBYTE + 7])(
    'finds a blob of %i bytes again, in another process of the store',
    async (size) => {
      const { store, home } = await aStore()
      const bytes = Buffer.alloc(size, 'r3mes')
      await aBlob(store, bytes)
      const { store: later } = await aStore({ home })
      const found = await later.find(sha256Of(bytes), size)
      expect(found).toEqual({ path: blobPathIn(home, sha256Of(bytes)), sha256: sha256Of(bytes), size })
    },
  )

  it('says how far the hashing of a large blob is', async () => {
    const { store } = await aStore()
    const blob = await aBlob(store, Buffer.alloc(3 * MEBIBYTE + 5))
    const told: [number, number][] = []
    await store.find(blob.sha256, blob.size, (...progress) => told.push(progress))
    expect(told).toEqual([1, 2, 3, 3 + 5 / MEBIBYTE].map((mebibytes) => [mebibytes * MEBIBYTE, blob.size]))
  })

  it('moves a blob with one changed byte to the quarantine and says so', async () => {
    const { store, home, reporter } = await aStore()
    const blob = await aBlob(store, 'right bytes')
    await scribble(blob.path, 'wrong bytes')

    expect(await store.find(blob.sha256, blob.size)).toBeUndefined()

    const kept = await readdir(join(home, 'blobs', 'quarantine'))
    expect(kept).toHaveLength(1)
    expect(kept[0]).toMatch(new RegExp(`^${blob.sha256}-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}$`))
    expect(await readFile(join(home, 'blobs', 'quarantine', String(kept[0])), 'utf8')).toBe('wrong bytes')
    expect(reporter.lines.filter(({ level }) => level === 'warning')).toHaveLength(1)
    await expect(stat(blob.path)).rejects.toThrow('ENOENT')
  })

  it.each(['', 'right byt', 'right bytes and more'])('does not accept the blob as %j', async (bytes) => {
    const { store } = await aStore()
    const blob = await aBlob(store, 'right bytes')
    await scribble(blob.path, bytes)
    expect(await store.find(blob.sha256, blob.size)).toBeUndefined()
    expect(await store.find(blob.sha256)).toBeUndefined()
  })

  it('keeps an intact blob when a record approves another size for it', async () => {
    const { store, reporter } = await aStore()
    const blob = await aBlob(store, 'right bytes')
    expect(await store.find(blob.sha256, 5)).toBeUndefined()
    expect(reporter.lines.some(({ text }) => text.includes('11 bytes where 5 were approved'))).toBe(true)
    expect(await store.find(blob.sha256, 11)).toEqual(blob)
  })

  it('follows no symlink, even to the right bytes', async () => {
    const { store, home } = await aStore()
    const elsewhere = join(await aFolder(), 'bytes')
    await writeFile(elsewhere, 'right bytes')
    const blob = blobPathIn(home, sha256Of('right bytes'))
    await mkdir(dirname(blob))
    await symlink(elsewhere, blob)
    expect(await store.find(sha256Of('right bytes'))).toBeUndefined()
    expect(await readFile(elsewhere, 'utf8')).toBe('right bytes')
  })

  it('takes a folder in the place of a blob out of the way', async () => {
    const { store, home } = await aStore()
    const blob = blobPathIn(home, sha256Of('right bytes'))
    await mkdir(blob, { recursive: true })
    expect(await store.find(sha256Of('right bytes'))).toBeUndefined()
    expect((await aBlob(store, 'right bytes')).path).toBe(blob)
  })

  it('makes a writable blob read-only', async () => {
    const { store } = await aStore()
    const blob = await aBlob(store, 'right bytes')
    await chmod(blob.path, 0o666)
    expect(await store.find(blob.sha256)).toEqual(blob)
    expect((await stat(blob.path)).mode & 0o7777).toBe(0o444)
  })

  it('does not use a blob that another user may change', async () => {
    const { store } = await aStore()
    const blob = await aBlob(store, 'right bytes')
    if (process.getuid?.() === 0) {
      await chown(blob.path, 12345, 12345)
      expect(await store.find(blob.sha256)).toBeUndefined()
    }
    // Only root can give a file away, so the decision stands here for everybody else.
    expect(heldByUs({ uid: 12345n }, 12346)).toBe(false)
    expect(heldByUs({ uid: 12345n }, 0)).toBe(false)
    expect(heldByUs({ uid: 12345n }, 12345)).toBe(true)
    expect(heldByUs({ uid: 0n }, 12345)).toBe(true)
  })
})

describe('adopting a partial', () => {
  it('makes it a read-only blob and leaves no partial', async () => {
    const { store, home } = await aStore()
    const partial = await aPartial(store, 'right bytes')
    const blob = await store.adopt(partial)
    expect(blob).toEqual({ ...partial, path: blobPathIn(home, partial.sha256) })
    expect((await stat(blob.path)).mode & 0o7777).toBe(0o444)
    expect(await filesIn(join(home, 'partials'))).toEqual({})
  })

  it('keeps the blob that is there when it is right', async () => {
    const { store, home } = await aStore()
    const first = await aBlob(store, 'right bytes')
    const { ino } = await stat(first.path)
    const again = await store.adopt(await aPartial(store, 'right bytes'))
    expect(again).toEqual(first)
    expect((await stat(first.path)).ino).toBe(ino)
    expect(await filesIn(join(home, 'partials'))).toEqual({})
  })

  it('puts a damaged blob into the quarantine and takes its place', async () => {
    const { store, home } = await aStore()
    const blob = await aBlob(store, 'right bytes')
    await scribble(blob.path, 'wrong bytes')
    await store.adopt(await aPartial(store, 'right bytes'))
    expect(await readFile(blob.path, 'utf8')).toBe('right bytes')
    expect(Object.values(await filesIn(join(home, 'blobs', 'quarantine')))).toEqual(['wrong bytes'])
  })

  it('refuses a forged object, whatever it looks like', async () => {
    const { store, home } = await aStore()
    const real = await aPartial(store, 'right bytes')
    const forged: VerifiedFile = { ...real }
    await expect(store.adopt(forged)).rejects.toThrow('Only a file that passed a Verifier')
    expect(await filesIn(join(home, 'blobs'))).toEqual({})
  })

  it('refuses a verified file that is no partial of this store', async () => {
    const { store } = await aStore()
    const { store: other } = await aStore()
    await expect(store.adopt(await aPartial(other, 'bytes'))).rejects.toThrow('Only a partial of this store')
  })

  it('refuses a partial that was cut short or replaced by a link after it was verified', async () => {
    const { store, home } = await aStore()
    const cut = await aPartial(store, 'right bytes')
    await writeFile(cut.path, 'right')
    await expect(store.adopt(cut)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })

    const replaced = await aPartial(store, 'right bytes')
    const elsewhere = join(home, 'elsewhere')
    await link(replaced.path, elsewhere)
    await rm(replaced.path)
    await symlink(elsewhere, replaced.path)
    await expect(store.adopt(replaced)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
    expect(await store.find(replaced.sha256)).toBeUndefined()
  })

  it('lets the next download overwrite what an earlier one left', async () => {
    const { store } = await aStore()
    await writeFile(store.partialPath(sha256Of('right bytes')), 'half of somet')
    expect(await aBlob(store, 'right bytes')).toMatchObject({ size: 11 })
  })
})

describe('free space', () => {
  it('is what the file system still gives to this user', async () => {
    const { store } = await aStore()
    const free = await store.freeBytes()
    expect(typeof free).toBe('bigint')
    expect(free).toBeGreaterThan(0n)
  })
})

describe('a partial', () => {
  it('has a place whose folder exists before the first byte', async () => {
    const { store, home } = await aStore()
    const hex = sha256Of('anything') as Sha256Hex
    expect(dirname(store.partialPath(hex))).toBe(join(home, 'partials'))
    expect(store.partialPath(hex)).toBe(store.partialPath(hex))
    expect((await stat(dirname(store.partialPath(hex)))).mode & 0o777).toBe(0o700)
  })

  it("is no other run's: what one writes never reaches what another verified", async () => {
    const { store, home } = await aStore()
    const { store: other } = await aStore({ home })
    const slow = await open(other.partialPath(sha256Of('right bytes')), 'w')
    await slow.write('righ')
    const blob = await aBlob(store, 'right bytes')
    await slow.write('t BYTES')
    await slow.close()
    expect(await readFile(blob.path, 'utf8')).toBe('right bytes')
    expect(await other.adopt(await aPartial(other, 'right bytes'))).toEqual(blob)
    expect(await filesIn(join(home, 'partials'))).toEqual({})
  })
})
