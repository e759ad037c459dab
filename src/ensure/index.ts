export { outliveClosedPipes, VERSION } from '../core/index.ts'
export type { Planner } from './approvals/ask-chain.ts'
export { describeEvidence, witnessesThatAgree } from './approvals/evidence.ts'
export { type AskedPlan, askApprovals, askPlan } from './ask-approvals.ts'
export { expandPath, flag, integer, lines, oneOf } from './forms.ts'
export {
  ENVIRONMENT_ONLY,
  INPUTS,
  type InputName,
  type InputSpec,
  OUTPUTS,
  type OutputName,
} from './inputs.ts'
export { type Interruption, interruptOnSignals } from './interrupt.ts'
export { type JobName, jobOf } from './job.ts'
export { type LockMode, type LockResult, lockFromInputs } from './lock/lock.ts'
export { LOCK_INPUTS } from './lock/lock-settings.ts'
export { type ObtainContext, type Obtained, Obtainer } from './obtain.ts'
export { type ObtainedFile, obtainFile } from './obtain-file.ts'
export { configuredHosts } from './open-run.ts'
export {
  artifactPaths,
  fitsOutput,
  modelPath,
  outputsOf,
  readyEnvironment,
  sentenceOutput,
} from './outputs.ts'
export {
  artifactProviders,
  artifactSize,
  describeDownload,
  describeError,
  describeOutcome,
  describePlanned,
} from './present.ts'
export { ProgressLines } from './progress.ts'
export type { PruneRules } from './prune-inputs.ts'
export { manifestOfFolder, type PublishableManifest } from './publish-manifest.ts'
export { describeRate, RateMeter } from './rate.ts'
export { ensure, ensureFromInputs } from './run.ts'
export {
  type CacheMode,
  type Environment,
  homeOf,
  inputText,
  privateKeyNames,
  type RawInputs,
  readSettings,
  refusePrivateKeys,
  type Settings,
  type StoreFolders,
  storeFolders,
  VERIFY_MODES,
  type VerifyMode,
} from './settings.ts'
export { isInCi, untrustedEvent } from './trust/events.ts'
export { type LockState, readLockState } from './trust/lock-file.ts'
export { decideTrust, type TrustDecision, type TrustSituation } from './trust/trust.ts'
export type {
  ArtifactReport,
  CachePort,
  EnsureResult,
  FailureReport,
  FileReport,
  JobEndPort,
  LockOffer,
  PlannedReport,
  Ports,
  Provider,
} from './types.ts'
export {
  formatDuration,
  formatPeriod,
  formatSize,
  isZeroDuration,
  parseDuration,
  parseSize,
  parseSizeWithUnit,
} from './units.ts'
