import { type Environment, type RawInputs } from '../ensure/index.js';
import type { ModelManagerOptions } from './types.js';
import { ON_ERROR_MODES, type VolumeInputName } from './volume-inputs.js';
/** What was typed, checked for form. */
export interface TypedVolume {
    /** The manager reads the environment for what nobody typed. */
    readonly options: ModelManagerOptions;
    readonly onError: (typeof ON_ERROR_MODES)[number];
    /** JSON or a path; empty when there is none. */
    readonly request: string;
}
/** The text that counts for an input: value, else environment, else default. */
export declare function volumeInputText(name: VolumeInputName, raw: RawInputs, environment: Environment): string;
/** @throws R3mesError `INPUT_INVALID` with every problem at once */
export declare function readVolumeInputs(raw: RawInputs, environment: Environment): TypedVolume;
