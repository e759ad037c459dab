import {
  chmod,
  chown,
  lchown,
  lstat,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isForeignLink, judgeFolder } from '../../src/store/folders.ts'
import { openStore } from '../../src/store/index.ts'
import { isAbandoned, stagingPath } from '../../src/store/staging.ts'
import { aFolder, anArtifact, aReporter, aStore, filesIn } from '../support/store.ts'
import { inOwnProcess, mayMount, withMounts } from '../support/store-process.ts'

const IS_ROOT = process.getuid?.() === 0
/** Any user but root, who may write everything. Undefined: this process is such a user already. */
const OTHER_USER = IS_ROOT ? 12345 : undefined

describe('a new home', () => {
  it('is made with its parents, its raw parts closed to other users', async () => {
    const home = join(await aFolder(), 'deep', 'er', 'home')
    const { store } = await aStore({ home })
    expect(store.home).toBe(home)
    for (const open of ['.', 'models', 'datasets', 'adapters', 'cache']) {
      expect((await stat(join(home, open))).mode & 0o022).toBe(0)
    }
    for (const closed of ['blobs', 'partials', 'blobs/quarantine']) {
      expect((await stat(join(home, closed))).mode & 0o777).toBe(0o700)
    }
  })

  it.each(['000', '002', '022', '077'])('lets nobody else write under umask %s', async (umask) => {
    const home = join(await aFolder(), 'home')
    const artifacts = [{ kind: 'model', name: 'v1.0.0', asFolder: true, files: { 'a/b': 'bytes' } }] as const
    const end = await inOwnProcess({ home, artifacts, cacheFileOf: 1 }, `umask ${umask}; exec "$@"`)
    expect(end.report).toMatchObject({ ok: true })
    for (const path of ['.', ...(await readdir(home, { recursive: true }))]) {
      expect((await stat(join(home, path))).mode & 0o022).toBe(0)
    }
  })

  it('can be opened twice at the same time', async () => {
    const home = join(await aFolder(), 'home')
    await Promise.all([aStore({ home }), aStore({ home }), aStore({ home })])
  })

  it('may be a symlink to a folder', async () => {
    const folder = await aFolder()
    await mkdir(join(folder, 'real'))
    await symlink(join(folder, 'real'), join(folder, 'link'))
    const { store } = await aStore({ home: join(folder, 'link') })
    await store.promote(await anArtifact(store))
    expect(await readFile(join(folder, 'real/models/v1.0.0/model.gguf'), 'utf8')).toBe('the weights')
  })
})

