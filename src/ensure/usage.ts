import { hostname, userInfo } from 'node:os'
import { sanitiseLine } from '../core/index.ts'
import { isFolder } from '../registry/index.ts'
import type { Counted, SourceCounters, Use } from '../store/index.ts'
import { jobOf } from './job.ts'
import type { Obtained } from './obtain.ts'
import type { Run } from './open-run.ts'
import type { Environment } from './settings.ts'
import type { ArtifactReport, EnsureResult } from './types.ts'

/**
 * Notes in the store's usage index what this run handed out, and adds the run to the totals. Before the receipt is written: an
 * index that has to be made anew counts the receipts that are there, and then this run.
 */
export async function noteUsage(run: Run, obtained: readonly Obtained[]): Promise<void> {
  const { record, store, settings, environment } = run
  const { result } = record
  if (settings.planOnly) return
  const at = new Date()
  const usedBy = userOf(environment)
  await store.usage.noteUse(result.artifacts.map((artifact) => useOf(artifact, result.chainId, usedBy, at)))
  await store.usage.count(countedOf(result, obtained))
}

/** Who uses the store: a job of a workflow, or a user of this machine. */
function userOf(environment: Environment): string {
  const job = jobOf(environment)
  if (job === undefined) return sanitiseLine(`${userName()} on ${hostname()}`)
  return `${job.repository}: ${job.workflow} / ${job.job}, on ${job.runner || sanitiseLine(hostname())}`
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // An id without a name, as containers have them.
    return `user ${process.geteuid?.() ?? ''}`.trim()
  }
}

function useOf(artifact: ArtifactReport, chainId: string, usedBy: string, at: Date): Use {
  const { kind, path, digest, version, files, approvedAtHeight } = artifact
  return {
    kind,
    path,
    isFolder: isFolder(artifact),
    digest,
    version,
    url: files.map(({ url }) => url).find((url) => url !== undefined),
    files: files.map(({ path: inside, sha256, size }) => ({ path: inside, sha256, size })),
    approvedAtHeight,
    chainId,
    usedBy,
    downloaded: files.some(({ from }) => from !== 'store'),
    at,
  }
}

/** What a run adds to the totals. A source fails once for each place of it that did not serve. */
export function countedOf(
  { success, failures, bytesBySource }: Pick<EnsureResult, 'success' | 'failures' | 'bytesBySource'>,
  obtained: readonly Obtained[],
): Counted {
  const hits = obtained.filter(({ from }) => from === 'store').length
  const sources = new Map<string, SourceCounters>()
  const add = (source: string, more: Partial<SourceCounters>): void => {
    const { ok, failed, bytes, milliseconds } = sources.get(source) ?? {
      ok: 0,
      failed: 0,
      bytes: 0,
      milliseconds: 0,
    }
    sources.set(source, {
      ok: ok + (more.ok ?? 0),
      failed: failed + (more.failed ?? 0),
      bytes: bytes + (more.bytes ?? 0),
      milliseconds: milliseconds + (more.milliseconds ?? 0),
    })
  }
  for (const { from, milliseconds } of obtained) {
    if (from !== 'store') add(from, { ok: 1, milliseconds })
  }
  for (const [source, bytes] of Object.entries(bytesBySource)) add(source, { bytes })
  for (const { source } of failures) add(source, { failed: 1 })
  return { success, hits, misses: obtained.length - hits, sources: Object.fromEntries(sources) }
}
