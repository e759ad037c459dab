import { createHash } from 'node:crypto'
import type { Origin } from './types.ts'

/** Names an origin in a journal without telling its URL. */
export function contributorKey({ source, url }: Origin): string {
  return createHash('sha256').update(`${source} ${url.origin}${url.pathname}`).digest('hex').slice(0, 16)
}
