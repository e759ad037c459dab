import { chmod, link, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { entryAt, makeFolders, syncFolder } from './disk.ts'
import { errnoOf } from './fs-error.ts'
import type { ArtifactFile, Evidence } from './inspect.ts'
import { parentsOf } from './layout.ts'
import { cannotLink, linkOrCopy } from './link-or-copy.ts'
import { stagingPath } from './staging.ts'
import type { Promotable } from './types.ts'

/** What building needs: which blobs were checked, and the tag for hidden names. */
export type Workshop = Pick<Evidence, 'blobs' | 'checks' | 'tag'>

/** What the operating systems answer when a rename meets something that it may not replace. */
const OCCUPIED = new Set(['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EISDIR', 'EBUSY', 'EPERM', 'EACCES'])

/**
 * Builds the whole artifact under a hidden name beside `path`, hands that name to `use`, and leaves nothing hidden behind,
 * whatever happens. Same folder, so same file system: making it visible is one step.
 */
export async function staged<T>(
  path: string,
  artifact: Promotable,
  workshop: Workshop,
  use: (hidden: string) => Promise<T>,
): Promise<T> {
  const hidden = stagingPath(dirname(path), workshop.tag)
  return await workshop.checks.around(blobsOf(artifact.files), async () => {
    try {
      if (artifact.asFolder) await buildFolder(hidden, artifact.files, workshop)
      else for (const file of artifact.files) await buildFile(hidden, file, workshop)
      return await use(hidden)
    } finally {
      await discard(hidden)
    }
  })
}

/** Paths of the blobs that an artifact is made of: each new or lost link shows in their times. */
export function blobsOf(files: readonly ArtifactFile[]): readonly string[] {
  return [...new Set(files.map(({ file }) => file.path))]
}

async function buildFolder(root: string, files: readonly ArtifactFile[], workshop: Workshop): Promise<void> {
  const folders = [...new Set(files.flatMap(({ path }) => parentsOf(path)))].map((path) => join(root, path))
  for (const folder of [root, ...folders]) await mkdir(folder, { mode: 0o755 })
  for (const file of files) await buildFile(join(root, file.path), file, workshop)
  for (const folder of [...folders.reverse(), root]) await syncFolder(folder)
}

function buildFile(path: string, wanted: ArtifactFile, { blobs }: Workshop): Promise<void> {
  return linkOrCopy(wanted.file, path, (entry) => blobs.isCheckedBlob(wanted.file.sha256, entry))
}

/**
 * Makes staged work visible in one step, over nothing but an empty folder.
 *
 * @returns false when something stands there, possibly since a moment ago
 */
export async function reveal(hidden: string, path: string, asFolder: boolean): Promise<boolean> {
  const revealed = asFolder ? await revealFolder(hidden, path) : await revealFile(hidden, path)
  if (revealed) await syncFolder(dirname(path))
  return revealed
}

async function revealFolder(hidden: string, path: string): Promise<boolean> {
  try {
    await rename(hidden, path)
    return true
  } catch (thrown) {
    const mayBeOccupied = OCCUPIED.has(errnoOf(thrown) ?? '')
    if (mayBeOccupied && (await entryAt(path)) !== undefined) return false
    throw thrown
  }
}

/** A rename would replace a file that is there; a link never does. */
async function revealFile(hidden: string, path: string): Promise<boolean> {
  try {
    await link(hidden, path)
    return true
  } catch (thrown) {
    if (errnoOf(thrown) === 'EEXIST') return false
    if (!cannotLink(thrown)) throw thrown
  }
  // Without links there is no such step: between the look and the rename another process may lose its file.
  if ((await entryAt(path)) !== undefined) return false
  await rename(hidden, path)
  return true
}

/**
 * Replaces files of an artifact one by one, each in one step: who has the old one open keeps it, who opens the path finds
 * the damaged file or the right one, never a part.
 */
export async function repairFiles(
  path: string,
  artifact: Promotable,
  wrong: readonly ArtifactFile[],
  workshop: Workshop,
): Promise<void> {
  for (const file of wrong) {
    const target = artifact.asFolder ? join(path, file.path) : path
    await makeFolders(dirname(target), 0o755)
    const hidden = stagingPath(dirname(path), workshop.tag)
    await workshop.checks.around(blobsOf([file]), async () => {
      try {
        await buildFile(hidden, file, workshop)
        await rename(hidden, target)
      } finally {
        await discard(hidden)
      }
    })
    await syncFolder(dirname(target))
  }
}

/**
 * Takes a path out of sight in one step, so that no crash leaves a part of it visible.
 *
 * @param tag of the store
 * @returns the hidden name, for {@link discard}
 */
export async function hide(path: string, tag: string): Promise<string> {
  const hidden = stagingPath(dirname(path), tag)
  try {
    await rename(path, hidden)
  } catch (thrown) {
    // Another process was faster: it is out of sight.
    if (errnoOf(thrown) !== 'ENOENT') throw thrown
  }
  await syncFolder(dirname(path))
  return hidden
}

/** Deletes hidden work. What cannot be deleted is in nobody's way; the next run that opens the store tries again. */
export async function discard(hidden: string): Promise<void> {
  await rm(hidden, { recursive: true, force: true }).catch(() => {})
}

/** An empty folder as it was before a promotion took its place. */
export async function restoreEmptyFolder(path: string, mode: number): Promise<void> {
  await mkdir(path)
  await chmod(path, mode)
}
