/** The files that the command `r3mes` consists of, and whether a folder holds exactly them. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { constants, open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Written by the build, beside the bundle that runs now: as much to be trusted as that, and as nothing else. */
export const LIST_NAME = 'command.json'

export interface CommandFiles {
  /** Version of this project and a part of the list's own digest, in a form that the runner's tool cache takes. */
  readonly version: string
  /** SHA-256 by path, `/` between segments. */
  readonly files: Readonly<Record<string, string>>
}

/** The folder of the bundle that runs now. */
export function ownFolder(): string {
  const folder = dirname(fileURLToPath(import.meta.url))
  return existsSync(join(folder, LIST_NAME)) ? folder : dirname(folder)
}

/** @throws Error when the bundle is not as it was built */
export async function readCommandFiles(folder: string): Promise<CommandFiles> {
  const text = await readFile(join(folder, LIST_NAME), 'utf8')
  const { version, files } = JSON.parse(text) as CommandFiles
  return { version: `${version}-d${createHash('sha256').update(text).digest('hex').slice(0, 12)}`, files }
}

/** Links count as foreign. */
async function digestOf(path: string): Promise<string> {
  await using file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  return createHash('sha256')
    .update(await file.readFile())
    .digest('hex')
}

/** Whether every file of the list is in the folder, with the bytes that were built. */
export async function holdsAll(folder: string, { files }: CommandFiles): Promise<boolean> {
  const judged = await Promise.all(
    Object.entries(files).map(async ([path, digest]) => {
      const found = await digestOf(join(folder, path)).catch(() => undefined)
      return found === digest
    }),
  )
  return judged.every(Boolean)
}
