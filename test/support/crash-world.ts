/** What the runs work on that are killed in the middle: a chain, its content, stores in several states, a command. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentReporter } from '../../src/core/index.ts'
import { type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { ensureFromInputs, type RawInputs } from '../../src/ensure/index.ts'
import { openStore } from '../../src/store/index.ts'
import { buildCommand, type Expectation, faultsOf, flagsOf } from './crash.ts'
import { readTree, Tree, writeTree } from './crash-tree.ts'
import { sha256Of } from './digest.ts'

/** Large enough to come in parts, with a journal. */
const MODEL_BYTES = 4.25 * 1024 * 1024
const SIZES = { model: MODEL_BYTES, adapter: 20_000, dataset: 5_000 }

const FIRST: RawInputs = {
  'model-version': '1.0.0',
  adapters: 'general_dora\ncoder',
  datasets: 'training_dataset_v1',
}
/** Of two files. */
const SECOND: RawInputs = { 'model-version': '2.0.0' }

/** A command, the state of the store that it begins with, and what may be there at any moment. */
export interface CrashScenario {
  readonly name: string
  /** Without flags that name the store. */
  readonly args: readonly string[]
  readonly start: Tree
  readonly expectation: Expectation
  /** What the next run asks for. */
  readonly wanted: RawInputs
  /** The next run puts everything under its usual path. */
  readonly usualPaths: boolean
}

export interface CrashWorld extends AsyncDisposable {
  readonly scenarios: readonly CrashScenario[]
  readonly command: string
  /** For stores; gone in the end. */
  readonly folder: string
  /** Makes a store in the state that a scenario begins with. */
  begin(scenario: CrashScenario, home: string): Promise<void>
  /**
   * Holds a store to what has to be true after a crash, and lets the next run use it.
   *
   * @returns what is wrong, as sentences
   */
  checkAfter(scenario: CrashScenario, home: string): Promise<readonly string[]>
}

type Contents = ReadonlyMap<string, string>

