import { execFileSync } from 'node:child_process'
import {
  chmod,
  copyFile,
  link,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import { sha256Of } from '../support/digest.ts'
import {
  aBlob,
  aFolderElsewhere,
  aStore,
  blobPathIn,
  filesIn,
  scribble,
  TWO_FILES,
} from '../support/store.ts'
import { checked, inPlace, statesOf } from '../support/verified.ts'

const ADAPTER = { kind: 'adapter', name: 'coder', asFolder: false, files: { 'a.gguf': 'adapter' } } as const
const WEIGHTS = sha256Of('the weights')

/** Everything but the index and the receipts, which any run may write. */
async function contentIn(home: string): Promise<Record<string, string>> {
  const files = await filesIn(home)
  return Object.fromEntries(Object.entries(files).filter(([path]) => !/^(?:cache|leases)\//.test(path)))
}

async function quarantined(home: string): Promise<string[]> {
  return Object.values(await filesIn(join(home, 'blobs/quarantine')))
}

describe('a store in order', () => {
  it('is ok, file by file, and stays as it is', async () => {
    const { store, home } = await aStore()
    await inPlace(store, { files: TWO_FILES })
    await inPlace(store, ADAPTER)
    const before = await contentIn(home)
    const found = await checked(store)
    expect(statesOf(store, found)).toEqual([
      'ok adapters/coder.gguf',
      'ok models/v1.0.0/model.gguf',
      'ok models/v1.0.0/tokenizer/vocab.json',
    ])
    expect(found.counts).toEqual({ ok: 3, missing: 0, corrupt: 0, foreign: 0, unapproved: 0 })
    expect(found.artifacts.map(({ artifact, approval }) => [artifact.id, approval.state])).toEqual([
      ['coder', 'unknown'],
      ['1.0.0', 'unknown'],
    ])
    expect(await contentIn(home)).toEqual(before)
  })

  it('is hashed once for each file, whatever its names, and told of by those that people know', async () => {
    const { store } = await aStore()
    await inPlace(store)
    await inPlace(store, { ...ADAPTER, files: { 'a.gguf': 'the weights' } })
    const found = await checked(store, { all: true })
    expect(statesOf(store, found)).toEqual(['ok adapters/coder.gguf', 'ok models/v1.0.0/model.gguf'])
    expect(found.bytes).toBe('the weights'.length)
  })

  it('is ok without any record, where files are links or copies of blobs', async () => {
    const { store, home } = await aStore()
    const path = await inPlace(store, { files: TWO_FILES })
    await rm(join(home, 'cache/receipts'), { recursive: true })
    await rm(join(path, 'model.gguf'))
    await copyFile(blobPathIn(home, WEIGHTS), join(path, 'model.gguf'))
    expect(statesOf(store, await checked(store))).toEqual([
      'ok models/v1.0.0/model.gguf',
      'ok models/v1.0.0/tokenizer/vocab.json',
    ])
  })

  it('has blobs that nothing is linked to, which are looked at when all are', async () => {
    const { store, home } = await aStore()
    const { path } = await aBlob(store, 'alone')
    await scribble(path, 'ALONE')
    expect((await checked(store)).files).toEqual([])
    const { files } = await checked(store, { all: true })
    expect(files).toMatchObject([{ state: 'corrupt', path }])
    expect(await quarantined(home)).toEqual(['ALONE'])
  })
})

describe('what was checked a short time ago', () => {
  const LARGE = { 'large.gguf': 'x'.repeat(300_000), 'small.json': '{}' }
  const WEEK = 7 * 24 * 60 * 60 * 1000

  it('is not hashed again when only older checks are asked for, as long as it is the very same file', async () => {
    const { store, home } = await aStore()
    const path = await inPlace(store, { files: LARGE })
    await checked(store)
    await store.close()

    const { store: later } = await aStore({ home })
    const found = await checked(later, { olderThan: WEEK })
    expect(found.counts).toMatchObject({ ok: 2 })
    expect(found.bytes).toBe('{}'.length)
    expect(found.files.map(({ checkedAt }) => checkedAt !== undefined)).toEqual([true, false])
    expect((await checked(later)).bytes).toBe(300_002)
    expect((await checked(later, { olderThan: 0 })).bytes).toBe(300_002)

    // One byte, with the old time of change: ctime tells.
    const { atime, mtime } = await stat(join(path, 'large.gguf'))
    await scribble(join(path, 'large.gguf'), `y${'x'.repeat(299_999)}`)
    await utimes(join(path, 'large.gguf'), atime, mtime)
    expect((await checked(later, { olderThan: WEEK })).counts).toMatchObject({ ok: 1, corrupt: 1 })
  })
})

describe('a corrupt file', () => {
  const damages: [string, (path: string) => Promise<void>][] = [
    ['one bit is flipped in', (path) => scribble(path, 'the weighds')],
    ['is cut off', (path) => chmod(path, 0o644).then(() => truncate(path, 3))],
    ['has more bytes', (path) => scribble(path, 'the weights and more')],
    ['is empty', (path) => chmod(path, 0o644).then(() => truncate(path, 0))],
  ]

  it.each(damages)('that %s leaves blobs and every final path, and is kept', async (_name, damage) => {
    const { store, home, reporter } = await aStore()
    const model = await inPlace(store, { files: TWO_FILES })
    await inPlace(store, { ...ADAPTER, files: { 'a.gguf': 'the weights' } })
    await damage(join(model, 'model.gguf'))
    const bytes = await readFile(join(model, 'model.gguf'), 'utf8')

    const found = await checked(store, { reporter })

    expect(statesOf(store, found)).toEqual([
      'corrupt adapters/coder.gguf',
      'corrupt models/v1.0.0/model.gguf',
      'ok models/v1.0.0/tokenizer/vocab.json',
    ])
    expect(await filesIn(join(home, 'models'))).toEqual({ 'v1.0.0/tokenizer/vocab.json': '{}' })
    expect(await readdir(join(home, 'adapters'))).toEqual([])
    expect(await store.blobAt(WEIGHTS)).toBeUndefined()
    expect(await quarantined(home)).toEqual([bytes])
    expect(new Set(found.files.flatMap(({ keptAs }) => keptAs ?? [])).size).toBe(1)
    expect(reporter.lines.filter(({ level }) => level === 'warning')).toHaveLength(2)
    // Now it is missing, and says so until it is repaired.
    expect((await checked(store)).counts).toMatchObject({ ok: 1, missing: 2, corrupt: 0 })
  })

  it('is taken from a final path that is a copy, and its blob stays', async () => {
    const modelDir = await aFolderElsewhere()
    const { store, home } = await aStore({ modelDir })
    const path = await inPlace(store, { files: TWO_FILES })
    await scribble(join(path, 'model.gguf'), 'THE WEIGHTS')
    expect((await checked(store, { all: true })).counts).toMatchObject({ ok: 3, corrupt: 1 })
    expect(await filesIn(modelDir)).toEqual({ 'v1.0.0/tokenizer/vocab.json': '{}' })
    expect(await quarantined(home)).toEqual(['THE WEIGHTS'])
    expect(await store.blobAt(WEIGHTS)).toBeDefined()
  })

  it('is a blob that is a link, or no file at all', async () => {
    const { store, home } = await aStore()
    const { path } = await aBlob(store, 'the weights')
    const other = await aBlob(store, 'other')
    await rename(path, join(home, 'elsewhere'))
    await symlink(join(home, 'elsewhere'), path)
    await rm(other.path)
    execFileSync('mkfifo', [other.path])
    const { counts, files } = await checked(store, { all: true })
    expect(counts).toMatchObject({ corrupt: 2, ok: 0 })
    expect(files.map(({ reason }) => reason)).toEqual(Array(2).fill('It is not a regular file of this user.'))
    expect(await readdir(join(home, 'blobs/quarantine'))).toHaveLength(2)
    expect(await readFile(join(home, 'elsewhere'), 'utf8')).toBe('the weights')
  })

  it('that a job still has open can be read on by it', async () => {
    const { store, home } = await aStore()
    const path = await inPlace(store)
    await scribble(join(path, 'model.gguf'), 'scribbled')
    await link(join(path, 'model.gguf'), join(home, 'still-open'))
    await checked(store)
    expect(await readFile(join(home, 'still-open'), 'utf8')).toBe('scribbled')
  })
})

describe('a missing file', () => {
  it('is one of an artifact that is there in part', async () => {
    const { store } = await aStore()
    const path = await inPlace(store, { files: TWO_FILES })
    await rm(join(path, 'tokenizer'), { recursive: true })
    const { files } = await checked(store)
    expect(files).toMatchObject([
      { state: 'ok' },
      { state: 'missing', path: join(path, 'tokenizer/vocab.json'), size: 2, sha256: sha256Of('{}') },
    ])
  })
})

describe('an artifact in the usage index', () => {
  it('is ok, and missing once somebody deleted it', async () => {
    const { store } = await aStore()
    const path = await inPlace(store, { files: TWO_FILES, told: 'index' })
    const adapter = await inPlace(store, { ...ADAPTER, told: 'index' })
    const found = await checked(store)
    expect(found.counts).toMatchObject({ ok: 3, missing: 0 })
    expect(found.artifacts.map(({ artifact: { kind, id } }) => [kind, id])).toEqual([
      ['adapter', 'coder'],
      ['model', '1.0.0'],
    ])
    await rm(path, { recursive: true })
    await rm(adapter)
    expect(statesOf(store, await checked(store))).toEqual([
      'missing adapters/coder.gguf',
      'missing models/v1.0.0/model.gguf',
      'missing models/v1.0.0/tokenizer/vocab.json',
    ])
  })

  it('is not missing when it was removed and forgotten meanwhile', async () => {
    const { store } = await aStore()
    const path = await inPlace(store, { told: 'index' })
    const { counts } = await checked(store, {
      // Asked between the look and the hashing.
      askApprovals: async () => {
        await rm(path, { recursive: true })
        await store.usage.remove([{ section: 'models', name: 'v1.0.0' }])
        return new Map()
      },
    })
    expect(counts).toEqual({ ok: 0, missing: 0, corrupt: 0, foreign: 0, unapproved: 0 })
  })

  it('that a run puts in place meanwhile is neither missing nor corrupt', async () => {
    const { store, home } = await aStore()
    const path = await inPlace(store, { files: TWO_FILES, told: 'index' })
    await scribble(join(path, 'model.gguf'), 'scribbled')
    const { counts } = await checked(store, {
      askApprovals: async () => {
        await inPlace(store, { files: TWO_FILES, told: 'index' })
        return new Map()
      },
    })
    expect(counts).toEqual({ ok: 2, missing: 0, corrupt: 0, foreign: 0, unapproved: 0 })
    expect(await filesIn(join(home, 'models'))).toMatchObject({ 'v1.0.0/model.gguf': 'the weights' })
  })
})

describe('a foreign file', () => {
  it('is named and left alone: in an artifact, beside it, and where nothing is known', async () => {
    const { store, home } = await aStore()
    const path = await inPlace(store)
    await writeFile(join(path, 'notes.txt'), 'mine')
    await writeFile(join(home, 'adapters/mine.bin'), 'mine')
    await symlink('/etc/passwd', join(home, 'datasets/link'))
    execFileSync('mkfifo', [join(home, 'datasets/pipe')])
    const before = await contentIn(home)
    const found = await checked(store, { all: true })
    expect(statesOf(store, found).filter((line) => !line.startsWith('ok'))).toEqual([
      'foreign adapters/mine.bin',
      'foreign datasets/link',
      'foreign datasets/pipe',
      'foreign models/v1.0.0/notes.txt',
    ])
    expect(await contentIn(home)).toEqual(before)
  })

  it('that stands where ours was makes ours missing: a link to the right bytes counts for nothing', async () => {
    const { store, home } = await aStore()
    const path = await inPlace(store)
    await rm(join(path, 'model.gguf'))
    await symlink(blobPathIn(home, WEIGHTS), join(path, 'model.gguf'))
    expect(statesOf(store, await checked(store))).toEqual([
      'foreign models/v1.0.0/model.gguf',
      'missing models/v1.0.0/model.gguf',
    ])
    expect((await stat(join(path, 'model.gguf'))).size).toBe('the weights'.length)
  })

  it('may be other content of the store, swapped in by a link: nothing is taken away', async () => {
    const { store, home } = await aStore()
    const path = await inPlace(store)
    const { path: other } = await aBlob(store, 'other')
    await rm(join(path, 'model.gguf'))
    await link(other, join(path, 'model.gguf'))
    expect(
      statesOf(store, await checked(store, { all: true })).filter((line) => !line.includes('blobs/')),
    ).toEqual(['foreign models/v1.0.0/model.gguf', 'missing models/v1.0.0/model.gguf'])
    expect(await readdir(join(home, 'blobs/quarantine'))).toEqual([])
  })

  it.runIf(process.getuid?.() === 0)('is one of another user, whatever it holds', async () => {
    const { store, home } = await aStore()
    const path = await inPlace(store)
    await rm(join(path, 'model.gguf'))
    await writeFile(join(path, 'model.gguf'), 'the weights')
    execFileSync('chown', ['12345', join(path, 'model.gguf')])
    expect(statesOf(store, await checked(store))).toEqual([
      'foreign models/v1.0.0/model.gguf',
      'missing models/v1.0.0/model.gguf',
    ])
    expect(await quarantined(home)).toEqual([])
  })
})

describe('records that are wrong', () => {
  it('of which the newest counts', async () => {
    const { store } = await aStore()
    const path = await inPlace(store)
    await rm(path, { recursive: true })
    await inPlace(store, { files: { 'model.gguf': 'newer' } })
    expect(statesOf(store, await checked(store))).toEqual(['ok models/v1.0.0/model.gguf'])
  })

  it('that are no receipts, or lead out of the store, touch nothing', async () => {
    const { store, home } = await aStore()
    const path = await inPlace(store)
    await writeFile(join(home, 'outside'), 'x')
    const file = { path: '../../outside', sha256: WEIGHTS, size: 1 }
    const forged = { kind: 'model', id: 'x', path, files: [file] }
    await store.writeCacheFile('receipts/99999999T000000Z-0.json', JSON.stringify({ artifacts: [forged] }))
    await store.writeCacheFile('receipts/99999999T000000Z-1.json', '{"artifacts": [')
    await store.writeCacheFile('receipts/99999999T000000Z-2.json', '[null]')
    expect(statesOf(store, await checked(store))).toEqual(['ok models/v1.0.0/model.gguf'])
    expect(await readFile(join(home, 'outside'), 'utf8')).toBe('x')
  })
})

describe('the word of the chain', () => {
  it('makes right bytes unapproved, and leaves them where they are', async () => {
    const { store } = await aStore()
    const path = await inPlace(store, { files: TWO_FILES })
    await inPlace(store, ADAPTER)
    const reason = new R3mesError('MODEL_NOT_APPROVED', 'It is not approved.')
    const { counts, files } = await checked(store, {
      askApprovals: async (artifacts) => {
        expect(artifacts.map(({ kind }) => kind)).toEqual(['adapter', 'model'])
        return new Map([[path, { state: 'unapproved', reason }]])
      },
    })
    expect(counts).toEqual({ ok: 1, missing: 0, corrupt: 0, foreign: 0, unapproved: 2 })
    expect(files.at(-1)).toMatchObject({ state: 'unapproved', reason: 'It is not approved.' })
    expect(await filesIn(path)).toEqual(TWO_FILES)
  })
})
