import { type Reporter } from '../core/index.js';
import type { ModelManagerOptions } from './types.js';
/** Options and environment, checked for form. */
export interface VolumeSettings {
    /** Absolute. */
    readonly basePath: string;
    readonly allowUnpinned: boolean;
    readonly mirrors: readonly string[];
    readonly allowHosts: readonly string[];
    readonly hfEndpoint: URL;
    readonly hfToken: string | undefined;
    readonly civitaiToken: string | undefined;
    readonly verify: 'always' | 'changed';
    /** Bytes. */
    readonly maxModelSize: number;
    readonly parallelDownloads: number;
    readonly reporter: Reporter;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly signal: AbortSignal | undefined;
}
/** @throws R3mesError `INPUT_INVALID`, also for names that are no options; `PRIVATE_KEY_REFUSED` */
export declare function readVolumeSettings(options: ModelManagerOptions): VolumeSettings;
