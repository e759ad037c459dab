import { chmod, lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EXFAT, isThere } from '../../scripts/real-parts/programs.ts'
import { putFiles } from '../../src/init/put-files.ts'
import { anExfatDisk, aSmallDisk, type Disk, mayHaveDisks } from '../support/crash-disk.ts'
import { aFolder } from '../support/store.ts'

async function own<T extends Disk>(disk: Promise<T>): Promise<T> {
  const mounted = await disk
  onTestFinished(() => mounted[Symbol.asyncDispose]())
  return mounted
}

const fresh = (path: string, text = path) => ({ path, text, replace: false })

describe('several files', () => {
  it('are put in place with the folders that they need, and nothing else', async () => {
    const folder = await aFolder()
    await putFiles(folder, [fresh('a/b/one'), { ...fresh('two'), mode: 0o600 }])
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['a', 'a/b', 'a/b/one', 'two'])
    expect(await readFile(join(folder, 'a/b/one'), 'utf8')).toBe('a/b/one')
    expect((await stat(join(folder, 'two'))).mode & 0o777).toBe(0o600)
  })

  it('are none when one of them is there', async () => {
    const folder = await aFolder()
    await writeFile(join(folder, 'two'), 'mine')
    await writeFile(join(folder, 'zero'), 'mine')
    const work = putFiles(folder, [
      { path: 'zero', text: 'new', replace: true },
      fresh('a/one'),
      fresh('two'),
    ])
    await expect(work).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect((await readdir(folder)).sort()).toEqual(['two', 'zero'])
    expect(await readFile(join(folder, 'two'), 'utf8')).toBe('mine')
    expect(await readFile(join(folder, 'zero'), 'utf8')).toBe('mine')
  })

  it('replace what is there when they are told to, mode and all', async () => {
    const folder = await aFolder()
    await writeFile(join(folder, 'one'), 'old')
    await chmod(join(folder, 'one'), 0o640)
    await putFiles(folder, [{ path: 'one', text: 'new', replace: true }])
    expect(await readFile(join(folder, 'one'), 'utf8')).toBe('new')
    expect((await stat(join(folder, 'one'))).mode & 0o777).toBe(0o640)
    expect(await readdir(folder)).toEqual(['one'])
  })

  it('replace a link, and never write through it', async () => {
    const folder = await aFolder()
    await writeFile(join(folder, 'target'), 'mine')
    await symlink('target', join(folder, 'one'))
    await expect(putFiles(folder, [fresh('one')])).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect(await readlink(join(folder, 'one'))).toBe('target')
    await putFiles(folder, [{ path: 'one', text: 'new', replace: true }])
    expect((await lstat(join(folder, 'one'))).isFile()).toBe(true)
    expect(await readFile(join(folder, 'target'), 'utf8')).toBe('mine')
  })

  it('go into no folder that is a link', async () => {
    const [folder, elsewhere] = [await aFolder(), await aFolder()]
    await symlink(elsewhere, join(folder, '.github'))
    await expect(putFiles(folder, [fresh('.github/workflows/x')])).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
    expect(await readdir(elsewhere)).toEqual([])
  })

  it('leave folders that were there', async () => {
    const folder = await aFolder()
    await mkdir(join(folder, 'a'))
    await writeFile(join(folder, 'two'), '')
    await expect(putFiles(folder, [fresh('a/b/one'), fresh('two')])).rejects.toThrow()
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['a', 'two'])
  })

  it.runIf(mayHaveDisks())('are none on a disk that is full', { timeout: 60_000 }, async () => {
    const { folder } = await own(aSmallDisk(1024 * 1024))
    const large = 'x'.repeat(2 * 1024 * 1024)
    await expect(putFiles(folder, [fresh('one'), fresh('a/two', large)])).rejects.toMatchObject({
      code: 'DISK_FULL',
    })
    expect(await readdir(folder)).toEqual([])
  })

  it.runIf(mayHaveDisks() && isThere(EXFAT))('need no links', { timeout: 60_000 }, async () => {
    const { folder } = await own(anExfatDisk(16 * 1024 * 1024))
    await putFiles(folder, [fresh('one')])
    await expect(putFiles(folder, [fresh('one', 'other')])).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await putFiles(folder, [{ path: 'one', text: 'new', replace: true }])
    expect(await readFile(join(folder, 'one'), 'utf8')).toBe('new')
    expect(await readdir(folder)).toEqual(['one'])
  })
})
