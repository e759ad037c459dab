/** Artifacts that a run has put in place and told of, for tests that look at a store afterwards. */
import { onTestFinished } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import type { Store } from '../../src/store/index.ts'
import type { StoreVerdict, VerifyOptions } from '../../src/upkeep/index.ts'
import { verifyStore } from '../../src/upkeep/index.ts'
import { type ArtifactSketch, anArtifact } from './store.ts'

let receipts = 0

/** Puts an artifact in place, and tells of it as a run does: by its receipt, or in the usage index. Returns its final path. */
export async function inPlace(
  store: Store,
  sketch: ArtifactSketch & { readonly told?: 'receipt' | 'index' } = {},
): Promise<string> {
  const artifact = await anArtifact(store, sketch)
  const { path } = await store.promote(artifact)
  const { kind, asFolder: isFolder, name: id } = artifact
  const [version, digest] = ['1.0.0', `sha256:${artifact.files[0]?.file.sha256}`]
  const files = artifact.files.map(({ path: inside, file: { sha256, size } }) => ({
    path: inside,
    sha256,
    size,
  }))
  if (sketch.told === 'index') {
    const about = { approvedAtHeight: 7n, chainId: 'test-1', url: undefined, usedBy: undefined }
    const use = { ...about, kind, path, isFolder, digest, version, files, downloaded: true, at: new Date() }
    await store.usage.noteUse([use])
    return path
  }
  const told = { kind, id, version, digest, path, files, approvedAtHeight: '7' }
  receipts += 1
  const name = `receipts/20260101T000000Z-${String(receipts).padStart(8, '0')}.json`
  await store.writeCacheFile(
    name,
    JSON.stringify({ success: true, finishedAt: new Date(), chain: { id: 'test-1' }, artifacts: [told] }),
  )
  return path
}

/** Checks a store. What it says is kept, for tests that want to see it. */
export async function checked(store: Store, options: Partial<VerifyOptions> = {}): Promise<StoreVerdict> {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  return await verifyStore(store, { reporter: silentReporter, signal: stop.signal, ...options })
}

/** `state path below the store`, one for each file. */
export function statesOf(store: Store, { files }: StoreVerdict): string[] {
  return files.map(({ state, path }) => `${state} ${path.replace(`${store.home}/`, '')}`)
}
