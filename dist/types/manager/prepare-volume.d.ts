import type { ModelManager } from './model-manager.js';
import type { PrepareOptions, VolumeRequest } from './types.js';
import { type VolumeResult } from './volume-result.js';
/**
 * Brings what a request asks for, builds the prompt, and counts what the volume holds then. Never throws: what failed stands in the
 * result.
 *
 * @param readRequest reads it; its errors become the result
 */
export declare function prepareVolume(manager: ModelManager, readRequest: () => Promise<VolumeRequest>, options?: PrepareOptions): Promise<VolumeResult>;
