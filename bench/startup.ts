/**
 * `npm run bench`: size of `dist/`, JavaScript that the built action and its post step load, and their start-up times beside that
 * of an empty Node. `--json` prints the numbers as one line of JSON: bytes and milliseconds. `--rounds N` sets how often each
 * process is timed; the two take turns, and medians count.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import {
  type Job,
  newJob,
  runPost,
  runStep,
  type StepOptions,
  type StepResult,
} from '../scripts/action-runner.ts'

const dist = join(import.meta.dirname, '../dist')
const { startDevnet }: typeof import('../src/devnet/index.ts') = await import(join(dist, 'devnet.js'))

interface Size {
  readonly files: number
  readonly bytes: number
}

function sizeOf(paths: readonly string[]): Size {
  return { files: paths.length, bytes: paths.reduce((sum, path) => sum + statSync(path).size, 0) }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Milliseconds of whole processes. */
interface StartUp {
  readonly node: number
  readonly main: number
  readonly post: number
  readonly help: number
}

type Start = (options: Pick<StepOptions, 'environment'>) => Promise<StepResult>

/** Runs a step of the action once and tells which files it loaded. */
async function modulesOf(start: Start, exitCode: number): Promise<Size> {
  const log = join(job.folder, 'modules')
  writeFileSync(log, '')
  const preload = pathToFileURL(join(import.meta.dirname, 'record-modules.mjs')).href
  const step = await start({ environment: { RECORD_MODULES: log, NODE_OPTIONS: `--import=${preload}` } })
  if (step.exitCode !== exitCode) {
    throw new Error(`The action ended with ${step.exitCode}, not ${exitCode}:\n${step.stdout}${step.stderr}`)
  }
  const urls = new Set(readFileSync(log, 'utf8').split('\n').filter(Boolean))
  return sizeOf([...urls].map((url) => fileURLToPath(url)).filter((path) => path.startsWith(dist)))
}

const milliseconds = async (work: () => unknown): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/**
 * An empty Node, the action that finds no RPC endpoint in its inputs and stops, a post step that finds nothing to do, and the help of
 * the command: all of their start and none of their work.
 */
async function timeStarts(job: Job, rounds: number): Promise<StartUp> {
  const node: number[] = []
  const main: number[] = []
  const post: number[] = []
  const help: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    node.push(await milliseconds(() => spawnSync(process.execPath, ['--eval', '0'])))
    main.push((await runStep(job, { inputs: {} })).milliseconds)
    post.push((await runPost(job, {}, { inputs: {} })).milliseconds)
    help.push(await milliseconds(() => spawnSync(process.execPath, ['--', join(dist, 'cli.js'), '--help'])))
  }
  return { node: median(node), main: median(main), post: median(post), help: median(help) }
}

/** A run with everything in it, and what comes at the end of its job. */
async function wholeJob(job: Job): Promise<{ readonly loadedByRun: Size; readonly loadedByPost: Size }> {
  const own = { ...job, environment: { ...job.environment, ...devnet.cacheEnvironment() } }
  const inputs = {
    ...devnet.inputs(),
    'model-version': '1.0.0',
    adapters: 'coder',
    datasets: 'training_dataset_v1',
  }
  let state: StepResult['state'] = {}
  const loadedByRun = await modulesOf(async (options) => {
    const step = await runStep(own, { inputs, ...options })
    state = step.state
    return step
  }, 0)
  return {
    loadedByRun,
    loadedByPost: await modulesOf((options) => runPost(own, state, { inputs, ...options }), 0),
  }
}

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '15' } },
})
const job = await newJob()
const devnet = await startDevnet()
try {
  const everything = filesBelow(dist)
  const result = {
    dist: sizeOf(everything),
    distJavaScript: sizeOf(everything.filter((path) => path.endsWith('.js'))),
    loadedAtStart: await modulesOf((options) => runStep(job, { inputs: {}, ...options }), 2),
    ...(await wholeJob(job)),
    startUp: await timeStarts(job, Number(values.rounds)),
  }
  if (values.json) console.log(JSON.stringify(result))
  else print(result)
} finally {
  await devnet.close()
  rmSync(job.folder, { recursive: true, force: true })
}

function print(result: {
  readonly dist: Size
  readonly distJavaScript: Size
  readonly loadedAtStart: Size
  readonly loadedByRun: Size
  readonly loadedByPost: Size
  readonly startUp: StartUp
}): void {
  const size = ({ files, bytes }: Size) =>
    `${(bytes / 1000).toFixed(0).padStart(8)} kB ${String(files).padStart(5)} files`
  const time = (ms: number) => `${ms.toFixed(0).padStart(8)} ms`
  const { startUp } = result
  console.log(
    [
      `dist/ in all                        ${size(result.dist)}`,
      `JavaScript in dist/                 ${size(result.distJavaScript)}`,
      `loaded by main until it stops       ${size(result.loadedAtStart)}`,
      `loaded by a whole run               ${size(result.loadedByRun)}`,
      `loaded by post, a lease to release  ${size(result.loadedByPost)}`,
      `start of an empty Node              ${time(startUp.node)}`,
      `start of main until it stops        ${time(startUp.main)}`,
      `of that, main's own                 ${time(startUp.main - startUp.node)}`,
      `post with nothing to do, its own    ${time(startUp.post - startUp.node)}`,
      `r3mes --help, its own               ${time(startUp.help - startUp.node)}`,
    ].join('\n'),
  )
}
