/**
 * The library: what the action and the command do, as functions.
 *
 * @example
 * ```ts
 * import { ensureFromInputs, silentReporter } from 'setup-r3mes'
 *
 * const result = await ensureFromInputs(
 *   {
 *     'rpc-urls': 'https://rpc-a.example.org\nhttps://rpc-b.example.org',
 *     'model-version': '1.0.0',
 *     adapters: 'general_dora',
 *   },
 *   { reporter: silentReporter, environment: process.env },
 * )
 * if (!result.success) throw result.error
 * ```
 */
export { ERROR_CLASSES, type ErrorClass, type ErrorCode, R3mesError, type Reporter, silentReporter, type TransferProgress, } from './core/index.js';
export { type ArtifactReport, artifactPaths, type CachePort, type EnsureResult, ensure, ensureFromInputs, type LockMode, type LockOffer, type LockResult, lockFromInputs, modelPath, type Ports, type RawInputs, readSettings, type Settings, VERSION, } from './ensure/index.js';