describe('a home that is no place for a store', () => {
  it.each(['', 'relative', './relative', '~/.r3mes', '/nul\0byte'])(
    'is refused as input: %j',
    async (home) => {
      const opened = openStore({ home, reporter: aReporter() })
      await expect(opened).rejects.toMatchObject({ code: 'INPUT_INVALID', detail: home })
    },
  )

  it('is refused when one of the moved folders is relative, with the name of its variable', async () => {
    const options = { home: join(await aFolder(), 'home'), reporter: aReporter() }
    await expect(openStore({ ...options, modelDir: 'models' })).rejects.toThrow('R3MES_MODEL_PATH')
    await expect(openStore({ ...options, adapterDir: 'models' })).rejects.toThrow('R3MES_ADAPTER_DIR')
  })

  // Only root can make a link that is another user's; for all others the judgement alone has to do.
  it('is refused when it is a symlink of another user, wherever it leads', async () => {
    const folder = await aFolder()
    const link = join(folder, 'link')
    await mkdir(join(folder, 'real'))
    await symlink(join(folder, 'real'), link)
    if (OTHER_USER === undefined) {
      const entry = await lstat(link, { bigint: true })
      expect(isForeignLink(entry, Number(entry.uid))).toBe(false)
      expect(isForeignLink(entry, Number(entry.uid) + 1)).toBe(true)
      return
    }
    await lchown(link, OTHER_USER, OTHER_USER)
    await expect(aStore({ home: link })).rejects.toMatchObject({ code: 'STORE_UNSAFE' })
    expect(await readdir(join(folder, 'real'))).toEqual([])
  })

  it('is refused when it is a file, lies below one, or is a symlink to nowhere or to itself', async () => {
    const folder = await aFolder()
    await writeFile(join(folder, 'file'), 'mine')
    await symlink(join(folder, 'nowhere'), join(folder, 'dangling'))
    await symlink(join(folder, 'loop'), join(folder, 'loop'))
    for (const home of ['file', 'file/below', 'dangling', 'loop', 'dangling/below']) {
      const opened = openStore({ home: join(folder, home), reporter: aReporter() })
      await expect(opened).rejects.toMatchObject({ code: 'STORE_NOT_WRITABLE' })
    }
    expect(await filesIn(folder)).toEqual({ file: 'mine', dangling: '(no file)', loop: '(no file)' })
  })

  it('is refused when its path is too long for any file system', async () => {
    const home = join(await aFolder(), 'x'.repeat(300))
    await expect(openStore({ home, reporter: aReporter() })).rejects.toMatchObject({
      code: 'STORE_NOT_WRITABLE',
    })
  })

  it('is refused when it belongs to another user', async () => {
    // Root can give a folder away; everybody else finds one of root's.
    let home = '/usr'
    if (IS_ROOT) {
      home = join(await aFolder(), 'home')
      await mkdir(home)
      await chown(home, 12345, 12345)
    }
    const opened = openStore({ home, reporter: aReporter() })
    await expect(opened).rejects.toMatchObject({ code: 'STORE_UNSAFE', detail: home })
    await expect(opened).rejects.toThrow(/belongs to user id [0-9]+.*chown/)
  })

  it.each(['.', 'models', 'blobs', 'partials'])('is refused when every user may write %s', async (part) => {
    const { home } = await aStore()
    await chmod(join(home, part), 0o707)
    await expect(aStore({ home })).rejects.toMatchObject({ code: 'STORE_UNSAFE' })
    expect((await stat(join(home, part))).mode & 0o777).toBe(0o707)
  })

  it('is refused with who owns it, when this user cannot write it', async () => {
    const folder = await aFolder()
    await chmod(folder, 0o755)
    const home = join(folder, 'home')
    await mkdir(home)
    if (OTHER_USER !== undefined) await chown(home, OTHER_USER, OTHER_USER)
    await chmod(home, 0o555)
    const { report } = await inOwnProcess({ home, ...asOther() })
    expect(report).toMatchObject({ ok: false, code: 'STORE_NOT_WRITABLE', detail: home })
  })

  it('is refused with who owns the folder above, when it cannot be made there', async () => {
    const folder = await aFolder()
    await chmod(folder, 0o555)
    const { uid } = await stat(folder)
    const home = join(folder, 'deep', 'home')
    const { report } = await inOwnProcess({ home, ...asOther() })
    await chmod(folder, 0o755)
    expect(report).toMatchObject({ ok: false, code: 'STORE_NOT_WRITABLE', detail: home })
    expect(JSON.stringify(report)).toContain(`belongs to user id ${uid}`)
  })

  const readOnly = mayMount() ? 'a read-only mount' : 'a folder without write permission'
  it(`is refused when nothing can be written there: ${readOnly}`, async () => {
    const folder = await aFolder()
    const end = mayMount()
      ? await inOwnProcess(
          { home: join(folder, 'home') },
          withMounts(`mount -t tmpfs none ${folder} && mount -o remount,ro ${folder} && exec "$@"`),
        )
      : await chmod(folder, 0o555).then(() => inOwnProcess({ home: join(folder, 'home'), ...asOther() }))
    expect(end.report).toMatchObject({ ok: false, code: 'STORE_NOT_WRITABLE' })
    if (mayMount()) expect(JSON.stringify(end.report)).toContain('read-only file system')
  })
})

describe('a home that its group may write', () => {
  it.each(['.', 'datasets', 'blobs/sha256'])('is closed to it, with a notice: %s', async (part) => {
    const { home } = await aStore()
    await chmod(join(home, part), 0o775)
    const { reporter } = await aStore({ home })
    expect((await stat(join(home, part))).mode & 0o777).toBe(0o755)
    expect(reporter.lines.filter(({ level }) => level === 'notice')).toHaveLength(1)
  })

  it('says nothing the next time', async () => {
    const { home } = await aStore()
    await chmod(home, 0o770)
    await aStore({ home })
    expect((await aStore({ home })).reporter.lines).toEqual([])
  })
})

