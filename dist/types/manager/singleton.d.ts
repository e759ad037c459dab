import { ModelManager } from './model-manager.js';
/**
 * The manager of the volume that the environment names (`MODELS_BASE_PATH`, else `/workspace/models`), made when it is first used.
 *
 * @example
 * ```ts
 * const [checkpointPath, loraPaths] = await modelManager.prepareModelsForRequest(checkpoint, loras)
 * ```
 */
export declare const modelManager: ModelManager;
