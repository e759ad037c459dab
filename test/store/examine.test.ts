import { chmod, chown, link, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EXFAT, isThere } from '../../scripts/real-parts/programs.ts'
import { examinePlaces, examineRemains, probeFileSystem } from '../../src/store/index.ts'
import { askOtherProcess } from '../../src/store/other-process.ts'
import { tryLock } from '../../src/store/process-lock.ts'
import { anExfatDisk, aSmallDisk, type Disk, mayHaveDisks } from '../support/crash-disk.ts'
import { aFolder } from '../support/store.ts'

const signal = new AbortController().signal
const isRoot = process.geteuid?.() === 0

async function own<T extends Disk>(disk: Promise<T>): Promise<T> {
  const mounted = await disk
  onTestFinished(() => mounted[Symbol.asyncDispose]())
  return mounted
}

describe('looking at the folders of a store', () => {
  it('makes nothing, and says where a home would be made', async () => {
    const above = await aFolder()
    const [home] = await examinePlaces({ home: join(above, 'a', 'b', '.r3mes') })
    expect(home).toMatchObject({ exists: false, standsAt: above })
    expect(await readdir(above)).toEqual([])
  })

  it('judges a home as a run would, and leaves its mode as it is', async () => {
    const home = await aFolder()
    await chmod(home, 0o770)
    expect((await examinePlaces({ home }))[0]).toMatchObject({
      exists: true,
      isOpenToGroup: true,
      mode: 0o770,
    })
    await chmod(home, 0o777)
    expect((await examinePlaces({ home }))[0]).toMatchObject({ error: { code: 'STORE_UNSAFE' } })
    expect(await readdir(home)).toEqual([])
  })

  it.runIf(isRoot)('refuses the home of another user', async () => {
    const home = await aFolder()
    await chown(home, 12345, 12345)
    expect((await examinePlaces({ home }))[0]).toMatchObject({
      error: { code: 'STORE_UNSAFE', message: expect.stringContaining('user id 12345') },
    })
  })

  it('refuses a home below a file, and a link that leads nowhere', async () => {
    const folder = await aFolder()
    await writeFile(join(folder, 'file'), '')
    await symlink('nowhere', join(folder, 'link'))
    for (const name of ['file/home', 'link']) {
      expect((await examinePlaces({ home: join(folder, name) }))[0], name).toMatchObject({
        error: { code: 'STORE_NOT_WRITABLE' },
      })
    }
  })

  it('counts what is left behind', async () => {
    const home = await aFolder()
    await mkdir(join(home, 'partials'))
    await mkdir(join(home, 'blobs', 'quarantine'), { recursive: true })
    await writeFile(join(home, 'partials', 'a.part'), Buffer.alloc(10_000, 1))
    await writeFile(join(home, 'partials', 'a.part.journal'), 'no download')
    const { partials, quarantine } = await examineRemains({ home })
    expect(partials).toMatchObject({ files: 1 })
    expect(partials.bytes).toBeGreaterThanOrEqual(10_000)
    expect(quarantine).toEqual({ files: 0, bytes: 0 })
  })
})

describe('trying out a file system', () => {
  it('finds what works here, and leaves nothing', async () => {
    const folder = await aFolder()
    const found = await probeFileSystem(folder, signal)
    expect(found).toMatchObject({
      hardLinks: { works: true },
      symlinks: { works: true },
      locks: 'refused',
    })
    expect(found.space.free).toBeGreaterThan(0)
    expect(await readdir(folder)).toEqual([])
  })

  it('has another process meet a lock that is held, and get one that is free', async () => {
    const path = join(await aFolder(), 'lock')
    const held = tryLock(path)
    expect(await askOtherProcess(path, signal)).toBe('refused')
    held?.release()
    expect(await askOtherProcess(path, signal)).toBe('granted')
  })

  it('stops when it is told to', async () => {
    const folder = await aFolder()
    await expect(probeFileSystem(folder, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
    expect(await readdir(folder)).toEqual([])
  })

  it.runIf(mayHaveDisks())('says that a disk is full', { timeout: 60_000 }, async () => {
    const { folder } = await own(aSmallDisk(1024 * 1024))
    await writeFile(join(folder, 'all'), Buffer.alloc(2 * 1024 * 1024)).catch(() => undefined)
    await expect(probeFileSystem(folder, signal)).rejects.toMatchObject({ code: 'DISK_FULL' })
    expect(await readdir(folder)).toEqual(['all'])
  })

  it.runIf(mayHaveDisks() && isThere(EXFAT))(
    'finds that exfat has neither links nor a difference of case, but locks',
    { timeout: 60_000 },
    async () => {
      const { folder } = await own(anExfatDisk(16 * 1024 * 1024))
      await expect(link(folder, join(folder, 'x'))).rejects.toThrow()
      expect(await probeFileSystem(folder, signal)).toMatchObject({
        hardLinks: { works: false },
        reflinks: { works: false },
        symlinks: { works: false },
        foldsCase: true,
        locks: 'refused',
      })
    },
  )
})
