/**
 * The library: what the action and the command do, as classes and functions. docs/library.md tells of each.
 *
 * @example
 * ```ts
 * import { ensureFromInputs, modelPath, silentReporter } from 'setup-r3mes'
 *
 * // The inputs of the action, by their names. What is not given comes from the environment.
 * const result = await ensureFromInputs(
 *   { 'model-version': '1.0.0', adapters: 'general_dora' },
 *   { reporter: silentReporter, environment: process.env },
 * )
 * if (result.error !== undefined) throw result.error
 * console.log(modelPath(result))
 * ```
 */
export { ERROR_CLASSES, type ErrorClass, type ErrorCode, printableJson, R3mesError, type Reporter, sanitiseHtml, sanitiseLine, sanitiseText, silentReporter, type TransferProgress, } from './core/index.js';
export { type ArtifactReport, artifactPaths, type CachePort, type EnsureResult, ensure, ensureFromInputs, type LockMode, type LockOffer, type LockResult, lockFromInputs, modelPath, type Ports, type RawInputs, readSettings, type Settings, VERSION, } from './ensure/index.js';
export * from './library/index.js';
export { buildLoraPrompt, type CacheRegistry, type CacheStats, type CleanedModel, type Cleanup, type CleanupOptions, type GotModel, type LoraRequest, type ModelFailure, type ModelKind, ModelManager, type ModelManagerOptions, type ModelRequest, modelManager, type PreparedLora, type PreparedModels, type PreparedRequest, type PrepareOptions, type Scale, type SectionStats, type VolumeEntry, type VolumeRequest, } from './manager/index.js';
export type { SyncedArtifact, SyncState } from './upkeep/index.js';
