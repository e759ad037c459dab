import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readBlobs } from '../../../src/store/index.ts'
import { sha256Of } from '../../support/digest.ts'
import { aBlob, aFolder, anArtifact, aStore, filesIn } from '../../support/store.ts'
import { inOwnProcess } from '../../support/store-process.ts'
import { aSessionProcess } from '../../support/store-session.ts'

const IS_ROOT = process.getuid?.() === 0
const HEX = sha256Of('the content')
const ARTIFACT = { kind: 'model', name: 'v1.0.0', asFolder: true, files: { m: 'the weights' } } as const

describe('the lock of the store', () => {
  const hostile: [string, (path: string) => Promise<unknown>][] = [
    ['garbage', (path) => writeFile(path, 'garbage')],
    ['an SQLite file of somebody', (path) => writeFile(path, `SQLite format 3\0${'x'.repeat(4096)}`)],
    ['an empty folder', (path) => mkdir(path)],
    ['a link to nowhere', (path) => symlink(join(path, '../../nowhere'), path)],
    ['a link to itself', (path) => symlink(path, path)],
  ]
  it.each(hostile)('makes room for a lock when it is %s', async (_name, make) => {
    const { store, home } = await aStore()
    const path = join(home, 'leases/store.lock')
    await rm(path, { force: true })
    await make(path)
    await store.leases.use({ artifacts: ['/used'] })
    expect(await store.leases.exclusively(async (inUse) => inUse.isUsed('/used'))).toBe(true)
    expect((await stat(path)).size).toBe(0)
    expect(await readdir(home)).not.toContain('nowhere')
  })

  it('does not touch what a link in its place leads to', async () => {
    const { store, home } = await aStore()
    const victim = join(await aFolder(), 'victim')
    await writeFile(victim, '')
    const path = join(home, 'leases/store.lock')
    await rm(path, { force: true })
    await symlink(victim, path)
    await store.leases.exclusively(async () => {})
    await rm(victim)
    expect((await stat(path)).isFile()).toBe(true)
  })

  it('is gone around when a folder with something in it stands in its place', async () => {
    const { store, home } = await aStore()
    const path = join(home, 'leases/store.lock')
    await rm(path, { force: true })
    await mkdir(path)
    await writeFile(join(path, 'notes'), 'mine')
    await store.leases.use({ artifacts: ['/used'] })
    const refused = store.leases.exclusively(async () => {})
    await expect(refused).rejects.toMatchObject({ code: 'STORE_NOT_WRITABLE' })
    expect((await store.promote(await anArtifact(store))).change).toBe('created')
    expect(await readFile(join(path, 'notes'), 'utf8')).toBe('mine')
  })

  it('is not held on by a process that was killed in the middle of its work', async () => {
    const { store, home } = await aStore()
    const { kill } = await aSessionProcess(
      home,
      'await new Promise((held) => void store.leases.exclusively(() => new Promise(() => held())))',
    )
    await kill()
    expect(await store.leases.exclusively(async () => 'ours')).toBe('ours')
  })
})

