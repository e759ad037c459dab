import { open, readFile, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import { storeError } from '../../src/store/fs-error.ts'
import {
  aFolder,
  aFolderElsewhere,
  anArtifact,
  aStore,
  filesIn,
  scribble,
  TWO_FILES,
} from '../support/store.ts'
import { inOwnProcess, mayMount, withMounts } from '../support/store-process.ts'

const ADAPTER = { kind: 'adapter', name: 'coder', asFolder: false } as const

/** A store whose models and adapters lie on another file system, where no hard link of a blob can be. */
async function aSplitStore() {
  const modelDir = await aFolderElsewhere()
  const adapterDir = await aFolderElsewhere()
  return { ...(await aStore({ modelDir, adapterDir })), modelDir, adapterDir }
}

describe('a model folder on another file system', () => {
  it('gets read-only copies', async () => {
    const { store, modelDir, adapterDir } = await aSplitStore()
    const artifact = await anArtifact(store, { files: TWO_FILES })
    const model = await store.promote(artifact)
    const adapter = await store.promote(await anArtifact(store, ADAPTER))
    expect([model.change, adapter.change]).toEqual(['created', 'created'])
    expect(await filesIn(modelDir)).toEqual({
      'v1.0.0/model.gguf': 'the weights',
      'v1.0.0/tokenizer/vocab.json': '{}',
    })
    expect(await filesIn(adapterDir)).toEqual({ 'coder.gguf': 'the weights' })
    const copy = await stat(join(model.path, 'model.gguf'))
    expect(copy.dev).not.toBe((await stat(String(artifact.files[0]?.file.path))).dev)
    expect(copy.mode & 0o7777).toBe(0o444)
  })

  it('is hashed again by the next run, never taken for the blob', async () => {
    const { store, modelDir } = await aSplitStore()
    const { path } = await store.promote(await anArtifact(store, { files: TWO_FILES }))
    expect((await store.promote(await anArtifact(store, { files: TWO_FILES }))).change).toBe('unchanged')
    await scribble(join(path, 'model.gguf'), 'THE WEIGHTS')
    // Nothing proves that the copy was ours once: other content.
    expect((await store.promote(await anArtifact(store, { files: TWO_FILES }))).change).toBe('beside')
    expect((await filesIn(modelDir))['v1.0.0/model.gguf']).toBe('THE WEIGHTS')
  })

  it('gets no copy of a blob that changed after it was verified', async () => {
    const { store, modelDir } = await aSplitStore()
    const artifact = await anArtifact(store)
    await scribble(String(artifact.files[0]?.file.path), 'scribbled')
    await expect(store.promote(artifact)).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
    expect(await filesIn(modelDir)).toEqual({})
  })

  it('gives back what a promotion made', async () => {
    const { store, modelDir, adapterDir } = await aSplitStore()
    await (await store.promote(await anArtifact(store, { files: TWO_FILES }))).undo()
    await (await store.promote(await anArtifact(store, ADAPTER))).undo()
    expect(await filesIn(modelDir)).toEqual({})
    expect(await filesIn(adapterDir)).toEqual({})
  })
})

describe('partials on another file system than the blobs', () => {
  it('are copied, hashed again and removed', async () => {
    const home = await aFolder()
    const elsewhere = await aFolderElsewhere()
    await symlink(elsewhere, join(home, 'partials'))
    const { store } = await aStore({ home })
    const { path } = await store.promote(await anArtifact(store))
    expect(await readFile(join(path, 'model.gguf'), 'utf8')).toBe('the weights')
    expect(await filesIn(elsewhere)).toEqual({})
  })
})

describe('a full disk', () => {
  const MEBIBYTE = 1024 * 1024
  const model = { kind: 'model', name: 'v1.0.0', asFolder: true, files: { a: 'small', b: MEBIBYTE } } as const

  // `ulimit -f` counts 512-byte blocks in some shells and 1024-byte ones in others; both are less than the file.
  it('is said so, and nothing half-written stays: a limit on the size of files', async () => {
    const home = join(await aFolder(), 'home')
    const modelDir = await aFolderElsewhere()
    expect((await inOwnProcess({ home, artifacts: [model] })).report).toMatchObject({ ok: true })
    const job = { home, modelDir, artifacts: [model] }
    const { report } = await inOwnProcess(job, 'ulimit -f 600; exec "$@"')
    expect(report).toMatchObject({ ok: false, code: 'DISK_FULL' })
    expect(await filesIn(modelDir)).toEqual({})
    expect((await inOwnProcess(job)).report).toMatchObject({ ok: true, paths: [join(modelDir, 'v1.0.0')] })
  })

  it('leaves no half-written cache file', async () => {
    const home = join(await aFolder(), 'home')
    const { report } = await inOwnProcess({ home, cacheFileOf: MEBIBYTE }, 'ulimit -f 600; exec "$@"')
    expect(report).toMatchObject({ ok: false, code: 'DISK_FULL' })
    expect(await filesIn(home)).toEqual({})
  })

  const technique = mayMount() ? 'a file system of 256 KiB' : '/dev/full'
  it(`is the same when the device has no room: ${technique}`, async () => {
    if (!mayMount()) {
      expect(await answerOfFullDevice()).toMatchObject({ code: 'DISK_FULL' })
      return
    }
    const home = join(await aFolder(), 'home')
    const modelDir = await aFolder()
    expect((await inOwnProcess({ home, artifacts: [model] })).report).toMatchObject({ ok: true })
    const { report } = await inOwnProcess(
      { home, modelDir, artifacts: [model] },
      withMounts(`mount -t tmpfs -o size=256k,mode=755 none ${modelDir} && exec "$@"`),
    )
    expect(report).toMatchObject({ ok: false, code: 'DISK_FULL' })
    expect(JSON.stringify(report)).toContain('ENOSPC')
  })
})

describe('an answer of the file system', () => {
  it.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EFBIG', 'DISK_FULL'],
    ['EACCES', 'STORE_NOT_WRITABLE'],
    ['EPERM', 'STORE_NOT_WRITABLE'],
    ['EROFS', 'STORE_NOT_WRITABLE'],
    ['ENAMETOOLONG', 'STORE_NOT_WRITABLE'],
    ['EIO', 'STORE_CORRUPT'],
  ])('%s is %s, its path only in the detail', (errno, code) => {
    const thrown = Object.assign(new Error(`${errno}: no, open '/home/\`x\`'`), { code: errno, errno: -1 })
    const mapped = storeError(thrown, 'making a blob')
    expect(mapped).toBeInstanceOf(R3mesError)
    expect(mapped).toMatchObject({ code, cause: thrown, detail: thrown.message })
    expect(String(mapped)).not.toContain('/home')
  })

  it('that is none comes back as it is', () => {
    const bug = new TypeError('a bug')
    expect(storeError(bug, 'making a blob')).toBe(bug)
    const nodes = Object.assign(new Error('a bug'), { code: 'ERR_INVALID_ARG_TYPE' })
    expect(storeError(nodes, 'making a blob')).toBe(nodes)
  })
})

async function answerOfFullDevice(): Promise<unknown> {
  await using device = await open('/dev/full', 'w')
  return device.write('x').then(
    () => undefined,
    (thrown: unknown) => storeError(thrown, 'writing'),
  )
}
