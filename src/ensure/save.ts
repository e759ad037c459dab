import type { Obtainer } from './obtain.ts'
import type { Run } from './open-run.ts'
import { formatSize } from './units.ts'

/**
 * Saves what this run fetched to the Actions cache, right after it was verified and put in place: no later step can lose
 * or poison it. The cache never fails a run.
 */
export async function saveToCache(run: Run, obtainer: Obtainer): Promise<void> {
  const { cache, reporter, record } = run
  if (cache === undefined) return
  const files = obtainer.obtained.map(({ file, from }) => ({ ...file, from }))
  await reporter.phase('Actions cache', () =>
    record.timed('cache', async () => {
      const saved = await cache.save(files, run.signal)
      reporter.info(`${saved.entries} entries saved, ${formatSize(saved.bytes)}.`)
      if (run.signal.aborted) {
        const why = run.interrupted ? 'A signal' : 'The deadline'
        reporter.warning(
          `${why} ended the saving to the Actions cache. Everything that was asked for is in place.`,
        )
      }
    }),
  )
}

/** Writes down how the cache served this run, however the run ended. */
export function noteCacheUse({ cache, record }: Run, obtainer: Obtainer): void {
  const from = Map.groupBy(obtainer.obtained, ({ from }) =>
    from === 'store' || from === 'cache' ? from : 'elsewhere',
  )
  const count = (provider: 'store' | 'cache' | 'elsewhere'): number => from.get(provider)?.length ?? 0
  const used = {
    fromStore: count('store'),
    fromCache: count('cache'),
    fromElsewhere: count('elsewhere'),
  }
  const onlyNear = used.fromElsewhere === 0 && used.fromStore + used.fromCache > 0
  record.cache(cache?.status(used) ?? record.result.cacheStatus, onlyNear)
}
