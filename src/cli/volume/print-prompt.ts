import { sanitiseText } from '../../core/index.ts'
import { print } from '../output.ts'

/**
 * Prints a prompt as it is, but for what a terminal or a runner would obey instead of showing it. Programs that need it to the letter
 * take `--json`.
 */
export async function printPrompt(prompt: string, label = ''): Promise<void> {
  await print(`${sanitiseText(`${label}${prompt}`, Number.POSITIVE_INFINITY)}\n`)
}
