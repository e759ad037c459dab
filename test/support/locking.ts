/** A devnet, a folder with a lockfile, and `r3mes lock` and runs against them, in this process. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Devnet, type DevnetOptions, startDevnet } from '../../src/devnet/index.ts'
import {
  type EnsureResult,
  type Environment,
  ensureFromInputs,
  type LockMode,
  type LockResult,
  lockFromInputs,
  type RawInputs,
} from '../../src/ensure/index.ts'
import { aReporter, type RecordingReporter } from './store.ts'

/** What the sample registry satisfies. */
export const REQUEST = {
  'model-version': 'active',
  adapters: 'general_dora\ncoder',
  datasets: 'training_dataset_v1',
} as const

export interface Locking {
  readonly devnet: Devnet
  readonly home: string
  /** Absolute path of the lockfile. */
  readonly path: string
  /** What the last call said. */
  readonly said: RecordingReporter['lines']
  lock(mode: LockMode, inputs?: RawInputs, environment?: Environment): Promise<LockResult>
  /** A run of {@link REQUEST} and these inputs. */
  run(inputs?: RawInputs, environment?: Environment): Promise<EnsureResult>
  /** The lockfile as JSON. */
  read(): Promise<LockfileJson>
  write(lock: LockfileJson): Promise<void>
  /** Makes an older block the one that the lockfile trusts. */
  pin(height: bigint): Promise<void>
}

export interface LockfileJson {
  anchor: { height: string; hash: string; time: string; origin: string }
  trusting_period_seconds: number
  chain_id: string
  artifacts: Record<string, unknown>[]
  request: Record<string, unknown>
  [key: string]: unknown
}

/** The time of a block, as a node tells it. */
async function timeOf(devnet: Devnet, height: bigint): Promise<string> {
  const answer = await fetch(`${devnet.urls.rpc}/commit?height=${height}`)
  const body = (await answer.json()) as { result: { signed_header: { header: { time: string } } } }
  return new Date(body.result.signed_header.header.time).toISOString()
}

/** Ends with the test. */
export async function aLocking(options: DevnetOptions = {}): Promise<Locking> {
  const devnet = await startDevnet({ sizes: { model: 50_000, adapter: 5_000, dataset: 5_000 }, ...options })
  onTestFinished(() => devnet.close())
  const home = await mkdtemp(join(tmpdir(), 'r3mes-locking-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const path = join(home, 'r3mes.lock')
  const said: RecordingReporter['lines'] = []
  const base = { ...devnet.inputs(), home: join(home, 'store') }
  // One that is named has to be there.
  const lockfile = () => (existsSync(path) ? { lockfile: path } : {})
  const listen = () => {
    said.length = 0
    const reporter = aReporter()
    const add = (level: string) => (text: string) => {
      said.push({ level, text })
    }
    return { ...reporter, info: add('info'), notice: add('notice'), warning: add('warning') }
  }
  const read = async (): Promise<LockfileJson> => JSON.parse(await readFile(path, 'utf8'))
  const write = (lock: LockfileJson) => writeFile(path, `${JSON.stringify(lock, undefined, 2)}\n`)
  return {
    devnet,
    home,
    path,
    said,
    lock: (mode, inputs = {}, environment = {}) =>
      lockFromInputs(
        mode,
        { ...base, lockfile: path, ...(mode === 'create' ? REQUEST : {}), ...inputs },
        { reporter: listen(), environment },
      ),
    run: (inputs = {}, environment = {}) =>
      ensureFromInputs(
        { ...base, ...lockfile(), ...REQUEST, ...inputs },
        { reporter: listen(), environment },
      ),
    read,
    write,
    async pin(height) {
      const lock = await read()
      const time = await timeOf(devnet, height)
      await write({ ...lock, anchor: { ...lock.anchor, ...anchorJson(devnet, height), time } })
    },
  }
}

function anchorJson(devnet: Devnet, height: bigint): { height: string; hash: string } {
  return { height: height.toString(), hash: devnet.anchor(height).hash }
}
