/** A download to a path of the caller's choice, inside the volume. */
import { mkdir, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { isSafeName, R3mesError, type Sha256Hex } from '../core/index.ts'
import { during } from '../store/index.ts'
import { readHash } from './digests.ts'
import type { VolumeLayout } from './layout.ts'
import { readModelUrl } from './model-url.ts'
import { place } from './place.ts'
import type { WritableVolume } from './volume.ts'

function outsideOf(destination: string): R3mesError {
  return new R3mesError(
    'ID_UNSAFE',
    'The destination of a download has to be a file inside the volume, in a folder such as `checkpoints`, and of a plain name. Choose one below the folder of the volume.',
    { detail: destination },
  )
}

/**
 * The destination as an absolute path.
 *
 * @throws R3mesError `ID_UNSAFE`
 */
export function destinationIn({ base, home }: VolumeLayout, destination: string): string {
  const path = resolve(base, destination)
  const inside = relative(base, path)
  const segments = inside.split(sep)
  const isPlain =
    !destination.includes('\0') && !isAbsolute(inside) && segments.length > 1 && segments.every(isSafeName)
  if (!isPlain || path === home || path.startsWith(home + sep)) throw outsideOf(destination)
  return path
}

/** The folder of a destination, made when it is missing. No link on the way may lead out of the volume. */
async function prepareFolder(base: string, path: string): Promise<void> {
  const root = await realpath(base)
  // One by one: a folder that is made behind a link would be somewhere else already.
  let folder = base
  for (const segment of relative(base, dirname(path)).split(sep)) {
    folder = join(folder, segment)
    await mkdir(folder, { recursive: true })
    if (!(await realpath(folder)).startsWith(root + sep)) throw outsideOf(path)
  }
}

/**
 * Brings a model to a path, unless it is there already, right.
 *
 * @throws R3mesError
 */
export async function downloadTo(
  volume: WritableVolume,
  url: string,
  destination: string,
  expectedHash: string | null | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { layout, settings, bringer, registry } = volume
  const path = destinationIn(layout, destination)
  const fileName = basename(path)
  const mirrorPath = relative(layout.base, path).split(sep).join('/')
  const subject = `model ${mirrorPath}`
  const read = readModelUrl(url, subject, { allowHosts: settings.allowHosts, hub: settings.hfEndpoint })
  const bringing = { subject, mirrorPath, url: read }
  const sha256 = readHash(expectedHash, subject) ?? (await learned())
  await during('making a folder of the volume', () => prepareFolder(layout.base, path))
  await place(volume, { ...bringing, sha256, candidates: [path], target: path }, signal)

  async function learned(): Promise<Sha256Hex> {
    if (!settings.allowUnpinned) {
      throw new R3mesError(
        'INPUT_INVALID',
        `Nobody named the hash of ${subject}. Name its SHA-256, or allow models without one with \`allowUnpinned\`.`,
      )
    }
    const known = await registry.pinOf(read.recorded)
    return known?.sha256 ?? (await bringer.learn(bringing, fileName, registry, signal)).sha256
  }
}
