/** Using what is right on a volume that cannot be written. */
import { R3mesError, type Sha256Hex } from '../core/index.ts'
import { entryAt, type Identity } from '../store/index.ts'
import { candidatesOf } from './candidates.ts'
import { hashOfFile } from './integrity.ts'
import type { PlacedModel } from './still.ts'
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
): Promise<PlacedModel> {
  const { kind, name } = wanted
  const sha256 = wanted.sha256 ?? (await volume.registry.pinOf(wanted.url.recorded))?.sha256
  if (sha256 === undefined) throw missing(volume, wanted)
  const entry = await volume.registry.entry(kind, name)
  for (const path of candidatesOf(volume, wanted, entry)) {
    const identity = await identityIfRight(path, sha256, signal)
    if (identity === undefined) continue
    const size = Number(identity.size)
    const isUnpinned = wanted.sha256 === undefined
    return { model: { kind, name, path, sha256, size, isHit: true, isUnpinned }, identity }
  }
  throw missing(volume, wanted)
}

async function identityIfRight(
  path: string,
  sha256: Sha256Hex,
  signal: AbortSignal,
): Promise<Identity | undefined> {
  const there = await entryAt(path).catch(() => undefined)
  if (there?.isFile() !== true || there.size === 0n) return undefined
  return (await hashOfFile(path, signal)) === sha256 ? there : undefined
}

function missing({ reason }: ReadOnlyVolume, { subject }: WantedModel): R3mesError {
  return new R3mesError(
    'STORE_NOT_WRITABLE',
    `${subject} is not on the volume with the right bytes, and the volume cannot be written. Mount it writable once and ask again.`,
    { cause: reason, detail: reason.message },
  )
}
