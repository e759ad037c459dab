/** Builders for tests of pruning: real stores whose artifacts were used at times that a test chooses. */
import { stat } from 'node:fs/promises'
import { onTestFinished } from 'vitest'
import { formatDigest, silentReporter } from '../../src/core/index.ts'
import { openStore, type Promotable, type Store } from '../../src/store/index.ts'
import { type ArtifactSketch, anArtifact } from './store.ts'

export const DAY = 24 * 60 * 60 * 1000

export interface UsedSketch extends ArtifactSketch {
  /** Days since its last use. */
  readonly days?: number
  readonly uses?: number
}

/**
 * Promotes an artifact and notes its uses.
 *
 * @returns its final path
 */
export async function aUsed(store: Store, { days = 0, uses = 1, ...sketch }: UsedSketch): Promise<string> {
  const artifact: Promotable = await anArtifact(store, sketch)
  const { path } = await store.promote(artifact)
  for (let use = 0; use < uses; use++) {
    await store.usage.noteUse([
      {
        kind: artifact.kind,
        path,
        isFolder: artifact.asFolder,
        digest: formatDigest({
          kind: artifact.files.length === 1 ? 'sha256' : 'manifest',
          hex: artifact.digest,
        }),
        version: versionOf(artifact),
        url: undefined,
        files: artifact.files.map(({ path: inside, file }) => ({
          path: inside,
          sha256: file.sha256,
          size: file.size,
        })),
        approvedAtHeight: 42n,
        chainId: 'remes-testnet-1',
        usedBy: 'ci.yml, job train',
        downloaded: use === 0,
        at: new Date(Date.now() - days * DAY),
      },
    ])
  }
  return path
}

/** A dataset has none. */
function versionOf({ kind, name }: Promotable): string {
  if (kind === 'dataset') return ''
  return kind === 'model' ? name.replace(/^v/, '') : '1.0.0'
}

/** Bytes that a file takes on the disk. */
export async function allocated(path: string): Promise<number> {
  return (await stat(path)).blocks * 512
}

/** The same store, opened anew: the run that put things there has ended, and no longer uses them. */
export async function afterwards(
  { store, home }: { readonly store: Store; readonly home: string },
  options: { readonly modelDir?: string } = {},
): Promise<Store> {
  await store.close()
  const opened = await openStore({ home, ...options, reporter: silentReporter })
  onTestFinished(() => opened.close())
  return opened
}
