import type { Reporter } from '../core/index.ts'
import { formatSize, type PruneRules } from '../ensure/index.ts'
import type { Store } from '../store/index.ts'
import { type PrunedThing, type PruneReport, pruneStore } from '../upkeep/index.ts'

/** More would make a log and a summary of it that nobody reads. */
const MOST_NAMED = 100

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function outcome({ removed, bytes, short, interrupted, quarantineBefore }: PruneReport): string {
  const artifacts = removed.filter(({ kind }) => kind !== 'blob').length
  const blobs = removed.length - artifacts
  const went = [
    ...(artifacts > 0 ? [count(artifacts, 'artifact')] : []),
    ...(blobs > 0 ? [count(blobs, 'unused blob')] : []),
  ]
  const freed = `Pruned: ${went.join(' and ') || 'nothing'}, ${formatSize(bytes)} freed on the disk.`
  const missed =
    short > 0
      ? ` ${formatSize(short)} more were asked for: what is left is in use, among the most used, or not the store's own.`
      : ''
  const beside =
    quarantineBefore > 0 ? ` The quarantine takes ${formatSize(quarantineBefore)} beside it.` : ''
  return `${freed}${missed}${beside}${interrupted ? ' A signal ended it early.' : ''}`
}

function named({ kind, name, bytes, lastUsed, useCount }: PrunedThing): string {
  const used = `last used ${new Date(lastUsed).toISOString().slice(0, 10)}, ${count(useCount, 'use')}`
  return `${kind} ${name}: ${formatSize(bytes)}, ${used}`
}

/**
 * Prunes the store at the end of a job.
 *
 * @returns sentences: what came of it, then what went
 * @throws R3mesError as `pruneStore`
 */
export async function pruneAtEnd(
  store: Store,
  rules: PruneRules,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return await reporter.phase('Prune', async () => {
    const report = await pruneStore(store, rules, reporter, { signal })
    const things = report.removed.filter(({ kind }) => kind !== 'blob')
    const more = things.length - MOST_NAMED
    const said = [
      outcome(report),
      ...things.slice(0, MOST_NAMED).map(named),
      ...(more > 0 ? [`… and ${more} more`] : []),
    ]
    for (const sentence of said) reporter.info(sentence)
    return said
  })
}