export async function aCrashWorld(sizes: Partial<typeof SIZES> = {}): Promise<CrashWorld> {
  await using owned = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-crash-'))
  owned.defer(() => rm(folder, { recursive: true, force: true }))
  const all = { ...SIZES, ...sizes }
  const devnet = await startDevnet({ sizes: all })
  owned.defer(() => devnet.close())
  // The same names, and other bytes under them.
  const earlier = await startDevnet({
    sizes: { model: all.model - 1, adapter: all.adapter - 1, dataset: all.dataset - 1 },
  })
  owned.defer(() => earlier.close())
  const command = await buildCommand()
  owned.use(command)

  // No chain is asked in what follows: it is not what is killed here.
  const lockfiles = new Map<RawInputs, string>()
  const locked = (inputs: RawInputs): RawInputs => ({
    ...devnet.inputs(),
    ...inputs,
    trust: 'lockfile',
    'max-lock-age': '1d',
    lockfile: lockfiles.get(inputs) ?? '',
  })
  for (const inputs of [FIRST, SECOND]) {
    const path = join(folder, `r3mes-${lockfiles.size}.lock`)
    await writeFile(path, await lockfileOf(devnet, inputs, join(folder, 'unused')))
    lockfiles.set(inputs, path)
  }

  const template = join(folder, 'template')
  const stateAfter = async (...runs: readonly (readonly [Devnet, RawInputs])[]): Promise<Tree> => {
    for (const [from, inputs] of runs) await ensured(from, template, inputs)
    const tree = await readTree(template)
    await rm(template, { recursive: true, force: true })
    return tree
  }
  const first = contentsOf(await stateAfter([devnet, FIRST]))
  const complete = await stateAfter([devnet, FIRST], [devnet, SECOND])
  const old = await stateAfter([earlier, FIRST])
  const allowed = allowing(contentsOf(complete))
  const ensureArgs = (inputs: RawInputs) => ['ensure', ...flagsOf(locked(inputs))]
  const damage = damaged(complete)
  const scenarios: CrashScenario[] = [
    {
      name: 'a first run',
      args: ensureArgs(FIRST),
      start: new Tree(),
      expectation: { allowed: allowing(first) },
      wanted: FIRST,
      usualPaths: true,
    },
    {
      name: 'a model of two files',
      args: ensureArgs(SECOND),
      start: new Tree(),
      expectation: { allowed },
      wanted: SECOND,
      usualPaths: true,
    },
    {
      name: 'a run that repairs',
      args: ensureArgs(FIRST),
      start: damage.tree,
      expectation: { allowed: merged(allowed, allowing(damage.contents)), ...damage },
      wanted: FIRST,
      usualPaths: true,
    },
    {
      name: 'a run that replaces what was approved before',
      args: ensureArgs(FIRST),
      start: old,
      expectation: { allowed: merged(allowing(first), allowing(contentsOf(old))) },
      wanted: FIRST,
      usualPaths: false,
    },
    {
      name: 'pruning',
      args: ['prune', '--max-size', '1B', '--keep-popular', '0'],
      start: complete,
      expectation: { allowed },
      wanted: FIRST,
      usualPaths: true,
    },
  ]
  const resources = owned.move()
  return {
    scenarios,
    command: command.path,
    folder,
    async begin({ start }, home) {
      // Notes in the store name absolute paths.
      await writeTree(start, home, (path, bytes) =>
        path.startsWith('cache/') ? Buffer.from(bytes.toString().replaceAll(template, home)) : bytes,
      )
    },
    async checkAfter(scenario, home) {
      const tree = await readTree(home)
      const faults = faultsOf(tree.entries(), scenario.expectation)
      return faults.length > 0 ? faults : await nextRun(locked(scenario.wanted), scenario, home)
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function nextRun(inputs: RawInputs, scenario: CrashScenario, home: string): Promise<readonly string[]> {
  const result = await ensureFromInputs({ ...inputs, home }, { reporter: silentReporter, environment: {} })
  if (!result.success) return [`The next run failed: ${result.error?.message ?? 'nobody says why'}`]
  const { allowed } = scenario.expectation
  // What it took over is proven to be nobody's by the lock of who left it. That one goes when the store is opened again.
  await (await openStore({ home, reporter: silentReporter })).close()
  const tree = await readTree(home)
  const left = [...tree.entries()].map(({ path }) => path).filter(isLeftover)
  const beside = result.artifacts.filter(({ path }) => path?.includes('@') === true)
  return [
    ...faultsOf(tree.entries(), { allowed }),
    ...left.map((path) => `${path} was left behind`),
    ...(scenario.usualPaths ? beside.map(({ path }) => `${path} is beside its usual path`) : []),
  ]
}

/** Unfinished work: hidden names, partials, claims, sessions of the dead. */
function isLeftover(path: string): boolean {
  return path.includes('.r3mes-') || /^(?:partials|leases\/(?:claims|sessions))\//.test(path)
}

/** What pins the chain, and what it approved, for runs that ask no chain. */
async function lockfileOf(devnet: Devnet, inputs: RawInputs, home: string): Promise<string> {
  const { offer, error } = await ensureFromInputs(
    { ...devnet.inputs(), ...inputs, home, 'plan-only': 'true' },
    { reporter: silentReporter, environment: {} },
  )
  if (offer === undefined) throw new Error(`There is no lockfile: ${error?.message ?? ''}`)
  return offer.lockfile
}

async function ensured(devnet: Devnet, home: string, inputs: RawInputs): Promise<void> {
  const result = await ensureFromInputs(
    { ...devnet.inputs(), ...inputs, home },
    { reporter: silentReporter, environment: {} },
  )
  if (!result.success) throw new Error(`The store could not be filled: ${result.error?.message ?? ''}`)
}

/** Digests by path of what is visible. */
function contentsOf(tree: Tree): Contents {
  const files = [...tree.entries()].filter(({ path }) => /^(?:models|adapters|datasets)\//.test(path))
  return new Map(
    files.flatMap(({ path, file }) => (file === undefined ? [] : [[path, sha256Of(file.bytes)]])),
  )
}

function allowing(contents: Contents): Expectation['allowed'] {
  return new Map([...contents].map(([path, digest]) => [path, new Set([digest])]))
}

function merged(one: Expectation['allowed'], other: Expectation['allowed']): Expectation['allowed'] {
  const paths = new Set([...one.keys(), ...other.keys()])
  return new Map(
    [...paths].map((path) => [path, new Set([...(one.get(path) ?? []), ...(other.get(path) ?? [])])]),
  )
}

/** A blob scribbled over, and with it the artifact that is a link of it; a blob and a file that are gone. */
function damaged(complete: Tree): Required<Omit<Expectation, 'allowed'>> & {
  readonly tree: Tree
  readonly contents: Contents
} {
  const tree = complete.copy()
  const entries = [...tree.entries()]
  const coder = entries.find(({ path }) => path.startsWith('adapters/coder.'))
  const vanished = entries.find(({ path }) => path === 'models/v1.0.0/model.gguf')
  const folder = entries.find(({ path }) => path === 'models/v1.0.0')
  if (coder?.file === undefined || vanished === undefined || folder === undefined) {
    throw new Error('The sample of the devnet has no such files')
  }
  tree.apply({ what: 'bytes', node: coder.node, at: 100, bytes: Buffer.from('scribbled') })
  const scribbled = sha256Of(tree.file(coder.node).bytes)
  tree.apply({
    what: 'names',
    namings: [{ folder: folder.node, name: 'model.gguf', node: undefined }],
  })
  return {
    tree,
    contents: new Map([[coder.path, scribbled]]),
    damagedBlobs: new Set([scribbled]),
    incomplete: new Set(['models/v1.0.0']),
  }
}
