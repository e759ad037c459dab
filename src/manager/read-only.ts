/** Using what is right on a volume that cannot be written. */
import { lstat } from 'node:fs/promises'
import { R3mesError, type Sha256Hex } from '../core/index.ts'
import { candidatesOf } from './candidates.ts'
import { hashOfFile } from './integrity.ts'
import type { GotModel } from './types.ts'
import type { ReadOnlyVolume } from './volume.ts'
import type { WantedModel } from './wanted.ts'

/**
 * A model that is in place and right. Every byte is hashed, whatever was written down of earlier checks.
 *
 * @throws R3mesError `STORE_NOT_WRITABLE` when it is not there; `STORE_CORRUPT`; the reason of the signal
 */
export async function findInPlace(
  volume: ReadOnlyVolume,
  wanted: WantedModel,
  signal: AbortSignal,
): Promise<GotModel> {
  const { kind, name } = wanted
  const sha256 = wanted.sha256 ?? (await volume.registry.pinOf(wanted.url.recorded))?.sha256
  if (sha256 === undefined) throw missing(volume, wanted)
  const entry = await volume.registry.entry(kind, name)
  for (const path of candidatesOf(volume, wanted, entry)) {
    const size = await sizeIfRight(path, sha256, signal)
    if (size === undefined) continue
    return { kind, name, path, sha256, size, isHit: true, isUnpinned: wanted.sha256 === undefined }
  }
  throw missing(volume, wanted)
}

async function sizeIfRight(
  path: string,
  sha256: Sha256Hex,
  signal: AbortSignal,
): Promise<number | undefined> {
  const there = await lstat(path).catch(() => undefined)
  if (there?.isFile() !== true || there.size === 0) return undefined
  return (await hashOfFile(path, signal)) === sha256 ? there.size : undefined
}

function missing({ reason }: ReadOnlyVolume, { subject }: WantedModel): R3mesError {
  return new R3mesError(
    'STORE_NOT_WRITABLE',
    `${subject} is not on the volume with the right bytes, and the volume cannot be written. Mount it writable once and ask again.`,
    { cause: reason, detail: reason.message },
  )
}
