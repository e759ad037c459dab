import { sanitiseHtml } from '../core/index.ts'
import { describeError, formatSize } from '../ensure/index.ts'
import {
  type CacheStats,
  type GotModel,
  isComplete,
  VOLUME_SECTIONS,
  type VolumeResult,
} from '../manager/index.ts'
import { code, list, table } from './summary-parts.ts'

function modelRow({ kind, name, sha256, size, isHit, isUnpinned, path }: GotModel): string[] {
  const short = `<code title="${sha256}">${sha256.slice(0, 12)}…</code>`
  return [
    kind,
    code(name),
    formatSize(size),
    isUnpinned ? `${short}, unpinned` : short,
    isHit ? 'was there' : 'brought',
    code(path),
  ]
}

function holding(stats: CacheStats): string {
  const rows = VOLUME_SECTIONS.map((section) => {
    const { count, total_size: size } = stats[section]
    return [section, String(count), formatSize(size)]
  })
  const { disk_usage: disk } = stats
  const free = `The disk has ${formatSize(disk.free)} of ${formatSize(disk.total)} free.`
  return `${table(['volume', 'models', 'size'], rows)}\n\n${free}`
}

/** One sentence that says how the run ended. */
export function describeVolume(result: VolumeResult): string {
  if (result.interrupted) return 'Stopped by a signal. What was brought until then is in place.'
  const { checkpoint, loras, embeddings, failures } = result.prepared
  const there = (checkpoint === null ? 0 : 1) + loras.length + embeddings.length
  return result.error !== undefined && failures.length === 0
    ? `Failed: ${result.error.code}.`
    : `${there} of ${there + failures.length} models are in place and checked.`
}

/** The job summary of the sub-action as Markdown that holds HTML. Everything that came from a request or a host is escaped. */
export function formatVolumeSummary(result: VolumeResult): string {
  const { prepared, stats, error } = result
  const mark = isComplete(result) ? '✅' : result.interrupted ? '⏹️' : '❌'
  const parts = [`### ${mark} R3MES volume`, sanitiseHtml(describeVolume(result))]
  if (error !== undefined) {
    const problems = error.problems.length > 0 ? error.problems : [error]
    parts.push(list(problems.flatMap((problem) => describeError(problem).slice(0, 1))))
  }
  const models = [
    ...(prepared.checkpoint === null ? [] : [prepared.checkpoint]),
    ...prepared.loras,
    ...prepared.embeddings,
  ]
  if (models.length > 0) {
    const head = ['what', 'name', 'size', 'SHA-256', 'how', 'place']
    parts.push(table(head, models.map(modelRow), 'in the file of the output `result`'))
  }
  if (stats !== undefined) parts.push(holding(stats))
  return `${parts.join('\n\n')}\n`
}
