import { sanitiseHtml } from '../core/index.ts'
import type { JobEnd } from './end-of-job.ts'

/** What post adds to the job summary; empty when nothing happened that anybody would look for. */
export function formatJobEnd({ lease, pruned }: JobEnd): string {
  const [outcome, ...things] = pruned
  const said = [lease, outcome].filter((sentence) => sentence !== undefined)
  if (said.length === 0) return ''
  const items = (sentences: readonly string[]): string =>
    `<ul>${sentences.map((sentence) => `<li>${sanitiseHtml(sentence)}</li>`).join('')}</ul>`
  const details =
    things.length === 0 ? '' : `\n\n<details><summary>What was removed</summary>${items(things)}</details>`
  return `### 🧹 R3MES model store: end of the job\n\n${items(said)}${details}\n`
}
