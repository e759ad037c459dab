import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rename, symlink, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../src/store/layout.ts'
import { processScope } from '../../src/store/leases/identity.ts'
import { partialsIn } from '../../src/store/partials.ts'
import { isForsaken, stagingTag } from '../../src/store/staging.ts'
import { sha256Of } from '../support/digest.ts'
import { aFolder, aPartial, aStore, filesIn } from '../support/store.ts'

const HEX = sha256Of('the content')
const DAY_MS = 24 * 60 * 60 * 1000

/** Lets a process of its own leave a partial and its journal in a store, and end. */
async function leftBehind(home: string, content: string, journal = 'a journal'): Promise<string> {
  const room = new URL('../../src/store/index.ts', import.meta.url).href
  const program = `
    import { writeFileSync } from 'node:fs'
    import { openStore } from ${JSON.stringify(room)}
    const nobody = { debug() {}, info() {}, notice() {}, warning() {}, progress() {} }
    const store = await openStore({ home: ${JSON.stringify(home)}, reporter: nobody })
    const path = store.partialPath(${JSON.stringify(HEX)})
    writeFileSync(path, ${JSON.stringify(content)}, { mode: 0o600 })
    if (${JSON.stringify(journal)} !== '') writeFileSync(path + '.journal', ${JSON.stringify(journal)})
    console.log(path)
  `
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
  return stdout.trim()
}

describe('what a run left of a download', () => {
  it('is taken over with its journal by a later one, once', async () => {
    const { store, home } = await aStore()
    const old = await leftBehind(home, 'half')
    const { store: other } = await aStore({ home })
    const [mine, theirs] = await Promise.all([store.claimPartial(HEX), other.claimPartial(HEX)])
    expect([mine, theirs]).toEqual([store.partialPath(HEX), other.partialPath(HEX)])
    expect(existsSync(old)).toBe(false)
    const taken = [mine, theirs].filter((path) => existsSync(path))
    expect(taken).toHaveLength(1)
    expect(await readFile(taken[0] ?? '', 'utf8')).toBe('half')
    expect(await readFile(`${taken[0]}.journal`, 'utf8')).toBe('a journal')
    expect(Object.keys(await filesIn(join(home, 'partials')))).toHaveLength(2)
  })

  it('is removed with the next run when no journal says what was written', async () => {
    const { home } = await aStore()
    const old = await leftBehind(home, 'half', '')
    const { store } = await aStore({ home })
    expect(existsSync(old)).toBe(false)
    expect(existsSync(await store.claimPartial(HEX))).toBe(false)
  })

  it('is kept for seven days, and then removed with its journal', async () => {
    const { home } = await aStore()
    const old = await leftBehind(home, 'half')
    await aStore({ home })
    expect(existsSync(old)).toBe(true)
    await writeFile(join(dirname(old), `${'b'.repeat(64)}.${basename(old).split('.')[1]}.part.journal`), '')
    await aStore({ home })
    expect(Object.keys(await filesIn(join(home, 'partials'))).sort()).toEqual(
      [basename(old), `${basename(old)}.journal`].sort(),
    )
  })

  it('is left alone while the one who writes it lives', async () => {
    const { store, home } = await aStore()
    const path = store.partialPath(HEX)
    await writeFile(path, 'half')
    await writeFile(`${path}.journal`, 'a journal')
    const long = new Date(Date.now() - 3 * DAY_MS)
    await utimes(path, long, long)
    const { store: other } = await aStore({ home })
    expect(existsSync(await other.claimPartial(HEX))).toBe(false)
    expect(await other.clearPartials()).toBe(false)
    expect(await readFile(path, 'utf8')).toBe('half')
  })

  it('by an earlier version of this tool, which knew no sessions, is judged by its process', async () => {
    const { store, home } = await aStore()
    const scope = processScope()
    const leave = async (hex: string, pid: number) => {
      const path = join(home, 'partials', `${hex}.${scope}-${pid}-00112233aabb.part`)
      await writeFile(path, 'half')
      await writeFile(`${path}.journal`, 'a journal')
    }
    const other = sha256Of('other content')
    await leave(HEX, spawnSync('true').pid)
    await leave(other, process.pid)
    const { store: next } = await aStore({ home })
    expect(existsSync(await next.claimPartial(HEX))).toBe(true)
    expect(existsSync(await next.claimPartial(other))).toBe(false)
    expect(await store.clearPartials()).toBe(false)
  })

  it.each(['a link', 'a second link', 'a folder'])('is not taken over when it is %s', async (what) => {
    const { store, home } = await aStore()
    const old = await leftBehind(home, 'half')
    const victim = join(await aFolder(join(home, 'cache')), 'victim')
    if (what === 'a second link') await link(old, victim)
    else {
      await rename(old, victim)
      if (what === 'a link') await symlink(victim, old)
      else await mkdir(old)
    }
    expect(existsSync(await store.claimPartial(HEX))).toBe(false)
    expect(await readFile(victim, 'utf8')).toBe('half')
  })

  it('counts as free space once it was claimed, and makes room when nobody claimed it', async () => {
    const { home } = await aStore()
    const content = 'x'.repeat(100_000)
    await leftBehind(home, content)
    const partials = partialsIn(layoutOf(home, {}), stagingTag(), async () => 'missing')
    expect(await partials.claimedBytes()).toBe(0n)
    await partials.claim(HEX)
    expect(await partials.claimedBytes()).toBeGreaterThanOrEqual(100_000n)
    expect(await partials.clear()).toBe(false)
    await partials.drop(HEX)
    expect(await partials.claimedBytes()).toBe(0n)
    expect(await filesIn(join(home, 'partials'))).toEqual({})

    await leftBehind(home, content)
    const { store: later } = await aStore({ home })
    expect(await later.clearPartials()).toBe(true)
    expect(await filesIn(join(home, 'partials'))).toEqual({})
  })

  it('counts as free space while another process brings it, and when that has brought it', async () => {
    const { store, home } = await aStore()
    const { store: other } = await aStore({ home })
    const bytes = Buffer.alloc(100_000, 'the content')
    const sha256 = sha256Of(bytes)
    const partial = await aPartial(other, bytes)
    const partials = partialsIn(layoutOf(home, {}), stagingTag(), async () => 'missing')
    await partials.reserve(sha256, basename(partial.path).split('.')[1])
    expect(await partials.claimedBytes()).toBeGreaterThanOrEqual(100_000n)
    await other.adopt(partial)
    expect(await partials.claimedBytes()).toBeGreaterThanOrEqual(100_000n)
    expect(await store.clearPartials()).toBe(false)
  })

  it('has no journal any more once it is a blob', async () => {
    const { store, home } = await aStore()
    const partial = await aPartial(store, 'right bytes')
    await writeFile(`${partial.path}.journal`, 'a journal')
    await store.adopt(partial)
    expect(await filesIn(join(home, 'partials'))).toEqual({})
    const again = await aPartial(store, 'right bytes')
    await writeFile(`${again.path}.journal`, 'a journal')
    await store.adopt(again)
    expect(await filesIn(join(home, 'partials'))).toEqual({})
  })
})

