import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Job, newJob, runStep, type StepOptions, type StepResult } from '../../scripts/action-runner.ts'
import { type Devnet, type DevnetOptions, startDevnet } from '../../src/devnet/index.ts'

/** The request that the sample registry satisfies. */
export const MAIN_JOB = {
  'model-version': '1.0.0',
  adapters: 'general_dora\ncoder',
  datasets: 'training_dataset_v1',
} as const

/**
 * A devnet and a job that uses it. `await using` ends both.
 */
export interface Scenario extends AsyncDisposable {
  readonly devnet: Devnet
  readonly job: Job
  /** Root of the job's store. */
  readonly store: string
  /** Runs the built action with the devnet's inputs, and these. */
  step(inputs: Readonly<Record<string, string>>, options?: Omit<StepOptions, 'inputs'>): Promise<StepResult>
}

/** @param cache false: a machine without the runner's cache service */
export async function startScenario(
  options: DevnetOptions & { readonly cache?: boolean } = {},
): Promise<Scenario> {
  const { cache = true, ...devnetOptions } = options
  const devnet = await startDevnet(devnetOptions)
  const job = await newJob(cache ? devnet.cacheEnvironment() : {})
  return {
    devnet,
    job,
    store: join(job.home, '.r3mes'),
    step: (inputs, stepOptions = {}) =>
      runStep(job, { ...stepOptions, inputs: { ...devnet.inputs(), ...inputs } }),
    async [Symbol.asyncDispose]() {
      await devnet.close()
      await rm(job.folder, { recursive: true, force: true })
    },
  }
}

/** A scenario that ends with the test that asked for it. */
export async function aScenario(options: Parameters<typeof startScenario>[0] = {}): Promise<Scenario> {
  const scenario = await startScenario(options)
  onTestFinished(() => scenario[Symbol.asyncDispose]())
  return scenario
}
