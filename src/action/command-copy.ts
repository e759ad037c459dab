/**
 * A copy of the command in the runner's tool cache. Only machines that are kept have one: the action's own folder goes away when the
 * next job begins, and what a job has left running goes on to need the files. Whoever may write to the cache may write anything, so
 * a copy is used only after every file of it was hashed.
 */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { arch } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import type { Environment } from '../ensure/index.ts'
import { type CommandFiles, holdsAll } from './command-files.ts'

const TOOL = 'setup-r3mes'

/** The place of a copy, as the runner's toolkit lays its cache out; undefined where there is no cache or nothing is kept. */
export function placeOfCopy({ version }: CommandFiles, environment: Environment): string | undefined {
  const cache = environment['RUNNER_TOOL_CACHE'] ?? ''
  if (environment['RUNNER_ENVIRONMENT'] !== 'self-hosted' || !isAbsolute(cache)) return undefined
  return join(cache, TOOL, version, arch())
}

/**
 * The folder of a copy that is whole; undefined when there is none.
 *
 * @param environment the process's own: the toolkit reads that one, too
 */
export async function findCopy(list: CommandFiles, environment: Environment): Promise<string | undefined> {
  const place = placeOfCopy(list, environment)
  // The toolkit takes time to load, and most machines have no copy.
  if (place === undefined || !existsSync(place)) return undefined
  const { find } = await import('@actions/tool-cache')
  const found = find(TOOL, list.version)
  return found !== '' && (await holdsAll(found, list)) ? found : undefined
}

/**
 * Puts a copy into the tool cache, unless there is one. It appears there all at once: the toolkit's own way empties the place first,
 * under the feet of jobs that use it. What is there and is not whole is left alone, since somebody may use it.
 */
export async function keepCopy(from: string, list: CommandFiles, environment: Environment): Promise<void> {
  const place = placeOfCopy(list, environment)
  if (place === undefined) return
  if (!existsSync(place)) await copyTo(place, from, list)
  if (await holdsAll(place, list)) await writeFile(`${place}.complete`, '')
}

async function copyTo(place: string, from: string, list: CommandFiles): Promise<void> {
  await mkdir(dirname(place), { recursive: true })
  const staged = await mkdtemp(`${place}-`)
  try {
    for (const path of Object.keys(list.files)) {
      await mkdir(dirname(join(staged, path)), { recursive: true })
      await copyFile(join(from, path), join(staged, path))
    }
    if (!(await holdsAll(staged, list))) return
    await rename(staged, place).catch((error: NodeJS.ErrnoException) => {
      // Another job was first.
      if (!existsSync(place)) throw error
    })
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
}
