import type { Reporter } from '../core/index.ts'
import { blobsIn } from './blobs.ts'
import { writeCacheFile } from './cache-file.ts'
import { checksIn } from './checks/index.ts'
import { entryAt, identityOf, makeReadable } from './disk.ts'
import { isInside, prepareFolder } from './folders.ts'
import { during } from './fs-error.ts'
import { blobPath, type Layout, ownPath, stagingFolders } from './layout.ts'
import type { Volume } from './leases/file-system.ts'
import { openLeases } from './leases/open-leases.ts'
import { reapStore } from './leases/reap.ts'
import { sharingIn } from './leases/sharing.ts'
import { outsideOf } from './outside.ts'
import { partialsIn } from './partials.ts'
import { foldersOf, layoutFor, type StorePlaces } from './places.ts'
import { promote } from './promote.ts'
import { quarantineIn } from './quarantine.ts'
import { readReceipts } from './receipts.ts'
import { removerOf } from './remover.ts'
import { discardReplaced, type Replaced, recordedFilesIn } from './replace.ts'
import { diskSpace, freeBytes } from './space.ts'
import { blobsOf } from './stage.ts'
import { clearAbandoned, forsakenJudge, stagingPath } from './staging.ts'
import type { Promotion, Store } from './types.ts'
import { usageIn } from './usage/index.ts'
import { walkArtifact, walkArtifacts, walkBlobs } from './walk.ts'

export interface StoreOptions extends StorePlaces {
  readonly reporter: Reporter
  /** Ends the hashing of files that are there already. */
  readonly signal?: AbortSignal
  /**
   * `changed`: a file that is exactly the one that was hashed earlier is taken without hashing it again. Default: `always`. See
   * docs/store.md for what that accepts.
   */
  readonly verify?: 'always' | 'changed'
  /** What it is opened for, as other jobs are told: `ensure`. */
  readonly doing?: string
  /** Absolute paths of folders outside of the store in which blobs get names: what crashed runs left there is cleared, too. */
  readonly outsideFolders?: readonly string[]
  /** Whether other machines write to the store's file system. Asked of the operating system when absent. */
  readonly volume?: Volume
}

