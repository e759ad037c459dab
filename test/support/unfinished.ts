/** Downloads that ended before they were done, and what they left. */
import { readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { vi } from 'vitest'
import { journalPath, parseJournal } from '../../src/transfer/journal.ts'
import { askedPart, except, SMALL_PARTS, serveParts } from './ranged.ts'
import { type Approved, aHost, aNetwork, configured, type Host, partialPath } from './transfer.ts'

/** Bytes of the files here. */
export const SIZE = 1_500_000

/** How many bytes were asked of a host. */
export function bytesAsked({ requests }: Host): number {
  const parts = requests.map((request) => askedPart(request, SIZE)).filter((part) => part !== undefined)
  return parts.reduce((sum, { start, end }) => sum + end - start, 0)
}

/** Bytes of a partial that its journal names. */
export async function written(path: string): Promise<number> {
  const journal = await readFile(journalPath(path), 'utf8').catch(() => '')
  return parseJournal(journal)?.written.size ?? 0
}

/** Serves parts that end by `last`, and lets everybody wait who asks for more. */
export function upTo(last: number, honest: RequestListener): RequestListener {
  const waits: RequestListener = () => undefined
  return except(honest, (request) => (askedPart(request, SIZE)?.end ?? SIZE) > last, waits)
}

/** Comes back when a promise is over, however it ends. */
export async function errorLess(promise: Promise<unknown>): Promise<void> {
  await promise.catch(() => undefined)
}

/** Leaves the first `bytes` of a file at a path, as a download does that was aborted. */
export async function leaveSome(
  approved: Approved,
  bytes: number,
): Promise<{ path: string; host: Host; left: number }> {
  const path = await partialPath()
  const host = await aHost(upTo(bytes, serveParts(approved.bytes)))
  const stop = new AbortController()
  const aborted = errorLess(
    aNetwork({ sizes: SMALL_PARTS }).download(configured(host.url), approved.expected, path, {
      resume: true,
      signal: stop.signal,
    }),
  )
  const whole =
    SMALL_PARTS.first + Math.floor((bytes - SMALL_PARTS.first) / SMALL_PARTS.segment) * SMALL_PARTS.segment
  await vi.waitUntil(async () => (await written(path)) >= whole, { timeout: 30_000, interval: 5 })
  stop.abort()
  await aborted
  return { path, host, left: await written(path) }
}
