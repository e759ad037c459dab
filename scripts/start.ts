/**
 * `npm start`: the main job against the embedded devnet, under proof. The built action runs as the runner runs it: cold by a
 * quorum of two endpoints; then `r3mes lock` writes the lockfile, and the action runs from it on a wiped home (the Actions cache
 * restores) and warm; then it is refused, once because an endpoint forges a record and once because two adapters conflict. Exits
 * with 1 when any run is not what it should be.
 *
 * `npm start -- --size 1GB` sets the size of the model file.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { formatDuration, formatSize, parseSize } from '../src/ensure/units.ts'
import { newJob, runStep, type StepResult } from './action-runner.ts'

/** The built devnet, as users of the package get it. */
const { startDevnet }: typeof import('../src/devnet/index.ts') = await import(
  join(import.meta.dirname, '../dist/devnet.js')
)

const { values } = parseArgs({ options: { size: { type: 'string', default: '200MB' } } })
const modelSize = parseSize(values.size)
if (modelSize === undefined) throw new Error(`--size must be a size such as 200MB, not ${values.size}`)

const DATASET = 'training_dataset_v1'

interface Scene {
  readonly title: string
  /** What happens before the run; returns what ends it. */
  readonly prepare?: () => void | (() => void) | Promise<void>
  readonly inputs: Readonly<Record<string, string>>
  /** What must hold: output name, or `exit` and `content requests`, and the value. */
  readonly expected: Readonly<Record<string, string | ((value: string) => boolean)>>
}

const ADAPTERS = { adapters: 'general_dora\ncoder' }
const NOTHING_FETCHED = { 'model-path': '', 'bytes-downloaded': '0', 'content requests': '0' }
const someBytes = (bytes: string): boolean => Number(bytes) >= modelSize

const devnet = await startDevnet({ sizes: { model: modelSize } })
const job = await newJob(devnet.cacheEnvironment())

const scenes: readonly Scene[] = [
  {
    title: 'cold: empty store, empty cache, nothing pinned: both endpoints have to agree',
    inputs: ADAPTERS,
    expected: {
      exit: '0',
      success: 'true',
      trust: 'quorum',
      'cache-status': 'miss',
      'cache-hit': 'false',
      'bytes-downloaded': someBytes,
      'content requests': (requests) => Number(requests) > 0,
    },
  },
  {
    title: 'restored: from the lockfile, on a wiped home; the Actions cache has the bytes',
    async prepare() {
      await rm(join(job.home, '.r3mes'), { recursive: true, force: true })
      await lock('--model-version', '1.0.0', '--adapters', 'general_dora', 'coder', '--datasets', DATASET)
      // The chain goes on: the lockfile's block is not the newest any more.
      devnet.advance(50)
    },
    inputs: ADAPTERS,
    expected: {
      exit: '0',
      success: 'true',
      trust: 'light-client',
      'cache-status': 'hit',
      'cache-hit': 'true',
      'bytes-downloaded': someBytes,
      'content requests': '0',
    },
  },
  {
    title: 'warm: everything is in the store; the chain is asked whether it is still approved',
    inputs: ADAPTERS,
    expected: {
      exit: '0',
      success: 'true',
      trust: 'light-client',
      'cache-status': 'unused',
      'cache-hit': 'true',
      'bytes-downloaded': '0',
      'content requests': '0',
    },
  },
  {
    title: 'refused: the first endpoint forges the digest in a record',
    prepare: () => devnet.lie('forged-value'),
    inputs: ADAPTERS,
    expected: { exit: '4', success: 'false', 'error-code': 'PROOF_INVALID', ...NOTHING_FETCHED },
  },
  {
    title: 'refused: `writer` conflicts with `coder`',
    inputs: { adapters: 'coder\nwriter', frozen: 'false' },
    expected: { exit: '3', success: 'false', 'error-code': 'ADAPTER_CONFLICT', ...NOTHING_FETCHED },
  },
]

/** Runs the built `r3mes lock` in the job's workspace, where the action finds the lockfile. */
async function lock(...request: readonly string[]): Promise<void> {
  const urls = [devnet.urls.rpc, devnet.urls.rpc2]
  const args = ['lock', '--rpc-urls', ...urls, ...request]
  console.log(`$ r3mes ${args.join(' ')}`)
  const child = spawn(process.execPath, [join(import.meta.dirname, '../dist/cli.js'), ...args], {
    cwd: join(job.folder, 'workspace'),
    env: { PATH: process.env['PATH'] ?? '', HOME: job.home },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`r3mes lock ended with exit code ${code}`)
  console.log()
}

function heading(text: string): void {
  console.log(`\n${'='.repeat(100)}\n${text}\n${'='.repeat(100)}`)
}

/** What the run was, against what it should have been; returns the differences. */
function judge(scene: Scene, step: StepResult): string[] {
  const facts: Readonly<Record<string, string>> = {
    ...step.outputs,
    exit: String(step.exitCode),
    'content requests': String(devnet.requests.content().length),
  }
  return Object.entries(scene.expected).flatMap(([name, expected]) => {
    const found = facts[name] ?? '(not set)'
    const holds = typeof expected === 'string' ? found === expected : expected(found)
    const wanted = typeof expected === 'string' ? expected : 'more'
    return holds ? [] : [`${scene.title}: ${name} is ${found}, but should be ${wanted}`]
  })
}

function show(step: StepResult): void {
  console.log('\n--- outputs')
  for (const [name, value] of Object.entries(step.outputs)) console.log(`${name}=${value}`)
  console.log('\n--- summary')
  console.log(step.summary)
}

const problems: string[] = []
const times: [string, number][] = []
try {
  for (const scene of scenes) {
    heading(scene.title)
    const end = await scene.prepare?.()
    devnet.requests.clear()
    const step = await runStep(job, {
      inputs: { ...devnet.inputs(), 'model-version': '1.0.0', datasets: DATASET, ...scene.inputs },
      onLog: (text) => process.stdout.write(text),
    })
    end?.()
    process.stderr.write(step.stderr)
    show(step)
    times.push([scene.title, step.milliseconds])
    problems.push(...judge(scene, step))
  }
} finally {
  await devnet.close()
  await rm(job.folder, { recursive: true, force: true })
}

heading(
  problems.length === 0
    ? `All ${scenes.length} runs did what they should.`
    : 'Some runs did not do what they should.',
)
console.log(`Model file of ${formatSize(modelSize)}; wall time of the whole process:`)
for (const [title, milliseconds] of times)
  console.log(`  ${formatDuration(milliseconds).padStart(8)}  ${title}`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