/**
 * Opens a store, making the folders that are missing and removing what crashed runs left unfinished.
 *
 * Every method of it may throw `DISK_FULL`, `STORE_NOT_WRITABLE` and `STORE_CORRUPT`.
 *
 * @throws R3mesError `INPUT_INVALID` for a path that is not absolute, `STORE_UNSAFE` for a folder of another user or one
 * that every user may write, `STORE_NOT_WRITABLE`, `DISK_FULL`
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { reporter, signal } = options
  const layout = layoutFor(options)
  for (const folder of foldersOf(layout, options)) await prepareFolder(folder, reporter)
  const { doing = 'r3mes', volume } = options
  const opened = await during('opening a session', () =>
    openLeases(layout, { reporter, signal, doing, volume }),
  )
  const { tag, stateOf, leases } = opened
  await during('clearing unfinished work', async () => {
    const folders = [...stagingFolders(layout), ...(options.outsideFolders ?? [])]
    await clearAbandoned(folders, reporter, stateOf)
    await reapStore(layout, opened, reporter)
  })

  const partials = partialsIn(layout, tag, stateOf)
  const sharing = sharingIn(layout, opened, partials.bytesOf, reporter)
  const quarantine = quarantineIn(layout.quarantine, reporter)
  const checks = checksIn(layout, { tag, trusts: options.verify === 'changed', reporter })
  const blobs = blobsIn(layout, tag, quarantine, checks, reporter, signal)
  const usage = usageIn(layout, reporter)
  const replaced = new Set<Replaced>()
  const recordedFiles = recordedFilesIn(usage)
  const evidence = { blobs, checks, quarantine, tag, leases, recordedFiles, replaced, signal }
  const outside = outsideOf({ layout, blobs, checks, leases, tag, signal })
  const close = async () => {
    await discardReplaced(replaced)
    await checks.keep()
    // A partial that stays is proven to be nobody's by the lock of its session, which is free then.
    await opened.session?.end({ asCertificate: await partials.hasOwn() })
  }
  return {
    home: layout.home,
    find: (sha256, size, onProgress) => during('checking a blob', () => blobs.find(sha256, size, onProgress)),
    partialPath: (sha256) => partials.path(sha256),
    claimPartial: (sha256) =>
      during('taking over a download', () => partials.claim(sha256, sharing.leftBy(sha256))),
    reservePartial: (sha256) =>
      during('looking for downloads', async () => partials.reserve(sha256, await sharing.bringerOf(sha256))),
    claim: (sha256, options) => sharing.claim(sha256, { signal, ...options }),
    leases,
    close: async () => await during('closing the store', close),
    [Symbol.asyncDispose]: async () => await during('closing the store', close),
    dropPartial: (sha256) => during('removing a download', () => partials.drop(sha256)),
    clearPartials: () => during('removing downloads', () => partials.clear()),
    adopt: (file) => during('putting a blob in place', () => blobs.adopt(file)),
    outside: {
      standing: (path) => during('looking at a file', () => outside.standing(path)),
      holds: (path, blob, onProgress) =>
        during('checking a file', () => outside.holds(path, blob, onProgress)),
      takeIn: (path, sha256, onProgress) =>
        during('taking in a file', () => outside.takeIn(path, sha256, onProgress)),
      put: (blob, path, given) => during('putting a file in place', () => outside.put(blob, path, given)),
      remove: (path, found) => during('removing a file', () => outside.remove(path, found)),
    },
    announce: (artifacts) =>
      during('saying what is used', () =>
        leases.use({ artifacts: artifacts.map((artifact) => ownPath(layout, artifact)) }),
      ),
    promote: (artifact) =>
      during('putting an artifact in place', async () =>
        withMappedUndo(await promote(layout, artifact, evidence), (undo) =>
          checks.around(blobsOf(artifact.files), undo),
        ),
      ),
    freeBytes: () =>
      during(
        'asking for the free space',
        async () => (await freeBytes(layout)) + (await partials.claimedBytes()),
      ),
    diskSpace: () => during('asking for the size of the disk', () => diskSpace(layout)),
    artifactEntries: () => walkArtifacts(layout),
    artifactEntriesAt: (kind, path) => walkArtifact(kind, path),
    blobEntries: () => walkBlobs(layout),
    blobAt: (sha256) =>
      during('looking at a blob', async () => {
        const path = blobPath(layout, sha256)
        const entry = await entryAt(path)
        return entry?.isFile() === true ? { ...identityOf(entry), path } : undefined
      }),
    makeReadable: (path) =>
      during(
        'making a file readable',
        async () => (await isInside(rootsOf(layout), path)) && makeReadable(path),
      ),
    takeAway: (file) =>
      during('moving a damaged file to quarantine', async () =>
        (await isInside(rootsOf(layout), file.path)) ? quarantine.takeAway(file) : undefined,
      ),
    receipts: () => readReceipts(layout),
    remover: removerOf(
      { layout, leases, hiddenIn: (folder) => stagingPath(folder, tag), signal },
      forsakenJudge(stateOf),
    ),
    usage,
    checks,
    writeCacheFile: (relativePath, json) =>
      during('writing a cache file', () => writeCacheFile(layout, relativePath, json, tag)),
  }
}

/** The folders in which blobs and final paths are. */
function rootsOf({ models, adapters, datasets, blobs }: Layout): readonly string[] {
  return [models, adapters, datasets, blobs]
}

function withMappedUndo(
  promotion: Promotion,
  around: (undo: () => Promise<void>) => Promise<void>,
): Promotion {
  return {
    ...promotion,
    undo: () => during('taking an artifact back', () => around(() => promotion.undo())),
  }
}
