import {
  chmod,
  chown,
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  rename,
  rm,
  symlink,
  utimes,
} from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countCalls, faultsOf, runCommand } from '../support/crash.ts'
import { asRoot, mayHaveDisks } from '../support/crash-disk.ts'
import { seededRandom } from '../support/crash-kills.ts'
import { readTree } from '../support/crash-tree.ts'
import { aCrashWorld, type CrashScenario, type CrashWorld } from '../support/crash-world.ts'
import { sha256Of } from '../support/digest.ts'
import { aFolder, blobPathIn, filesIn } from '../support/store.ts'
import { inOwnProcess } from '../support/store-process.ts'
import { treeOf } from '../support/tree.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const OTHER_USER = 12345

describe(`a store that somebody prepared (SEED=${SEED})`, { timeout: 600_000 }, () => {
  let world: CrashWorld
  let places = 0
  beforeAll(async () => {
    world = await aCrashWorld({ model: 50_000 })
  })
  afterAll(() => world[Symbol.asyncDispose]())

  /** A store in the state that a scenario begins with, and a folder outside of it. */
  async function begun(scenario: CrashScenario): Promise<{ under: string; home: string; outside: string }> {
    places += 1
    const under = join(world.folder, `place-${places}`)
    const home = join(under, 'home')
    const outside = join(world.folder, `outside-${places}`)
    await mkdir(home, { recursive: true })
    await mkdir(outside)
    await world.begin(scenario, home)
    return { under, home, outside }
  }

  /** Every file of a store, but those that say who works there. */
  async function filesOf(home: string): Promise<readonly string[]> {
    const entries = await readdir(home, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    return files.map(({ parentPath, name }) => join(parentPath, name))
  }

  it('changes no byte of files that have a name elsewhere', async () => {
    for (const scenario of world.scenarios) {
      const { under, home, outside } = await begun(scenario)
      for (const [index, path] of (await filesOf(home)).entries()) await link(path, join(outside, `${index}`))
      const before = await treeOf(outside)
      const args = [...scenario.args, '--home', home]
      const ended = await runCommand(world.command, args, { under })
      expect(ended.exitCode, ended.output).toBe(0)
      expect(await treeOf(outside)).toEqual(before)
      expect(await world.checkAfter(scenario, home)).toEqual([])
      expect(await treeOf(outside)).toEqual(before)
    }
  })

  it('changes nothing of a foreign file whose name was put in the place of notes of its own', async () => {
    for (const scenario of world.scenarios) {
      const { home, outside } = await begun(scenario)
      const foreign = join(outside, 'foreign')
      const notes = (await filesOf(home)).filter((path) => path.startsWith(join(home, 'cache')))
      const log = join(home, 'cache', 'cache_registry.log')
      await mkdir(join(home, 'cache'), { recursive: true })
      await copyFile(process.execPath, foreign)
      await chmod(foreign, 0o600)
      const before = await lstat(foreign)
      for (const path of new Set([...notes, log])) {
        await rm(path, { force: true })
        await link(foreign, path)
      }
      expect(await world.checkAfter(scenario, home)).toEqual([])
      const after = await lstat(foreign)
      expect([after.size, after.mtimeMs, after.mode]).toEqual([before.size, before.mtimeMs, before.mode])
    }
  })

  it('changes nothing of what links lead to that were put in the place of its files', async () => {
    for (const scenario of world.scenarios) {
      const { home, outside } = await begun(scenario)
      for (const [index, path] of (await filesOf(home)).entries()) {
        const target = join(outside, `${index}`)
        await rename(path, target)
        await symlink(target, path)
      }
      const before = await treeOf(outside)
      const modes = await modesIn(outside)
      const result = await runCommand(world.command, [...scenario.args, '--home', home], { under: home })
      expect(result.exitCode, result.output).toBe(0)
      expect(await treeOf(outside)).toEqual(before)
      expect(await modesIn(outside)).toEqual(modes)
    }
  })

  it('shows no wrong byte where blobs are replaced at any moment of a run', async () => {
    const random = seededRandom(SEED)
    const [scenario] = world.scenarios
    if (scenario === undefined) throw new Error('There is no scenario')
    const { under, home } = await begun(scenario)
    const { calls } = await countCalls(world.command, [...scenario.args, '--home', home], under)
    const shell = `for blob in ${home}/blobs/sha256/*/*; do echo wrong > ${under}/wrong; mv -f ${under}/wrong $blob; done`
    for (let moment = 0; moment < 24; moment++) {
      await rm(home, { recursive: true })
      await mkdir(home)
      const call = 1 + Math.floor(((moment + random()) / 24) * calls)
      await runCommand(world.command, [...scenario.args, '--home', home], { under, event: { call, shell } })
      const visible = [...(await readTree(home)).entries()].filter(({ path }) => !path.startsWith('blobs'))
      expect(faultsOf(visible, scenario.expectation), `before call ${call}`).toEqual([])
      expect(await world.checkAfter({ ...scenario, expectation: withWrongBlobs(scenario) }, home)).toEqual([])
    }
  })

  it('is used like any other where the clock was set back ten years since', async () => {
    const later = new Date(Date.now() + 10 * 365 * 24 * 60 * 60 * 1000)
    for (const scenario of world.scenarios) {
      const { under, home } = await begun(scenario)
      for (const path of await filesOf(home)) await utimes(path, later, later)
      const ended = await runCommand(world.command, [...scenario.args, '--home', home], { under })
      expect(ended.exitCode, ended.output).toBe(0)
      expect(await world.checkAfter(scenario, home)).toEqual([])
    }
  })
})

async function modesIn(folder: string): Promise<readonly number[]> {
  return await Promise.all(
    (await readdir(folder)).map(async (name) => (await lstat(join(folder, name))).mode),
  )
}

function withWrongBlobs({ expectation }: CrashScenario): CrashScenario['expectation'] {
  return { ...expectation, damagedBlobs: new Set([sha256Of('wrong\n')]) }
}

describe.skipIf(!mayHaveDisks())('blobs of root (needs root)', () => {
  it('are copied for a user whom the kernel lets make no hard links to them', async () => {
    const folder = await aFolder()
    await chmod(folder, 0o755)
    const home = join(folder, 'home')
    const artifact = {
      kind: 'model',
      name: 'v1.0.0',
      asFolder: true,
      files: { 'model.gguf': 'the weights' },
    } as const
    await mkdir(home)
    const user = process.getuid?.() === 0 ? OTHER_USER : undefined
    if (user !== undefined) await chown(home, user, user)
    const job = { home, artifacts: [artifact], ...(user === undefined ? {} : { user }) }
    expect((await inOwnProcess(job)).report).toMatchObject({ ok: true })
    const blob = blobPathIn(home, sha256Of('the weights'))
    await rm(join(home, 'models', 'v1.0.0'), { recursive: true })
    asRoot('chown', '0:0', blob)
    expect((await inOwnProcess(job)).report).toMatchObject({ ok: true })
    expect(await filesIn(join(home, 'models'))).toEqual({ 'v1.0.0/model.gguf': 'the weights' })
    const [kept, shown] = await Promise.all([
      lstat(blob),
      lstat(join(home, 'models', 'v1.0.0', 'model.gguf')),
    ])
    expect([kept.uid, shown.uid, shown.ino === kept.ino]).toEqual([0, user ?? process.getuid?.(), false])
  })
})
