import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmod,
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Sha256Hex } from '../../../src/core/index.ts'
import { openStore, type Store } from '../../../src/store/index.ts'
import { sha256Of } from '../../support/digest.ts'
import {
  aBlob,
  aFolder,
  aFolderElsewhere,
  anArtifact,
  aReporter,
  blobPathIn,
  filesIn,
} from '../../support/store.ts'

/** Large enough to be recorded. */
const BYTES = randomBytes(300 * 1024)
const SHA256 = sha256Of(BYTES)

interface Opened {
  readonly store: Store
  readonly home: string
}

async function opened(home: string, verify: 'always' | 'changed' = 'changed'): Promise<Opened> {
  return { store: await openStore({ home, verify, reporter: aReporter() }), home }
}

/** Does something with a store, and closes it. */
async function during<T>(
  home: string,
  work: (store: Store) => Promise<T>,
  verify: 'always' | 'changed' = 'changed',
): Promise<T> {
  const { store } = await opened(home, verify)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** A store that holds the blob, and a record of its check. */
async function aCheckedStore(): Promise<string> {
  const home = join(await aFolder(), 'home')
  await during(home, (store) => aBlob(store, BYTES))
  return home
}

/** When an earlier check was trusted; undefined when the file was hashed. */
async function trusted(home: string, sha256: Sha256Hex = SHA256): Promise<Date | undefined> {
  const file = await during(home, (store) => store.find(sha256))
  expect(file, 'the blob').toBeDefined()
  return file?.checkedAt
}

function recordPath(home: string, sha256: Sha256Hex = SHA256): string {
  return join(home, 'cache/checks', sha256.slice(0, 2), `${sha256}.json`)
}

/** Other bytes of the same length, and the times that were there before, to the nanosecond: all that a program can put back. */
async function rotUnseen(path: string): Promise<void> {
  const before = await stat(path, { bigint: true })
  const times = join(await aFolder(), 'times')
  const touch = (...args: string[]) => expect(spawnSync('touch', args).status).toBe(0)
  touch('-r', path, times)
  await chmod(path, 0o644)
  {
    await using file = await open(path, 'r+')
    await file.write(Buffer.from([(BYTES[0] ?? 0) ^ 1]), 0, 1, 0)
  }
  touch('-r', times, path)
  await chmod(path, Number(before.mode & 0o7777n))
  const { dev, ino, size, mtimeNs, mode } = before
  expect(await stat(path, { bigint: true })).toMatchObject({ dev, ino, size, mtimeNs, mode })
}

describe('under verify: changed, a file that was hashed earlier', () => {
  it('is taken without hashing, and says when it was hashed', async () => {
    const before = Date.now()
    const home = await aCheckedStore()
    const at = await trusted(home)
    expect(at?.getTime()).toBeGreaterThanOrEqual(before)
    expect(at?.getTime()).toBeLessThanOrEqual(Date.now())
  })

  it('is hashed again under verify: always', async () => {
    const home = await aCheckedStore()
    const file = await during(home, (store) => store.find(SHA256), 'always')
    expect([file?.sha256, file?.checkedAt]).toEqual([SHA256, undefined])
  })

  it('counts when the check was one of verify: always', async () => {
    const home = join(await aFolder(), 'home')
    await during(home, (store) => aBlob(store, BYTES), 'always')
    expect(await trusted(home)).toBeDefined()
  })

  it('is hashed again when a byte changed and its times were put back: nobody can put back its time of change', async () => {
    const home = await aCheckedStore()
    await rotUnseen(blobPathIn(home, SHA256))
    expect(await during(home, (store) => store.find(SHA256))).toBeUndefined()
    expect(Object.keys(await filesIn(join(home, 'blobs/quarantine')))).toHaveLength(1)
  })

  it('is hashed again when another inode is in its place, with the same bytes and times', async () => {
    const home = await aCheckedStore()
    const path = blobPathIn(home, SHA256)
    const { atime, mtime } = await stat(path)
    await copyFile(path, `${path}.new`)
    await utimes(`${path}.new`, atime, mtime)
    await rename(`${path}.new`, path)
    expect(await trusted(home)).toBeUndefined()
    expect(await trusted(home), 'after it was hashed').toBeDefined()
  })

  it.each([
    ['shorter', (path: string) => truncate(path, 1000)],
    [
      'a link to a file with the right bytes',
      async (path: string) => {
        await rename(path, `${path}.away`)
        await symlink(`${path}.away`, path)
      },
    ],
    [
      'other content altogether',
      async (path: string) => {
        await unlink(path)
        await writeFile(path, 'other')
      },
    ],
  ])('is not taken when it became %s', async (_what, change) => {
    const home = await aCheckedStore()
    await chmod(blobPathIn(home, SHA256), 0o644)
    await change(blobPathIn(home, SHA256))
    expect(await during(home, (store) => store.find(SHA256))).toBeUndefined()
  })

  it('is hashed again where its size is not the approved one', async () => {
    const home = await aCheckedStore()
    expect(await during(home, (store) => store.find(SHA256, BYTES.length + 1))).toBeUndefined()
    expect((await during(home, (store) => store.find(SHA256, BYTES.length)))?.checkedAt).toBeDefined()
  })

  it('is hashed each time when it is small: that is as fast as reading a record', async () => {
    const home = join(await aFolder(), 'home')
    await during(home, (store) => aBlob(store, 'small'))
    expect(await trusted(home, sha256Of('small'))).toBeUndefined()
    expect(await filesIn(join(home, 'cache'))).toEqual({})
  })

  it('does not stand in the way of bytes that were just brought', async () => {
    const home = await aCheckedStore()
    const file = await during(home, async (store) => {
      await rm(recordPath(home))
      return await aBlob(store, BYTES)
    })
    expect(file.sha256).toBe(SHA256)
  })
})

describe('links that the store makes itself', () => {
  it('keep what was known: the blob, and all that is a link of it', async () => {
    const home = await aCheckedStore()
    const files = { 'model.gguf': BYTES }
    await during(home, async (store) => store.promote(await anArtifact(store, { files })))
    expect(await trusted(home)).toBeDefined()
    const second = { kind: 'adapter', name: 'second', asFolder: false, files: { 'a.gguf': BYTES } } as const
    await during(home, async (store) => store.promote(await anArtifact(store, second)))
    const [at, promotion] = await during(home, async (store) => {
      const blob = await store.find(SHA256)
      return [blob?.checkedAt, await store.promote(await anArtifact(store, { files }))] as const
    })
    expect(at).toBeDefined()
    expect(promotion.change).toBe('unchanged')
  })

  it('keep what was known when a promotion is taken back', async () => {
    const home = await aCheckedStore()
    await during(home, async (store) => {
      const promotion = await store.promote(await anArtifact(store, { files: { 'model.gguf': BYTES } }))
      await promotion.undo()
    })
    expect(await trusted(home)).toBeDefined()
  })

  it('vouch for nothing that somebody else did before them', async () => {
    const home = await aCheckedStore()
    await during(home, async (store) => {
      const artifact = await anArtifact(store, { files: { 'model.gguf': BYTES } })
      await rotUnseen(blobPathIn(home, SHA256))
      await store.promote(artifact)
    })
    expect(await during(home, (store) => store.find(SHA256))).toBeUndefined()
  })

  it('are told from those of others, after which the file is hashed again', async () => {
    const home = await aCheckedStore()
    await link(blobPathIn(home, SHA256), join(home, 'foreign link'))
    expect(await trusted(home)).toBeUndefined()
    expect(await trusted(home)).toBeDefined()
  })
})

describe('copies, where links cannot be made', () => {
  it('have checks of their own', async () => {
    const home = join(await aFolder(), 'home')
    const modelDir = join(await aFolderElsewhere(), 'models')
    const promote = async () => {
      const store = await openStore({ home, modelDir, verify: 'changed', reporter: aReporter() })
      const promotion = await store.promote(await anArtifact(store, { files: { 'model.gguf': BYTES } }))
      await store.close()
      return promotion.change
    }
    expect(await promote()).toBe('created')
    expect(await promote()).toBe('unchanged')
    const { checks } = JSON.parse(await readFile(recordPath(home), 'utf8'))
    expect(checks).toHaveLength(2)
    const copy = join(modelDir, 'v1.0.0/model.gguf')
    expect(checks.map(({ ino }: { ino: string }) => ino)).toContain(`${(await stat(copy)).ino}`)
    expect(await promote()).toBe('unchanged')
    await rotUnseen(copy)
    expect(await promote()).toBe('beside')
  })
})

describe('a record', () => {
  it('that is forged is believed under verify: changed alone', async () => {
    const home = await aCheckedStore()
    await rotUnseen(blobPathIn(home, SHA256))
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(blobPathIn(home, SHA256), { bigint: true })
    const check = { dev, ino, size, mtime_ns: mtimeNs, ctime_ns: ctimeNs }
    const checks = [
      {
        ...Object.fromEntries(Object.entries(check).map(([key, value]) => [key, `${value}`])),
        checked_at: 1,
      },
    ]
    await writeFile(recordPath(home), JSON.stringify({ version: 1, sha256: SHA256, checks }))
    expect(await trusted(home)).toEqual(new Date(1000))
    expect(await during(home, (store) => store.find(SHA256), 'always')).toBeUndefined()
  })

  it.each([
    ['no JSON', 'x'],
    ['of another version', { version: 2 }],
    ['of another digest', { sha256: sha256Of('other') }],
    ['without checks', { checks: undefined }],
    ['with a text for checks', { checks: 'all' }],
    [
      'with numbers for texts',
      { checks: [{ dev: 1, ino: 2, size: 3, mtime_ns: 4, ctime_ns: 5, checked_at: 6 }] },
    ],
    ['with null for a check', { checks: [null] }],
  ])('is none when it is %s', async (_what, change) => {
    const home = await aCheckedStore()
    const record = JSON.parse(await readFile(recordPath(home), 'utf8'))
    const text = typeof change === 'string' ? change : JSON.stringify({ ...record, ...change })
    await writeFile(recordPath(home), text)
    expect(await trusted(home)).toBeUndefined()
    expect(await trusted(home), 'after it was hashed').toBeDefined()
  })

  it('is none when a link or a folder is in its place', async () => {
    for (const make of [(path: string) => symlink('/etc/hostname', path), (path: string) => mkdir(path)]) {
      const home = await aCheckedStore()
      await rm(recordPath(home))
      await make(recordPath(home))
      expect(await trusted(home)).toBeUndefined()
    }
  })

  it('is not written for a file that changed in between', async () => {
    const home = join(await aFolder(), 'home')
    await during(home, async (store) => {
      await aBlob(store, BYTES)
      await rotUnseen(blobPathIn(home, SHA256))
    })
    await expect(stat(recordPath(home))).rejects.toThrow('ENOENT')
  })

  it('is left as it is while it says the same, and leaves nothing hidden behind', async () => {
    const home = await aCheckedStore()
    const { ino } = await stat(recordPath(home))
    await during(home, (store) => store.find(SHA256), 'always')
    await during(home, (store) => store.find(SHA256))
    expect((await stat(recordPath(home))).ino).toBe(ino)
    expect(await readdir(join(home, 'cache'))).toEqual(['checks'])
  })

  it('that cannot be written costs a hash and nothing else', async () => {
    const home = join(await aFolder(), 'home')
    const { store } = await opened(home)
    await writeFile(join(home, 'cache/checks'), 'a file')
    await aBlob(store, BYTES)
    await store.close()
    expect(await trusted(home)).toBeUndefined()
  })

  it('tells when a file was hashed last, whatever is trusted', async () => {
    const home = await aCheckedStore()
    const entry = await stat(blobPathIn(home, SHA256), { bigint: true })
    const at = await during(home, (store) => store.checks.checkedAt(SHA256, entry), 'always')
    expect(at).toBeInstanceOf(Date)
    const other = {
      dev: entry.dev,
      ino: entry.ino,
      size: entry.size,
      mtimeNs: entry.mtimeNs,
      ctimeNs: entry.ctimeNs + 1n,
    }
    expect(await during(home, (store) => store.checks.checkedAt(SHA256, other))).toBeUndefined()
  })
})
