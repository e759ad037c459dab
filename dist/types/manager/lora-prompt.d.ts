import type { PreparedLora, Scale } from './types.js';
/**
 * A scale as it is printed: a number in its shortest form without an exponent, a text as it is written.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export declare function scaleText(scale: Scale): string;
/**
 * Puts the tags of LoRAs before a prompt, in the order in which they are given.
 *
 * @example
 * ```ts
 * buildLoraPrompt('beautiful landscape', [['/path/to/landscape.safetensors', 0.8]])
 * // '<lora:landscape:0.8> beautiful landscape'
 * ```
 * @param loraPaths path and scale of each; the names are those of the files, without their extension
 * @throws R3mesError `INPUT_INVALID` for a name or a scale that would break the tag
 */
export declare function buildLoraPrompt(basePrompt: string, loraPaths: readonly PreparedLora[]): string;
