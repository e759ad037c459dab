/** A process with a manager of its own: its argument is a {@link VolumeJob} as JSON, and it prints a {@link VolumeReport}. */
import { type LoraRequest, ModelManager, type ModelManagerOptions } from '../../src/manager/index.ts'

export interface VolumeJob {
  readonly options: Omit<ModelManagerOptions, 'reporter' | 'signal'>
  readonly loras: readonly LoraRequest[]
}

export interface VolumeReport {
  readonly paths: readonly string[]
  /** Codes. */
  readonly failures: readonly string[]
}

const job: VolumeJob = JSON.parse(process.argv[2] ?? '')
// Left behind without being disposed of, as programs do: the process has to end all the same.
const manager = new ModelManager(job.options)
const [, loras, failures] = await manager.prepareModelsForRequest(null, job.loras)
const report: VolumeReport = {
  paths: loras.map(([path]) => path),
  failures: failures.map(({ name, error }) => `${name} ${error.code}: ${error.message}`),
}
console.log(JSON.stringify(report))
