import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { R3mesError } from '../core/index.ts'
import { formatManifest, MANIFEST_NAME } from '../registry/index.ts'

export interface PublishableManifest {
  /** Where it was written: in the folder itself. */
  readonly path: string
  /** What a record has to carry as its checksum: `manifest:<64 hex>`. */
  readonly digest: string
  readonly files: number
  /** Bytes of all files. */
  readonly size: number
}

/**
 * Hashes every file of a folder and writes its artifact manifest beside them as `r3mes-manifest.json`, for whoever wants it
 * approved. An older manifest there is replaced and not listed.
 *
 * @throws R3mesError `INPUT_INVALID` when the folder cannot be read, is empty, or holds links or devices; `ID_UNSAFE` when a
 * name in it could not be a file on every system
 */
export async function manifestOfFolder(folder: string): Promise<PublishableManifest> {
  const paths = await regularFiles(folder)
  const files = []
  for (const path of paths) files.push({ path, ...(await hashFile(join(folder, path))) })
  if (files.length === 0) {
    throw new R3mesError('INPUT_INVALID', 'The folder has no files. Name the folder that holds the artifact.')
  }
  const bytes = formatManifest(files, 'the folder')
  const path = join(folder, MANIFEST_NAME)
  await writeFile(path, bytes)
  return {
    path,
    digest: `manifest:${createHash('sha256').update(bytes).digest('hex')}`,
    files: files.length,
    size: files.reduce((sum, file) => sum + file.size, 0),
  }
}

/** Relative paths with `/` between segments. */
async function regularFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new R3mesError('INPUT_INVALID', 'The folder cannot be read. Name a folder that exists.', { cause })
  })
  const others = entries.filter((entry) => !entry.isFile() && !entry.isDirectory())
  if (others.length > 0) {
    throw new R3mesError(
      'INPUT_INVALID',
      'The folder holds links or devices. An artifact has regular files only: replace the links by their files.',
      { detail: others.map((entry) => join(entry.parentPath, entry.name)).join('\n') },
    )
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => path !== MANIFEST_NAME)
}

async function hashFile(path: string): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  await pipeline(
    createReadStream(path, { highWaterMark: 1024 * 1024 }),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        hash.update(chunk)
        size += chunk.length
      }
    },
  )
  return { size, sha256: hash.digest('hex') }
}
