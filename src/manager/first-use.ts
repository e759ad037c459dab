/** The digest of a model that nobody named one for: what its URL delivered when it was first used. */
import type { Sha256Hex } from '../core/index.ts'
import { candidatesOf } from './candidates.ts'
import { checkPlausible } from './content.ts'
import { hashOfFile } from './integrity.ts'
import { readModelUrl } from './model-url.ts'
import type { VolumeEntry } from './types.ts'
import type { WritableVolume } from './volume.ts'
import type { WantedModel } from './wanted.ts'

export interface FirstUse {
  readonly sha256: Sha256Hex
  /** Its bytes came over the network just now. */
  readonly isBrought: boolean
}

/**
 * @throws R3mesError as `Network.learn`, `STORE_CORRUPT` when the digests that were written down cannot be read
 */
export async function firstUse(
  volume: WritableVolume,
  wanted: WantedModel,
  entry: VolumeEntry | undefined,
  signal: AbortSignal,
): Promise<FirstUse> {
  const { registry, bringer } = volume
  const known = await registry.pinOf(wanted.url.recorded)
  if (known !== undefined) return { sha256: known.sha256, isBrought: false }
  const there = await fromPlace(volume, wanted, entry, signal)
  if (there !== undefined) return { sha256: there, isBrought: false }
  volume.settings.reporter.notice(
    `${wanted.subject}: nobody named its hash. What its URL delivers now is what it has to deliver ever after.`,
  )
  return await bringer.learn(wanted, wanted.fileName, registry, signal)
}

/**
 * A file that another manager brought from this very URL is what the URL delivered first. If it wrote down a hash, the file has to
 * have it.
 */
async function fromPlace(
  volume: WritableVolume,
  wanted: WantedModel,
  entry: VolumeEntry | undefined,
  signal: AbortSignal,
): Promise<Sha256Hex | undefined> {
  if (entry?.url === undefined || !isSameUrl(volume, wanted, entry.url)) return undefined
  for (const path of candidatesOf(volume, wanted, entry)) {
    const standing = await volume.store.outside.standing(path)
    if (standing.kind !== 'file' || standing.size === 0n) continue
    const sha256 = await hashOfFile(path, signal)
    if (entry.hash !== undefined && entry.hash !== sha256) continue
    await checkPlausible(path, wanted.fileName, 'Delete the file, and ask again.')
    await volume.registry.pin(wanted.url.recorded, { sha256, size: Number(standing.size) })
    return sha256
  }
  return undefined
}

function isSameUrl({ settings }: WritableVolume, wanted: WantedModel, url: string): boolean {
  try {
    const read = readModelUrl(url, wanted.subject, {
      allowHosts: settings.allowHosts,
      hub: settings.hfEndpoint,
    })
    return read.recorded === wanted.url.recorded
  } catch {
    // A registry that other programs write: what is no URL is another one.
    return false
  }
}
