/** One model on a volume. */
import { R3mesError, type Sha256Hex } from '../core/index.ts'
import { candidatesOf, targetOf } from './candidates.ts'
import { type FirstUse, firstUse } from './first-use.ts'
import { place } from './place.ts'
import type { PlacedModel } from './still.ts'
import type { WritableVolume } from './volume.ts'
import { sameFile, type WantedModel } from './wanted.ts'

/**
 * Finds a model where it is, or brings it and puts it in place.
 *
 * @throws R3mesError; the reason of the signal once it is aborted
 */
export async function putInPlace(
  volume: WritableVolume,
  wanted: WantedModel,
  signal: AbortSignal,
): Promise<PlacedModel> {
  const { kind, name, subject, mirrorPath, url } = wanted
  const entry = await volume.registry.entry(kind, name)
  const isUnpinned = wanted.sha256 === undefined
  const first: FirstUse =
    wanted.sha256 === undefined
      ? await firstUse(volume, wanted, entry, signal)
      : { sha256: wanted.sha256, isBrought: false }
  const { sha256 } = first
  const target = targetOf(volume, wanted)
  const candidates = candidatesOf(volume, wanted, entry)
  const placed = await place(
    volume,
    {
      ...{ subject, mirrorPath, url, sha256, candidates, target, entry, model: wanted },
      mayTakeTarget: () => refuseOthersFile(volume, wanted, target),
    },
    signal,
  ).catch((thrown: unknown) => {
    throw isUnpinned ? explained(thrown, subject, sha256) : thrown
  })
  const { path, size, identity } = placed
  const isHit = placed.isHit && !first.isBrought
  return { model: { kind, name, path, sha256, size, isHit, isUnpinned }, identity }
}

/** Where upper and lower case are one, the file of another model would make room. */
async function refuseOthersFile(volume: WritableVolume, wanted: WantedModel, target: string): Promise<void> {
  const other = await volume.registry.otherOwner(wanted.kind, wanted.name, target)
  if (other === undefined) return
  if ((await volume.store.outside.standing(other.path)).kind !== 'absent') throw sameFile(wanted, other.name)
}

/** Of a model without a hash, the URL's bytes changed: that is not a wrong hash in the request. */
function explained(thrown: unknown, subject: string, sha256: Sha256Hex): unknown {
  if (!(thrown instanceof R3mesError) || thrown.code !== 'DIGEST_MISMATCH') return thrown
  return new R3mesError(
    'DIGEST_MISMATCH',
    `The URL of ${subject} delivers other bytes than when it was first used, when their SHA-256 was ${sha256}. If the change is meant, name the new SHA-256 as its hash.`,
    { cause: thrown, ...(thrown.detail === undefined ? {} : { detail: thrown.detail }) },
  )
}
