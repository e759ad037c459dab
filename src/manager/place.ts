/** Bytes under a name: found where they are, or brought and checked, and put in place in one step. */
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { R3mesError, type Sha256Hex, type VerifiedFile } from '../core/index.ts'
import { during, type HashProgress, type Identity, type Standing } from '../store/index.ts'
import type { Bringing } from './bring.ts'
import type { VolumeEntry } from './types.ts'
import type { WritableVolume } from './volume.ts'

/** How often a path that others change under our eyes is looked at again. */
const ATTEMPTS = 5
/** Bytes that take long enough to hash to say how far it is. */
const LONG_CHECK = 256 * 1024 * 1024

/** What belongs where. */
export interface Placement extends Bringing {
  readonly sha256: Sha256Hex
  /** Absolute paths where it may be already, the likeliest first. */
  readonly candidates: readonly string[]
  /** Absolute path where it goes when it is at none of them. */
  readonly target: string
  /** Whose entry it is; absent: it has none. */
  readonly model?: Pick<VolumeEntry, 'kind' | 'name'>
  /** What the registry says of the name. */
  readonly entry?: VolumeEntry | undefined
  /** Asked before the target is touched. */
  readonly mayTakeTarget?: () => Promise<void>
}

export interface Placed {
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** The bytes were on the volume. */
  readonly isHit: boolean
  /** Which file was checked: another one may come to the path while a request waits for its other models. */
  readonly identity: Identity
}

/** @throws R3mesError; the reason of the signal once it is aborted */
export async function place(
  volume: WritableVolume,
  placement: Placement,
  signal: AbortSignal,
): Promise<Placed> {
  const { store, bringer, registry } = volume
  const { sha256, candidates, target, url, mayTakeTarget } = placement
  await store.leases.use({ blobs: [sha256], artifacts: candidates })
  const held = await store.find(sha256, undefined, progressOf(volume, placement))
  const right = await rightOne(volume, placement, held)
  if (right !== undefined) return { ...right, isHit: true }
  await mayTakeTarget?.()
  const blob = held ?? (await bringer.bring(placement, sha256, signal))
  if (held === undefined) {
    // Good to have: who names no hash later gets the bytes that came last.
    const pin = { sha256, size: blob.size }
    await registry.pinNamed(url.recorded, pin, placement.model).catch((thrown: unknown) => {
      volume.settings.reporter.debug(`A digest was not written down: ${String(thrown)}`)
    })
  }
  const identity = await giveName(volume, placement, blob)
  return { path: target, size: blob.size, isHit: held !== undefined, identity }
}

/** A file that stands there and has the right bytes. One that other programs brought becomes the store's by a second name. */
async function rightOne(
  volume: WritableVolume,
  placement: Placement,
  held: VerifiedFile | undefined,
): Promise<Omit<Placed, 'isHit'> | undefined> {
  const { outside } = volume.store
  const onProgress = progressOf(volume, placement)
  for (const path of placement.candidates) {
    const standing = await outside.standing(path)
    if (standing.kind !== 'file' || standing.size === 0n) continue
    if (held !== undefined) {
      if (await outside.holds(path, held, onProgress)) return { path, size: held.size, identity: standing }
      continue
    }
    const taken = await outside.takeIn(path, placement.sha256, onProgress)
    if (taken !== undefined) return { path, size: taken.size, identity: standing }
  }
  return undefined
}

/** Gives a blob the name of the model. What stands there and is nobody's older version is kept aside. @returns what has the name */
async function giveName(volume: WritableVolume, placement: Placement, blob: VerifiedFile): Promise<Identity> {
  const { outside } = volume.store
  const { subject, sha256, target, entry } = placement
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const standing = await outside.standing(target)
    // Another process was faster, and has put the very same there since it was looked for.
    if (standing.kind === 'file' && (await outside.holds(target, blob))) return standing
    const isFree = standing.kind === 'absent'
    const put = isFree
      ? await outside.put(blob, target)
      : await outside.put(blob, target, {
          instead: standing,
          evenIfUsed: entry?.hash === sha256,
          ...((await isOurs(volume, standing, placement)) ? {} : { aside: await asideOf(volume, target) }),
        })
    if (put.outcome === 'made') {
      if (put.keptAt !== undefined) {
        volume.settings.reporter.notice(`${subject}: another file had its name. It is kept as ${put.keptAt}.`)
      }
      return put.identity
    }
    // The same again in the next round, if it is right by now.
    if (put.outcome === 'used' && (await outside.holds(target, blob))) continue
    if (put.outcome === 'used') throw inUse(subject)
  }
  throw new R3mesError(
    'STORE_CORRUPT',
    `The file of ${subject} kept changing. Find out which program writes to the folders of the volume, then run again.`,
    { detail: target },
  )
}

/** Whether nothing is lost when a file loses its name: it is the blob of the registry's entry, or the damaged one of this model. */
async function isOurs(
  { store }: WritableVolume,
  standing: Exclude<Standing, { kind: 'absent' }>,
  { sha256, entry }: Placement,
): Promise<boolean> {
  if (standing.kind !== 'file' || entry?.hash === undefined) return false
  // A damaged blob is kept in quarantine under another name.
  if (entry.hash === sha256) return standing.nlink > 1n
  const older = await store.blobAt(entry.hash)
  return older !== undefined && older.dev === standing.dev && older.ino === standing.ino
}

async function asideOf({ layout }: WritableVolume, path: string): Promise<string> {
  await during('keeping a file aside', () => mkdir(layout.kept, { recursive: true, mode: 0o700 }))
  const time = new Date().toISOString().replace(/[-:]|\.[0-9]+/g, '')
  const name = `${basename(dirname(path))}-${basename(path)}-${time}-${randomBytes(3).toString('hex')}`
  return join(layout.kept, name)
}

function inUse(subject: string): R3mesError {
  return new R3mesError(
    'STORE_NOT_WRITABLE',
    `Another process uses the file of ${subject}, which has other bytes. Ask for the model under another name, or wait until that process has ended.`,
  )
}

/** Large files take long to hash, so people are told how far it is. */
function progressOf(
  { settings }: Pick<WritableVolume, 'settings'>,
  { subject }: Pick<Placement, 'subject'>,
): HashProgress {
  const event = { subject: `checking ${subject}`, source: 'volume' }
  return (bytes, total) => {
    if (total < LONG_CHECK) return
    settings.reporter.progress({ ...event, bytes, total, done: bytes >= total })
  }
}