describe('the folder of leases', () => {
  it.each(['leases', 'leases/sessions', 'leases/claims', 'leases/jobs'])(
    'that cannot be written costs the sharing, and nothing else: %s',
    async (folder) => {
      const parent = await aFolder()
      const home = join(parent, 'home')
      await chmod(parent, 0o777)
      const user = IS_ROOT ? { user: 12345 } : {}
      expect((await inOwnProcess({ home, ...user })).report).toMatchObject({ ok: true })
      await chmod(join(home, folder), 0o555)
      const { report } = await inOwnProcess({ home, artifacts: [ARTIFACT], ...user })
      await chmod(join(home, folder), 0o755)
      expect(report).toMatchObject({ ok: true, paths: [join(home, 'models/v1.0.0')] })
    },
  )

  it('that is a file costs the sharing, with a notice that says what to do', async () => {
    const { home } = await aStore()
    await rm(join(home, 'leases'), { recursive: true })
    await writeFile(join(home, 'leases'), 'mine')
    const { store, reporter } = await aStore({ home })
    expect(reporter.lines.filter(({ level }) => level === 'notice')).toEqual([
      { level: 'notice', text: expect.stringContaining('Make the folder writable') },
    ])
    expect(store.leases.available).toBe(false)
    expect(await (await store.claim(HEX)).release()).toBeUndefined()
    await store.leases.use({ blobs: [HEX] })
    expect(await store.leases.keepForJob({ workflow: 'w', job: 'j', run: '1' })).toBeUndefined()
    expect((await store.promote(await anArtifact(store))).change).toBe('created')
    await expect(store.leases.exclusively(async () => {})).rejects.toMatchObject({
      code: 'STORE_NOT_WRITABLE',
    })
    await store.close()
    expect(await readFile(join(home, 'leases'), 'utf8')).toBe('mine')
  })

  it('is refused when every user may write it, as every folder of the store', async () => {
    const { home } = await aStore()
    await chmod(join(home, 'leases/jobs'), 0o707)
    await expect(aStore({ home })).rejects.toMatchObject({ code: 'STORE_UNSAFE' })
  })

  it('may be deleted while a store is open: nothing that is half there is taken for left behind', async () => {
    const { home, store } = await aStore()
    await writeFile(store.partialPath(HEX), 'half')
    await writeFile(`${store.partialPath(HEX)}.journal`, 'a journal')
    await rm(join(home, 'leases'), { recursive: true })
    const { store: other } = await aStore({ home })
    const path = await other.claimPartial(HEX)
    expect(await stat(path).catch(() => undefined)).toBeUndefined()
    expect(await readFile(store.partialPath(HEX), 'utf8')).toBe('half')
    await store.close()
  })

  it('is not even made by those who only read', async () => {
    const { home, store } = await aStore()
    const { sha256 } = await aBlob(store, 'the content')
    await store.close()
    await rm(join(home, 'leases'), { recursive: true })
    const blob = await (await readBlobs(home)).open(sha256)
    await blob?.file.close()
    expect(blob?.size).toBe('the content'.length)
    expect(await readdir(home)).not.toContain('leases')
  })
})

describe('leases of jobs', () => {
  const JOB = { workflow: 'train', job: 'gpu', run: '1' }

  it('outlive their store, and end with their process', async () => {
    const { home } = await aStore()
    const { child, kill } = await aSessionProcess(home)
    const { store } = await aStore({ home })
    await store.leases.use({ artifacts: ['/used'] })
    await store.leases.keepForJob({ ...JOB, pid: child.pid })
    await store.close()
    const { store: later } = await aStore({ home })
    expect(await later.leases.list()).toContainEqual(
      expect.objectContaining({ kind: 'job', artifacts: ['/used'], why: 'the process of its job runs' }),
    )
    await kill()
    expect(await later.leases.exclusively(async (inUse) => inUse.isUsed('/used'))).toBe(false)
    await aStore({ home })
    expect(await readdir(join(home, 'leases/jobs'))).toEqual([])
  })

  it.each([0, 1, undefined])('of a process that is nobody count by their age: %s', async (pid) => {
    const { store } = await aStore()
    await store.leases.keepForJob({ ...JOB, pid })
    expect(await store.leases.list()).toContainEqual(
      expect.objectContaining({ kind: 'job', why: expect.stringContaining('younger than 5 days') }),
    )
  })

  it.each(['../sessions/x', '', 'x', '/etc/passwd', '0123456789abcdeF'])(
    'have no such name, and nothing is removed: %j',
    async (id) => {
      const { store, home } = await aStore()
      const before = await filesIn(home)
      expect(await store.leases.release(id)).toBe(false)
      expect(await filesIn(home)).toEqual(before)
    },
  )

  it('that are garbage are removed, and what is none of ours stays', async () => {
    const { home } = await aStore()
    const folder = join(home, 'leases/jobs')
    await writeFile(join(folder, '0123456789abcdef.json'), '{"blobs":')
    await writeFile(join(folder, 'notes.json'), 'mine')
    await aStore({ home })
    expect(await readdir(folder)).toEqual(['notes.json'])
  })
})
