import { expect } from 'vitest'
import type { StepOptions, StepResult } from '../../scripts/action-runner.ts'
import type { DevnetOptions } from '../../src/devnet/index.ts'
import { OUTPUTS } from '../../src/ensure/index.ts'
import { aScenario, type Scenario } from './scenario.ts'

export const IS_ROOT = process.getuid?.() === 0
/** Takes from root what lets it write everywhere; nobody else has that. */
export const AS_PLAIN_USER: Omit<StepOptions, 'inputs'> = IS_ROOT
  ? { launcher: ['setpriv', '--bounding-set=-dac_override,-dac_read_search,-fowner', '--'] }
  : {}
export const MIB = 1024 * 1024
/** No file may grow larger: the adapters of the sample fit, its models do not. */
export const SMALL_FILES_ONLY = ['prlimit', `--fsize=${600 * 1024}`, '--']
export const MODEL = { 'model-version': '1.0.0' }

/** A scenario on a machine without the runner's cache service. */
export function aStoreScenario(options: DevnetOptions = {}): Promise<Scenario> {
  return aScenario({ ...options, cache: false })
}

/** Digests of the main job's files, by path below the store. */
export function approved({ devnet }: Scenario): Record<string, string> {
  const sha256 = (name: string, size: number): string => devnet.addContent(name, size).sha256
  return {
    'models/v1.0.0/model.gguf': sha256('model 1.0.0', 2 * MIB),
    'adapters/general_dora.safetensors': sha256('adapter general_dora', 256 * 1024),
    'adapters/coder.safetensors': sha256('adapter coder', 256 * 1024),
    'datasets/training_dataset_v1/training_dataset_v1.jsonl': sha256(
      'dataset training_dataset_v1',
      128 * 1024,
    ),
  }
}

/** Holds a step to what every refusal by the store has in common. */
export function expectRefused(step: StepResult, scenario: Scenario, code: string): void {
  expect([step.exitCode, step.outputs['error-code']]).toEqual([7, code])
  expect(step.outputs).toMatchObject({ success: 'false', 'model-path': '', 'adapter-paths': '{}' })
  expect(Object.keys(step.outputs).sort()).toEqual(OUTPUTS.map(({ name }) => name).sort())
  expect(scenario.devnet.requests.content()).toEqual([])
  expect(step.stdout.split('\n').filter((line) => line.startsWith('::error'))).toHaveLength(1)
}
