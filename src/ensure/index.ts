export {
  ENVIRONMENT_ONLY,
  INPUTS,
  type InputName,
  type InputSpec,
  OUTPUTS,
  type OutputName,
} from './inputs.ts'
export { type Interruption, interruptOnSignals } from './interrupt.ts'
export { artifactPaths, modelPath, outputsOf, readyEnvironment } from './outputs.ts'
export { outliveClosedPipes } from './pipes.ts'
export {
  artifactProviders,
  artifactSize,
  describeError,
  describeOutcome,
  describePlanned,
} from './present.ts'
export { ProgressLines } from './progress.ts'
export { manifestOfFolder, type PublishableManifest } from './publish-manifest.ts'
export { ensure, ensureFromInputs } from './run.ts'
export {
  type CacheMode,
  type Environment,
  inputText,
  privateKeyNames,
  type RawInputs,
  readSettings,
  type Settings,
} from './settings.ts'
export type {
  ArtifactReport,
  CachePort,
  EnsureResult,
  FailureReport,
  FileReport,
  PlannedReport,
  Ports,
  Provider,
} from './types.ts'
export { formatDuration, formatSize, parseSize } from './units.ts'
export { VERSION } from './version.ts'
