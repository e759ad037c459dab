import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { EXFAT, isThere } from '../../scripts/real-parts/programs.ts'
import { countCalls, type Ended, faultsOf, runCommand } from '../support/crash.ts'
import { anExfatDisk, anExtDisk, aSmallDisk, type Disk, mayHaveDisks } from '../support/crash-disk.ts'
import { killPoints, seededRandom } from '../support/crash-kills.ts'
import { readTree } from '../support/crash-tree.ts'
import { aCrashWorld, type CrashScenario, type CrashWorld } from '../support/crash-world.ts'
import type { Instruction } from '../support/recorded-files.ts'
import { filesIn } from '../support/store.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const MIB = 1024 * 1024
/** In each scenario. */
const MOMENTS = 6

/** Calls of a run, spread over all of it. */
async function momentsOf(
  world: CrashWorld,
  scenario: CrashScenario,
  under: string,
): Promise<readonly number[]> {
  const home = await begin(world, scenario, under)
  const { calls } = await countCalls(world.command, [...scenario.args, '--home', home], under)
  const random = seededRandom(SEED)
  return Array.from({ length: MOMENTS }, (_, index) => 1 + Math.floor(((index + random()) / MOMENTS) * calls))
}

async function begin(world: CrashWorld, scenario: CrashScenario, under: string): Promise<string> {
  const home = join(under, 'home')
  await rm(home, { recursive: true, force: true })
  await mkdir(home)
  await world.begin(scenario, home)
  return home
}

function run(world: CrashWorld, scenario: CrashScenario, instruction: Instruction): Promise<Ended> {
  const home = join(instruction.under, 'home')
  return runCommand(world.command, [...scenario.args, '--home', home], instruction)
}

describe.skipIf(!mayHaveDisks())(
  `a disk that fails in the middle (needs root, SEED=${SEED})`,
  { timeout: 1_200_000 },
  () => {
    let world: CrashWorld
    beforeAll(async () => {
      world = await aCrashWorld()
    })
    afterAll(() => world[Symbol.asyncDispose]())

    async function own<T extends Disk>(disk: Promise<T>): Promise<T> {
      const mounted = await disk
      onTestFinished(() => mounted[Symbol.asyncDispose]())
      return mounted
    }

    it('and is full from any moment on is said so, and used again once there is room', async () => {
      const { folder } = await own(aSmallDisk(24 * MIB))
      const ballast = join(folder, 'ballast')
      const codes = new Set<string>()
      for (const scenario of world.scenarios) {
        for (const call of await momentsOf(world, scenario, folder)) {
          const home = await begin(world, scenario, folder)
          const event = { call, shell: `cat /dev/zero > ${ballast}` }
          const { exitCode, output } = await run(world, scenario, { under: folder, event })
          if (exitCode !== 0) codes.add(/^[A-Z_]+(?=:)/m.exec(output)?.[0] ?? output)
          const faults = faultsOf((await readTree(home)).entries(), scenario.expectation)
          expect(faults, `full before call ${call} of ${scenario.name}`).toEqual([])
          await rm(ballast, { force: true })
          expect(await world.checkAfter(scenario, home), `after call ${call} of ${scenario.name}`).toEqual([])
        }
      }
      expect([...codes]).toEqual(['DISK_FULL'])
    })

    it('and is full before anything begins is made room on by pruning', async () => {
      const { folder } = await own(aSmallDisk(24 * MIB))
      for (const scenario of world.scenarios.filter(({ name }) => name === 'pruning')) {
        const home = await begin(world, scenario, folder)
        const event = { call: 1, shell: `cat /dev/zero > ${join(folder, 'ballast')}` }
        const { exitCode, output } = await run(world, scenario, { under: folder, event })
        expect(exitCode, output).toBe(0)
        expect(await filesIn(join(home, 'models'))).toEqual({})
        expect(await filesIn(join(home, 'blobs', 'sha256'))).toEqual({})
      }
    })

    it('and becomes read-only is said so, and used again when it is repaired', async () => {
      const disk = await own(anExtDisk(48 * MIB))
      const codes = new Set<string>()
      for (const scenario of world.scenarios) {
        for (const call of await momentsOf(world, scenario, disk.folder)) {
          const home = await begin(world, scenario, disk.folder)
          // What was there before is on the disk.
          disk.restart()
          const event = { call, shell: disk.makeReadOnly }
          const { exitCode, output } = await run(world, scenario, { under: disk.folder, event })
          if (exitCode !== 0) codes.add(/^[A-Z_]+(?=:)/m.exec(output)?.[0] ?? output)
          disk.restart()
          expect(await world.checkAfter(scenario, home), `after call ${call} of ${scenario.name}`).toEqual([])
        }
      }
      expect([...codes]).toEqual(['STORE_NOT_WRITABLE'])
    })

    it('and loses its power holds verified content or nothing, and a store that the next run uses', async () => {
      const disk = await own(anExtDisk(48 * MIB))
      for (const scenario of world.scenarios) {
        for (const call of await momentsOf(world, scenario, disk.folder)) {
          const home = await begin(world, scenario, disk.folder)
          // What was there before is on the disk.
          disk.restart()
          await run(world, scenario, { under: disk.folder, event: { call, shell: disk.cutOff } })
          disk.restart()
          expect(await world.checkAfter(scenario, home), `after call ${call} of ${scenario.name}`).toEqual([])
        }
      }
    })
  },
)

describe.skipIf(!mayHaveDisks() || !isThere(EXFAT))(
  `a disk without hard links, where upper and lower case are one (needs root and exfat-fuse, SEED=${SEED})`,
  { timeout: 1_200_000 },
  () => {
    let world: CrashWorld
    let disk: Disk
    const owned = new AsyncDisposableStack()
    beforeAll(async () => {
      world = owned.use(await aCrashWorld())
      disk = owned.use(await anExfatDisk(96 * MIB))
    })
    afterAll(() => owned.disposeAsync())

    it('is one', async () => {
      const path = join(disk.folder, 'Upper')
      await mkdir(path)
      await expect(mkdir(join(disk.folder, 'upper'))).rejects.toMatchObject({ code: 'EEXIST' })
      await rm(path, { recursive: true })
    })

    it('holds a store of copies that runs fill, check, replace and prune, killed at any moment', async () => {
      // A copy that somebody changed cannot be told to be the store's: what replaces it stands beside it.
      for (const scenario of world.scenarios.map((each) => ({ ...each, usualPaths: false }))) {
        const home = await begin(world, scenario, disk.folder)
        const counted = await countCalls(world.command, [...scenario.args, '--home', home], disk.folder)
        for (const kill of killPoints(counted, MOMENTS, seededRandom(SEED))) {
          await begin(world, scenario, disk.folder)
          await run(world, scenario, { under: disk.folder, kill })
          expect(
            await world.checkAfter(scenario, home),
            `${JSON.stringify(kill)} of ${scenario.name}`,
          ).toEqual([])
        }
      }
    })
  },
)