describe('moved folders', () => {
  it('are where models and adapters go', async () => {
    const folder = await aFolder()
    const moved = { modelDir: join(folder, 'm'), adapterDir: join(folder, 'a') }
    const { store } = await aStore({ home: join(folder, 'home'), ...moved })
    await store.promote(await anArtifact(store))
    await store.promote(await anArtifact(store, { kind: 'adapter', name: 'coder', asFolder: false }))
    expect(Object.keys(await filesIn(moved.modelDir))).toEqual(['v1.0.0/model.gguf'])
    expect(Object.keys(await filesIn(moved.adapterDir))).toEqual(['coder.gguf'])
    await expect(stat(join(folder, 'home', 'models'))).rejects.toThrow('ENOENT')
  })

  it('are checked like the home', async () => {
    const folder = await aFolder()
    const home = join(folder, 'home')
    await mkdir(join(folder, 'open'))
    await chmod(join(folder, 'open'), 0o777)
    await expect(aStore({ home, modelDir: join(folder, 'open') })).rejects.toMatchObject({
      code: 'STORE_UNSAFE',
    })
    await expect(aStore({ home, adapterDir: join(folder, 'open') })).rejects.toMatchObject({
      code: 'STORE_UNSAFE',
    })
  })
})

describe('judging a folder', () => {
  it.each([
    [{ uid: 1, mode: 0o40755 }, 1, 'safe'],
    [{ uid: 1, mode: 0o40775 }, 1, 'open-to-group'],
    [{ uid: 1, mode: 0o41777 }, 1, 'open-to-others'],
    [{ uid: 0, mode: 0o40755 }, 1, 'foreign'],
    [{ uid: 1, mode: 0o40755 }, 0, 'foreign'],
    [{ uid: 0, mode: 0o40777 }, undefined, 'safe'],
  ] as const)('%j for user %s: %s', (folder, user, verdict) => {
    expect(judgeFolder(folder, user)).toBe(verdict)
  })
})

describe('unfinished work of earlier runs', () => {
  const DAY_MS = 24 * 60 * 60 * 1000

  it('is never promoted, and what looks similar but is not ours stays', async () => {
    const { home } = await aStore()
    for (const name of ['.r3mes-notes', '.r3mes-00000000-1-xyz', 'r3mes-00000000-1-000000000000']) {
      await writeFile(join(home, 'models', name), 'mine')
      await utimes(join(home, 'models', name), 0, 0)
    }
    const before = await filesIn(join(home, 'models'))
    await aStore({ home })
    expect(await filesIn(join(home, 'models'))).toEqual(before)
    expect(Object.keys(before)).toHaveLength(3)
  })

  it('is left to its process while that may be alive', async () => {
    const name = '.r3mes-0123abcd-77-00112233aabb'
    const dead = { state: 'missing', scope: '0123abcd', isAlive: () => false, now: DAY_MS * 10 } as const
    const alive = { ...dead, isAlive: () => true }
    const elsewhere = { ...dead, scope: 'ffffffff' }
    const justNow = DAY_MS * 10 - 5
    expect(isAbandoned(name, justNow, dead)).toBe(true)
    expect(isAbandoned(name, justNow, alive)).toBe(false)
    expect(isAbandoned(name, justNow, elsewhere)).toBe(false)
    expect(isAbandoned(name, DAY_MS * 9 - 1, alive)).toBe(true)
    expect(isAbandoned(name, DAY_MS * 9 - 1, elsewhere)).toBe(true)
    expect(isAbandoned(`${'a'.repeat(64)}${name.replace('.r3mes-', '.')}.part`, justNow, dead)).toBe(true)
    expect(isAbandoned('v1.0.0', 0, dead)).toBe(false)
  })

  it.each([`.r3mes-0123abcd-77-00112233aabb-1f`, `${'a'.repeat(64)}.0123abcd-77-00112233aabb.part`])(
    'is judged by its session, whatever became of the number of its process: %s',
    (name) => {
      const owner = { scope: '0123abcd', isAlive: () => true, now: DAY_MS * 10 } as const
      expect(isAbandoned(name, 0, { ...owner, state: 'alive' })).toBe(false)
      expect(isAbandoned(name, DAY_MS * 10, { ...owner, state: 'dead' })).toBe(true)
      expect(isAbandoned(name, DAY_MS * 10, { ...owner, state: 'silent' })).toBe(false)
      expect(isAbandoned(name, DAY_MS * 8, { ...owner, state: 'doubtful' })).toBe(true)
    },
  )

  it('of a process that lives is not touched', async () => {
    const { home } = await aStore()
    const own = stagingPath(join(home, 'models'))
    await mkdir(own)
    await writeFile(join(own, 'model.gguf'), 'half')
    await aStore({ home })
    expect(Object.values(await filesIn(join(home, 'models')))).toEqual(['half'])
  })
})

function asOther(): { user?: number } {
  return OTHER_USER === undefined ? {} : { user: OTHER_USER }
}
