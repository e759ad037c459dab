import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf, faultsOf, runCommand } from '../support/crash.ts'
import { seededRandom } from '../support/crash-kills.ts'
import { type Fate, readTree, type Tree, writeTree } from '../support/crash-tree.ts'
import { aCrashWorld, type CrashScenario, type CrashWorld } from '../support/crash-world.ts'
import { type Chance, parseLog, Recording } from '../support/recorded-files.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))

/** Beside a disk that keeps everything in order: what file systems do with changes that nobody synced. */
const LOSSES: readonly (readonly [name: string, losses: (random: () => number) => Chance])[] = [
  ['names come before bytes', () => (change) => (change.what === 'bytes' ? 'empty' : 'kept')],
  ['names and sizes come before bytes', () => (change) => (change.what === 'bytes' ? 'zeros' : 'kept')],
  ['bytes come before names', () => (change) => (change.what === 'names' ? 'empty' : 'kept')],
  ['nothing comes but what was synced', () => () => 'empty'],
  ['each change comes or not', (random) => () => fateBy(random())],
]

function fateBy(chance: number): Fate {
  if (chance < 0.5) return 'kept'
  return chance < 0.7 ? 'empty' : chance < 0.85 ? 'zeros' : 'half'
}

interface Recorded {
  readonly world: CrashWorld
  /** Absolute path of what was recorded: notes in it name absolute paths. */
  readonly under: string
  readonly scenario: CrashScenario
  readonly recording: Recording
  /** What the run left. */
  readonly left: Tree
}

/** Everything that can be told apart by looking at a tree. */
function lookOf(tree: Tree): readonly string[] {
  const lines = [...tree.entries()].map(
    ({ path, file }) => `${path} ${file === undefined ? 'folder' : `${file.mode} ${digestOf(file)}`}`,
  )
  return lines.sort()
}

/** What is wrong in the store of a recorded folder. */
function faultsIn(tree: Tree, { expectation }: CrashScenario): readonly string[] {
  const home = tree.entry(tree.root, 'home')
  return home === undefined ? [] : faultsOf(tree.entries(home), expectation)
}

/** Lets a run come to its end, and keeps what it did. */
async function record(world: CrashWorld, scenario: CrashScenario): Promise<Recorded> {
  const under = join(world.folder, 'recorded')
  const log = join(world.folder, 'log')
  const home = join(under, 'home')
  await mkdir(home, { recursive: true })
  await world.begin(scenario, home)
  const before = await readTree(under)
  const ended = await runCommand(world.command, [...scenario.args, '--home', home], { under, log })
  expect(ended.exitCode, ended.output).toBe(0)
  const recording = new Recording(parseLog(await readFile(log, 'utf8')), under, before)
  const left = await readTree(under)
  await rm(under, { recursive: true })
  await rm(log)
  return { world, under, scenario, recording, left }
}

describe(`a power cut at any moment (SEED=${SEED})`, { timeout: 1_200_000 }, () => {
  const recorded: Recorded[] = []
  const owned = new AsyncDisposableStack()

  beforeAll(async () => {
    const small = owned.use(await aCrashWorld({ model: 60_000 }))
    // In parts, with a journal. Once is enough for so many bytes.
    const large = owned.use(await aCrashWorld())
    for (const scenario of small.scenarios) recorded.push(await record(small, scenario))
    for (const scenario of large.scenarios.slice(0, 1)) recorded.push(await record(large, scenario))
  })
  afterAll(() => owned.disposeAsync())

  it('is played back from records that miss nothing', () => {
    for (const { recording, left } of recorded) {
      expect(lookOf(recording.after(recording.operations.length))).toEqual(lookOf(left))
    }
  })

  /** Puts a tree on the disk where its run worked, and lets the next run use it. */
  async function nextRunOn({ world, under, scenario }: Recorded, tree: Tree): Promise<readonly string[]> {
    await mkdir(under)
    try {
      await writeTree(tree, under)
      return await world.checkAfter(scenario, join(under, 'home'))
    } finally {
      await rm(under, { recursive: true })
    }
  }

  /**
   * Lets a run use the tree of each moment, unless there was the very same before.
   *
   * @returns what was wrong, and how many runs there were
   */
  async function playBack(
    treeAt: (recorded: Recorded, done: number) => Tree,
  ): Promise<{ readonly faults: readonly string[]; readonly runs: number }> {
    const faults: string[] = []
    let runs = 0
    for (const each of recorded) {
      const seen = new Set<string>()
      for (let done = 0; done <= each.recording.operations.length; done++) {
        const tree = treeAt(each, done)
        const look = lookOf(tree).join('\n')
        if (seen.has(look)) continue
        seen.add(look)
        runs += 1
        const found = await nextRunOn(each, tree)
        faults.push(...found.map((fault) => `${each.scenario.name}, after ${done}: ${fault}`))
      }
    }
    return { faults, runs }
  }

  it('on a disk that keeps all in order leaves verified content or nothing, and a store that the next run uses', async () => {
    const { faults, runs } = await playBack(({ recording }, done) => recording.after(done))
    expect(faults).toEqual([])
    expect(runs).toBeGreaterThan(200)
  })

  it.each(LOSSES)('leaves verified content or nothing where %s', (_name, losses) => {
    const chance = losses(seededRandom(SEED))
    const faults = recorded.flatMap(({ scenario, recording }) =>
      recording.operations.flatMap((_operation, done) =>
        faultsIn(recording.after(done, chance), scenario).map(
          (fault) => `${scenario.name}, after ${done}: ${fault}`,
        ),
      ),
    )
    expect(faults).toEqual([])
  })

  it('leaves a store that the next run uses, whatever of all that is lost', async () => {
    const random = seededRandom(SEED)
    const chances = LOSSES.map(([, losses]) => losses(random))
    const { faults, runs } = await playBack(({ recording }, done) =>
      recording.after(done, chances[done % chances.length]),
    )
    expect(faults).toEqual([])
    expect(runs).toBeGreaterThan(200)
  })
})