describe('the owner of a partial', () => {
  const name = `${HEX}.00000000-42-${'a'.repeat(12)}.part`
  const judge = { state: 'missing', scope: '00000000', isAlive: () => true, now: 10 * DAY_MS } as const

  it('keeps it as long as it lives', () => {
    expect(isForsaken(name, 0, judge)).toBe(false)
    expect(isForsaken(name, 0, { ...judge, isAlive: () => false })).toBe(true)
  })

  it('of another machine or container is gone when nothing changed for a day', () => {
    const elsewhere = { ...judge, scope: '11111111', isAlive: () => false }
    expect(isForsaken(name, 9 * DAY_MS, elsewhere)).toBe(false)
    expect(isForsaken(name, 9 * DAY_MS - 1, elsewhere)).toBe(true)
  })

  it('is judged by its session where it has one, and given up only when that has ended for certain', () => {
    const reused = { ...judge, isAlive: () => true }
    expect(isForsaken(name, 10 * DAY_MS, { ...reused, state: 'dead' })).toBe(true)
    for (const state of ['alive', 'silent', 'doubtful'] as const) {
      expect(isForsaken(name, 0, { ...reused, state, isAlive: () => false })).toBe(false)
    }
  })

  it('is nobody for names of another form', () => {
    expect(isForsaken('v1.0.0', 0, { ...judge, isAlive: () => false })).toBe(false)
  })
})
