import { type WantedFile } from '../core/index.js';
import type { Source } from './types.js';
export interface HttpSettings {
    /** URL templates with `{sha256}`, `{cid}` or `{path}` behind the host. */
    readonly mirrors: readonly string[];
}
/**
 * Says that a mirror template is one.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export declare function checkMirrorTemplate(template: string): void;
/**
 * The URL of a file on a mirror.
 *
 * @returns undefined when the template needs what the file lacks
 */
export declare function expandTemplate(template: string, file: WantedFile): URL | undefined;
/**
 * Mirrors first: whoever names one has it near. Then the URLs of the record.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export declare function httpSource({ mirrors }: HttpSettings): Source;
