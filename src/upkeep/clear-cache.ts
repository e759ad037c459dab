import type { Reporter } from '../core/index.ts'
import type { ClearedCache, Store } from '../store/index.ts'

/**
 * Removes what the store keeps to be faster or to count, and makes the usage index anew from receipts and folders. Jobs that run
 * meanwhile go on.
 *
 * @throws R3mesError of the store
 */
export async function clearCache(store: Store, reporter: Reporter): Promise<ClearedCache> {
  const cleared = await store.remover.cache()
  await reporter.phase('Usage index', () => store.usage.rebuild())
  return cleared
}
