import { R3mesError } from '../core/index.js';
import { type Store } from '../store/index.js';
import { type NetworkOptions } from '../transfer/index.js';
import { Bringer } from './bring.js';
import { type VolumeLayout } from './layout.js';
import type { VolumeSettings } from './settings.js';
import { VolumeRegistry } from './volume-registry.js';
/** For tests and measurements. */
export interface ManagerParts {
    /** CivitAI's origin. */
    readonly civitai?: URL;
    readonly network?: Pick<NetworkOptions, 'resolve' | 'retryPolicy' | 'timeouts' | 'sizes'>;
}
/** What can be written to. */
export interface WritableVolume extends AsyncDisposable {
    readonly kind: 'writable';
    readonly layout: VolumeLayout;
    readonly settings: VolumeSettings;
    readonly store: Store;
    readonly registry: VolumeRegistry;
    readonly bringer: Bringer;
}
/** What can only be read: nothing is brought, and nothing is written down. */
export interface ReadOnlyVolume extends AsyncDisposable {
    readonly kind: 'read-only';
    readonly layout: VolumeLayout;
    readonly settings: VolumeSettings;
    readonly registry: VolumeRegistry;
    /** Why. */
    readonly reason: R3mesError;
}
export type Volume = WritableVolume | ReadOnlyVolume;
/**
 * Makes the folders of a volume that are missing.
 *
 * @throws R3mesError `STORE_NOT_WRITABLE`, `DISK_FULL`, `STORE_UNSAFE`
 */
export declare function makeVolumeFolders({ base, sections }: VolumeLayout): Promise<void>;
/**
 * Opens a volume, making what is missing. One that cannot be written is opened for reading.
 *
 * @param signal ends all work on it
 * @throws R3mesError `STORE_UNSAFE`, `DISK_FULL`; `STORE_NOT_WRITABLE` when it is not there and cannot be made
 */
export declare function openVolume(settings: VolumeSettings, parts: ManagerParts, signal: AbortSignal): Promise<Volume>;
