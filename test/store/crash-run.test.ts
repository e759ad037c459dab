import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultsOf, runCommand } from '../support/crash.ts'
import { countScenario, killAtManyPoints, killPoints, seededRandom } from '../support/crash-kills.ts'
import { readTree } from '../support/crash-tree.ts'
import { aCrashWorld, type CrashWorld } from '../support/crash-world.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
/** In each scenario. */
const POINTS = 46

describe(`the command, killed at any moment (SEED=${SEED})`, { timeout: 1_200_000 }, () => {
  let world: CrashWorld
  beforeAll(async () => {
    world = await aCrashWorld()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it('leaves verified content or nothing under final paths, and a store that the next run uses without help', async () => {
    const ends = await killAtManyPoints(world, { points: POINTS, random: seededRandom(SEED) })
    expect(ends.filter(({ faults }) => faults.length > 0)).toEqual([])
    // The last points of some may come after their end: two runs never make quite the same calls.
    expect(ends.filter(({ killed }) => killed).length).toBeGreaterThanOrEqual(200)
  })

  it('comes to an end on a store in which many runs before it were killed', async () => {
    const random = seededRandom(SEED + 1)
    for (const scenario of world.scenarios.slice(0, 2)) {
      const points = killPoints(await countScenario(world, scenario), 10, random)
      const under = join(world.folder, scenario.name)
      const home = join(under, 'home')
      await mkdir(home, { recursive: true })
      for (const kill of points) {
        await runCommand(world.command, [...scenario.args, '--home', home], { under, kill })
        expect(faultsOf((await readTree(home)).entries(), scenario.expectation)).toEqual([])
      }
      expect(await world.checkAfter(scenario, home)).toEqual([])
    }
  })
})
