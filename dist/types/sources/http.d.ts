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
 * Mirrors first: whoever names one has it near. Then the URLs of the record.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export declare function httpSource({ mirrors }: HttpSettings): Source;
