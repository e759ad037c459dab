import type { ModelManager } from './model-manager.js';
import type { ModelFailure, VolumeEntry } from './types.js';
export interface CheckedEntries {
    readonly right: readonly VolumeEntry[];
    readonly failures: readonly ModelFailure[];
}
/** Checks every model of a volume, several at a time, and says which ones are what their hashes name. */
export declare function checkEntries(manager: ModelManager, { allowUnpinned }: {
    readonly allowUnpinned: boolean;
}): Promise<CheckedEntries>;
