/**
 * `npm start`: the main job against the embedded devnet. The built action runs as the runner runs it: cold, on a wiped
 * home (the Actions cache restores), warm, and once with a conflicting adapter. Exits with 1 when any run is not what it
 * should be.
 *
 * `npm start -- --size 1GB` sets the size of the model file.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Devnet } from '../src/devnet/index.ts'
import { formatDuration, formatSize, parseSize } from '../src/ensure/units.ts'
import { newJob, runStep, type StepResult } from './action-runner.ts'

/** The built devnet, as users of the package get it. */
const { startDevnet }: typeof import('../src/devnet/index.ts') = await import(
  join(import.meta.dirname, '../dist/devnet.js')
)

const { values } = parseArgs({ options: { size: { type: 'string', default: '200MB' } } })
const modelSize = parseSize(values.size)
if (modelSize === undefined) throw new Error(`--size must be a size such as 200MB, not ${values.size}`)

interface Scene {
  readonly title: string
  readonly adapters: string
  /** What must hold: output name, or `exit` and `content requests`, and the value. */
  readonly expected: Readonly<Record<string, string | ((value: string) => boolean)>>
}

const scenes: readonly Scene[] = [
  {
    title: 'cold: empty store, empty cache',
    adapters: 'general_dora\ncoder',
    expected: {
      exit: '0',
      success: 'true',
      'cache-status': 'miss',
      'cache-hit': 'false',
      'bytes-downloaded': (bytes) => Number(bytes) >= modelSize,
      'content requests': (requests) => Number(requests) > 0,
    },
  },
  {
    title: 'restored: wiped home, the Actions cache has the bytes',
    adapters: 'general_dora\ncoder',
    expected: {
      exit: '0',
      success: 'true',
      'cache-status': 'hit',
      'cache-hit': 'true',
      'bytes-downloaded': (bytes) => Number(bytes) >= modelSize,
      'content requests': '0',
    },
  },
  {
    title: 'warm: everything is in the store',
    adapters: 'general_dora\ncoder',
    expected: {
      exit: '0',
      success: 'true',
      'cache-status': 'unused',
      'cache-hit': 'true',
      'bytes-downloaded': '0',
      'content requests': '0',
    },
  },
  {
    title: 'refused: `writer` conflicts with `coder`',
    adapters: 'coder\nwriter',
    expected: {
      exit: '3',
      success: 'false',
      'error-code': 'ADAPTER_CONFLICT',
      'model-path': '',
      'bytes-downloaded': '0',
      'content requests': '0',
    },
  },
]

function heading(text: string): void {
  console.log(`\n${'='.repeat(100)}\n${text}\n${'='.repeat(100)}`)
}

/** What the run was, against what it should have been; returns the differences. */
function judge(scene: Scene, step: StepResult, devnet: Devnet): string[] {
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

const devnet = await startDevnet({ sizes: { model: modelSize } })
const job = await newJob(devnet.cacheEnvironment())
const problems: string[] = []
const times: [string, number][] = []
try {
  for (const scene of scenes) {
    heading(scene.title)
    if (scene.title.startsWith('restored'))
      await rm(join(job.home, '.r3mes'), { recursive: true, force: true })
    devnet.requests.clear()
    const step = await runStep(job, {
      inputs: {
        ...devnet.inputs(),
        'model-version': '1.0.0',
        adapters: scene.adapters,
        datasets: 'training_dataset_v1',
      },
      onLog: (text) => process.stdout.write(text),
    })
    process.stderr.write(step.stderr)
    show(step)
    times.push([scene.title, step.milliseconds])
    problems.push(...judge(scene, step, devnet))
  }
} finally {
  await devnet.close()
  await rm(job.folder, { recursive: true, force: true })
}

heading(
  problems.length === 0 ? 'All four runs did what they should.' : 'Some runs did not do what they should.',
)
console.log(`Model file of ${formatSize(modelSize)}; wall time of the whole process:`)
for (const [title, milliseconds] of times)
  console.log(`  ${formatDuration(milliseconds).padStart(8)}  ${title}`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
