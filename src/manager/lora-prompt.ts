/** LoRAs in a prompt, as AUTOMATIC1111's web UI and those after it read them: `<lora:name:scale>`. Pure. */
import { basename } from 'node:path'
import { R3mesError } from '../core/index.ts'
import { stemOf } from './names.ts'
import type { PreparedLora, Scale } from './types.ts'

const DECIMAL = /^[+-]?(?:[0-9]{1,6}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})$/
/** What would end the tag, or begin a part of it. */
const BREAKS = /[<>:\p{Cc}\p{Zl}\p{Zp}]/u

/**
 * A scale as it is printed: a number in its shortest form without an exponent, a text as it is written.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export function scaleText(scale: Scale): string {
  const text = typeof scale === 'number' ? numberText(scale) : String(scale).trim()
  if (DECIMAL.test(text)) return text
  throw new R3mesError(
    'INPUT_INVALID',
    'The scale of a LoRA is no decimal number, such as 0.8. Write digits, with a point where they have a fraction.',
    { detail: String(scale) },
  )
}

function numberText(value: number): string {
  const text = String(value)
  if (!text.includes('e')) return text
  // A scale that only an exponent can say is none that anybody means; tiny ones are written out.
  return Math.abs(value) < 1 ? value.toFixed(17).replace(/0+$/, '').replace(/\.$/, '') : text
}

function nameOf(path: string): string {
  // Paths of both kinds of system, whichever this one is.
  const name = stemOf(basename(path.replaceAll('\\', '/')))
  if (name !== '' && name.trim() === name && !BREAKS.test(name)) return name
  throw new R3mesError(
    'INPUT_INVALID',
    'The file name of a LoRA would break the prompt: it holds `<`, `>`, `:` or a line break, or is empty. Rename the file.',
    { detail: path },
  )
}

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
export function buildLoraPrompt(basePrompt: string, loraPaths: readonly PreparedLora[]): string {
  const tags = loraPaths.map(([path, scale]) => `<lora:${nameOf(path)}:${scaleText(scale)}>`)
  return [...tags, basePrompt].filter((part) => part !== '').join(' ')
}
