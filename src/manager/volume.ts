/** An open volume: its store, its registry and the network, as long as a manager lives. */
import { mkdir, stat } from 'node:fs/promises'
import { R3mesError } from '../core/index.ts'
import { configuredHosts } from '../ensure/index.ts'
import { currentUser, entryAt, heldByUs, openStore, type Store } from '../store/index.ts'
import { type NetworkOptions, openNetwork } from '../transfer/index.ts'
import { Bringer } from './bring.ts'
import { type VolumeLayout, volumeLayout } from './layout.ts'
import type { VolumeSettings } from './settings.ts'
import { CIVITAI } from './url-source.ts'
import { VolumeRegistry } from './volume-registry.ts'

/** For tests and measurements. */
export interface ManagerParts {
  /** CivitAI's origin. */
  readonly civitai?: URL
  readonly network?: Pick<NetworkOptions, 'resolve' | 'retryPolicy' | 'timeouts' | 'sizes'>
}

/** What can be written to. */
export interface WritableVolume extends AsyncDisposable {
  readonly kind: 'writable'
  readonly layout: VolumeLayout
  readonly settings: VolumeSettings
  readonly store: Store
  readonly registry: VolumeRegistry
  readonly bringer: Bringer
}

/** What can only be read: nothing is brought, and nothing is written down. */
export interface ReadOnlyVolume extends AsyncDisposable {
  readonly kind: 'read-only'
  readonly layout: VolumeLayout
  readonly settings: VolumeSettings
  readonly registry: VolumeRegistry
  /** Why. */
  readonly reason: R3mesError
}

export type Volume = WritableVolume | ReadOnlyVolume

/**
 * Makes the folders of a volume that are missing.
 *
 * @throws R3mesError `STORE_NOT_WRITABLE`, `DISK_FULL`, `STORE_UNSAFE`
 */
export async function makeVolumeFolders({ base, sections }: VolumeLayout): Promise<void> {
  for (const folder of [base, ...Object.values(sections)]) {
    try {
      await mkdir(folder, { recursive: true })
    } catch (thrown) {
      throw noFolder(thrown, folder)
    }
  }
  for (const folder of Object.values(sections)) await refuseOthersLink(folder)
}

/** Folders of models may be links to another disk, but not to where another user wants this one to write and to delete. */
async function refuseOthersLink(folder: string): Promise<void> {
  const entry = await entryAt(folder)
  if (entry?.isSymbolicLink() !== true || heldByUs(entry, currentUser())) return
  throw new R3mesError(
    'STORE_UNSAFE',
    'A folder of models is a link that another user has made, and may lead anywhere. Look where it leads; if that is meant, make the link anew as this user.',
    { detail: folder },
  )
}

function noFolder(thrown: unknown, folder: string): R3mesError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  const options = { cause: thrown, detail: folder }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new R3mesError(
      'DISK_FULL',
      'There is no room on the disk for the folders of the volume. Free some space, then run again.',
      options,
    )
  }
  return new R3mesError(
    'STORE_NOT_WRITABLE',
    `A folder of the volume cannot be made (${/^E[A-Z]+$/.test(code) ? code : 'no reason given'}). Check that the volume is mounted and who owns it, or name another one with \`MODELS_BASE_PATH\`.`,
    options,
  )
}

/**
 * Opens a volume, making what is missing. One that cannot be written is opened for reading.
 *
 * @param signal ends all work on it
 * @throws R3mesError `STORE_UNSAFE`, `DISK_FULL`; `STORE_NOT_WRITABLE` when it is not there and cannot be made
 */
export async function openVolume(
  settings: VolumeSettings,
  parts: ManagerParts,
  signal: AbortSignal,
): Promise<Volume> {
  const layout = volumeLayout(settings.basePath)
  const { reporter } = settings
  await using opened = new AsyncDisposableStack()
  let store: Store
  try {
    await makeVolumeFolders(layout)
    store = await openStore({
      home: layout.home,
      outsideFolders: Object.values(layout.sections),
      reporter,
      signal,
      doing: 'volume',
      verify: settings.verify,
    })
  } catch (thrown) {
    const isThere = (await stat(layout.base).catch(() => undefined))?.isDirectory() === true
    if (!(thrown instanceof R3mesError) || thrown.code !== 'STORE_NOT_WRITABLE' || !isThere) throw thrown
    return readOnly(layout, settings, thrown)
  }
  opened.defer(() =>
    // What it could not take away, the next one that opens the store does.
    store.close().catch((thrown) => reporter.debug(`The store was not closed: ${String(thrown)}`)),
  )
  const network = openNetwork({
    allowHosts: configuredHosts({ ...settings, ipfsGateways: [] }),
    maxArtifactSize: settings.maxModelSize,
    environment: settings.environment,
    reporter,
    signal,
    ...parts.network,
  })
  opened.defer(() => network.close())
  const registry = new VolumeRegistry(layout, reporter, { isWritable: true })
  opened.defer(() => registry.close())
  const closing = opened.move()
  return {
    kind: 'writable',
    layout,
    settings,
    store,
    registry,
    bringer: new Bringer({ settings, civitai: parts.civitai ?? CIVITAI, store, network }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

function readOnly(layout: VolumeLayout, settings: VolumeSettings, reason: R3mesError): ReadOnlyVolume {
  settings.reporter.warning(
    `The volume cannot be written. What is in place and right is used; nothing is brought, and no use is written down. ${reason.message}`,
  )
  const registry = new VolumeRegistry(layout, settings.reporter, { isWritable: false })
  return {
    kind: 'read-only',
    layout,
    settings,
    registry,
    reason,
    [Symbol.asyncDispose]: () => registry.close(),
  }
}
