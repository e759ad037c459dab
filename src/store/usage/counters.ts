/** Totals of all runs, in a small file beside the index. */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { errnoOf } from '../fs-error.ts'
import { setAside } from './aside.ts'
import { amount, isRecord, time } from './entry.ts'
import type { Counted, Counters, SourceCounters } from './types.ts'
import { writeWhole } from './write-whole.ts'

const MOST_BYTES = 1024 * 1024
/** Sources that are counted; names beyond come from no version of this tool. */
const MOST_SOURCES = 64

function whole(value: unknown): number {
  return Math.floor(amount(value))
}

function readSource(value: unknown): SourceCounters {
  const source = isRecord(value) ? value : {}
  return {
    ok: whole(source['ok']),
    failed: whole(source['failed']),
    bytes: whole(source['bytes']),
    milliseconds: whole(source['ms']),
  }
}

/** Undefined for what is no JSON object. */
function parseCounters(json: string): Counters | undefined {
  let root: unknown
  try {
    root = JSON.parse(json)
  } catch {
    return undefined
  }
  if (!isRecord(root)) return undefined
  const sources = isRecord(root['sources']) ? Object.entries(root['sources']) : []
  return {
    since: time(root['since']),
    runs: whole(root['runs']),
    failedRuns: whole(root['failed_runs']),
    hits: whole(root['hits']),
    misses: whole(root['misses']),
    sources: Object.fromEntries(
      sources.slice(0, MOST_SOURCES).map(([name, value]) => [name, readSource(value)]),
    ),
  }
}

function formatCounters({ since, runs, failedRuns, hits, misses, sources }: Counters): string {
  const plain = Object.entries(sources).map(
    ([name, { ok, failed, bytes, milliseconds }]) => [name, { ok, failed, bytes, ms: milliseconds }] as const,
  )
  const counters = { since, runs, failed_runs: failedRuns, hits, misses, sources: Object.fromEntries(plain) }
  return `${JSON.stringify(counters, undefined, 2)}\n`
}

/** Totals with one more run in them. */
export function addCounted(before: Counters, { success, hits, misses, sources }: Counted): Counters {
  const names = new Set([...Object.keys(before.sources), ...Object.keys(sources)])
  const none: SourceCounters = { ok: 0, failed: 0, bytes: 0, milliseconds: 0 }
  const sums = [...names].map((name) => {
    const [one, other] = [before.sources[name] ?? none, sources[name] ?? none]
    const sum: SourceCounters = {
      ok: one.ok + other.ok,
      failed: one.failed + other.failed,
      bytes: one.bytes + other.bytes,
      milliseconds: one.milliseconds + Math.round(other.milliseconds),
    }
    return [name, sum] as const
  })
  return {
    since: before.since,
    runs: before.runs + 1,
    failedRuns: before.failedRuns + (success ? 0 : 1),
    hits: before.hits + hits,
    misses: before.misses + misses,
    sources: Object.fromEntries(sums),
  }
}

/** Undefined when nothing was counted yet. A damaged file is put aside. */
export async function readCounters(path: string): Promise<Counters | undefined> {
  let handle: FileHandle
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'ENOENT') return undefined
    if (errno !== 'ELOOP') throw thrown
    await setAside(path)
    return undefined
  }
  await using file = handle
  const entry = await file.stat()
  const isReadable = entry.isFile() && entry.size <= MOST_BYTES
  const counters = isReadable ? parseCounters(await file.readFile('utf8')) : undefined
  if (counters === undefined) await setAside(path)
  return counters
}

/** @param now Unix seconds */
export async function countRun(path: string, counted: Counted, now: number): Promise<void> {
  const none: Counters = { since: now, runs: 0, failedRuns: 0, hits: 0, misses: 0, sources: {} }
  const counters = addCounted((await readCounters(path)) ?? none, counted)
  await writeWhole(path, [Buffer.from(formatCounters(counters))])
}
