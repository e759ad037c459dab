/** Kills runs at many points, and says what was wrong afterwards. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { countCalls, runCommand } from './crash.ts'
import type { CrashScenario, CrashWorld } from './crash-world.ts'
import type { Counted, KillPoint } from './recorded-files.ts'

/** Numbers from 0 to 1 that a seed decides (the generator mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Points spread over all calls of a run and over all of its time, each at a random place of its share. */
export function killPoints(
  { calls, milliseconds }: Counted,
  howMany: number,
  random: () => number,
): readonly KillPoint[] {
  return Array.from({ length: howMany }, (_, index): KillPoint => {
    const share = (index + random()) / howMany
    const call = 1 + Math.floor(share * calls)
    if (index % 4 === 3) return { kind: 'after', milliseconds: share * milliseconds }
    return { kind: index % 4 === 1 ? 'during' : 'before', call }
  })
}

export interface Killed {
  readonly scenario: string
  readonly point: KillPoint
  /** False: it came to its end before. */
  readonly killed: boolean
  /** What was wrong, as sentences. */
  readonly faults: readonly string[]
}

export interface KillOptions {
  /** How many points in each scenario. */
  readonly points: number
  readonly random: () => number
  /** Scenarios at once. */
  readonly lanes?: number
  readonly onKilled?: (killed: Killed) => void
}

/** Runs each scenario again and again, and kills it at another point each time. */
export async function killAtManyPoints(
  world: CrashWorld,
  { points, random, lanes = 2, onKilled }: KillOptions,
): Promise<readonly Killed[]> {
  const limit = pLimit(lanes)
  const all = await Promise.all(
    world.scenarios.map(async (scenario) => {
      const counted = await limit(() => countScenario(world, scenario))
      const chosen = killPoints(counted, points, random)
      return await Promise.all(
        chosen.map((point) =>
          limit(async () => {
            const killed = await killOnce(world, scenario, point)
            onKilled?.(killed)
            return killed
          }),
        ),
      )
    }),
  )
  return all.flat()
}

async function inPlace<T>(
  world: CrashWorld,
  scenario: CrashScenario,
  work: (under: string, home: string) => Promise<T>,
): Promise<T> {
  const under = await mkdtemp(join(world.folder, 'place-'))
  const home = join(under, 'home')
  try {
    await mkdir(home)
    await world.begin(scenario, home)
    return await work(under, home)
  } finally {
    await rm(under, { recursive: true, force: true })
  }
}

/** What a scenario does that is not killed. */
export function countScenario(world: CrashWorld, scenario: CrashScenario): Promise<Counted> {
  return inPlace(world, scenario, (under, home) =>
    countCalls(world.command, [...scenario.args, '--home', home], under),
  )
}

function killOnce(world: CrashWorld, scenario: CrashScenario, point: KillPoint): Promise<Killed> {
  return inPlace(world, scenario, async (under, home) => {
    const args = [...scenario.args, '--home', home]
    const { signal, exitCode, output } = await runCommand(world.command, args, { under, kill: point })
    const killed = signal === 'SIGKILL'
    const failed = killed || exitCode === 0 ? [] : [`It failed by itself: ${output}`]
    const faults = [...failed, ...(await world.checkAfter(scenario, home))]
    return { scenario: scenario.name, point, killed, faults }
  })
}
