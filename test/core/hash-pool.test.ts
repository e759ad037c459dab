import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { open, rename, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { HashPool, type HashPoolOptions } from '../../src/core/index.ts'
import { sha256Of } from '../support/digest.ts'
import { aFolder } from '../support/store.ts'

function aPool(options: HashPoolOptions = {}): HashPool {
  const pool = new HashPool(options)
  onTestFinished(() => pool.close())
  return pool
}

const MIB = 1024 * 1024

describe('the hashing threads', () => {
  it('hash files of every size around their reads, and say which file it was', async () => {
    const folder = await aFolder()
    const sizes = [0, 1, MIB - 1, MIB, MIB + 1, 5 * MIB + 17]
    const contents = sizes.map((size) => randomBytes(size))
    const paths = sizes.map((size) => join(folder, `${size}`))
    await Promise.all(paths.map((path, index) => writeFile(path, contents[index] ?? '')))
    const pool = aPool()
    const found = await pool.hash(paths)
    const facts = await Promise.all(paths.map((path) => stat(path, { bigint: true })))
    expect(found).toEqual(
      facts.map(({ dev, ino, size, mtimeNs, ctimeNs }, index) => ({
        kind: 'hashed',
        sha256: sha256Of(contents[index] ?? ''),
        ...{ dev, ino, size, mtimeNs, ctimeNs },
      })),
    )
    expect(pool.bytes).toBe(sizes.reduce((sum, size) => sum + size))
  })

  it('answer many lists, each with its own files in order', async () => {
    const folder = await aFolder()
    const names = Array.from({ length: 60 }, (_, index) => `file ${index}`)
    await Promise.all(names.map((name) => writeFile(join(folder, name), name)))
    const pool = aPool({ threads: 3 })
    const lists = Array.from({ length: 20 }, (_, index) => names.slice(index * 3, index * 3 + 3))
    const found = await Promise.all(lists.map((list) => pool.hash(list.map((name) => join(folder, name)))))
    expect(found.flat().map((file) => (file.kind === 'hashed' ? file.sha256 : file.kind))).toEqual(
      names.map(sha256Of),
    )
  })

  it('follow no link, wait for no pipe, and tell a folder from a file', async () => {
    const folder = await aFolder()
    const [real, link, pipe] = ['real', 'link', 'pipe'].map((name) => join(folder, name))
    if (real === undefined || link === undefined || pipe === undefined) throw new TypeError()
    await writeFile(real, 'bytes')
    await symlink(real, link)
    execFileSync('mkfifo', [pipe])
    const found = await aPool().hash([link, pipe, folder, join(folder, 'none'), join(real, 'below')])
    expect(found.map(({ kind }) => kind)).toEqual(['irregular', 'irregular', 'irregular', 'absent', 'absent'])
  })

  it('say nothing of a file that another program changes meanwhile', async () => {
    const path = join(await aFolder(), 'growing')
    await writeFile(path, '')
    await truncate(path, 512 * MIB)
    const pool = aPool({ threads: 1 })
    const hashing = pool.hash([path])
    await expect.poll(() => pool.bytes, { interval: 1, timeout: 60_000 }).toBeGreaterThan(0)
    await using file = await open(path, 'r+')
    await file.write(Buffer.from('x'), 0, 1, 0)
    expect(await hashing).toEqual([{ kind: 'changed' }])
  })

  it('hash the file that they opened, though another one takes its name', async () => {
    const folder = await aFolder()
    const path = join(folder, 'old')
    await writeFile(path, '')
    await truncate(path, 512 * MIB)
    const { ino } = await stat(path, { bigint: true })
    const pool = aPool({ threads: 1 })
    const hashing = pool.hash([path])
    await expect.poll(() => pool.bytes, { interval: 1, timeout: 60_000 }).toBeGreaterThan(0)
    await writeFile(join(folder, 'new'), 'new')
    await rename(join(folder, 'new'), path)
    expect(await hashing).toMatchObject([{ kind: 'hashed', ino }])
  })

  it('stop in the middle of a file when they are told to', async () => {
    const path = join(await aFolder(), 'large')
    await writeFile(path, '')
    await truncate(path, 1024 * 1024 * MIB)
    const stop = new AbortController()
    const pool = aPool({ threads: 1, signal: stop.signal })
    const hashing = Promise.allSettled([pool.hash([path]), pool.hash([path])])
    await expect.poll(() => pool.bytes, { interval: 1, timeout: 60_000 }).toBeGreaterThan(0)
    stop.abort(new Error('enough'))
    expect(await hashing).toMatchObject([
      { status: 'rejected', reason: { message: 'enough' } },
      { status: 'rejected', reason: { message: 'enough' } },
    ])
    await expect(pool.hash([path])).rejects.toThrow('enough')
  })
})
