/** Puts several files in place: all of them, or none. */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, copyFile, link, lstat, mkdir, open, rename, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { R3mesError } from '../core/index.ts'

export interface NewFile {
  /** Below the folder, `/` between segments. */
  readonly path: string
  readonly text: string
  /** False: what stands at the path already ends the work. */
  readonly replace: boolean
  /** Of a file that was not there; 0644 when absent, less the user's umask. */
  readonly mode?: number
}

/** File systems without links. */
const CANNOT_LINK = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'])

function errnoOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
}

function hiddenBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
}

/** The error of a file that cannot be written, in words. */
function cannotWrite(path: string, thrown: unknown): unknown {
  if (thrown instanceof R3mesError) return thrown
  const errno = errnoOf(thrown)
  if (!/^E[A-Z0-9]+$/.test(errno)) return thrown
  const detail = thrown instanceof Error ? thrown.message : undefined
  const options = { cause: thrown, ...(detail === undefined ? {} : { detail }) }
  if (errno === 'EEXIST') {
    return new R3mesError(
      'INPUT_INVALID',
      `${path} has appeared meanwhile. Look at it, and run again.`,
      options,
    )
  }
  const code = ['ENOSPC', 'EDQUOT'].includes(errno) ? 'DISK_FULL' : 'INPUT_INVALID'
  return new R3mesError(
    code,
    `${path} cannot be written (${errno}), so nothing was. Check that this folder is yours and has room, then run again.`,
    options,
  )
}

/** Makes the folders above a path; links among them would lead somewhere else, and are refused. @returns those that were made */
async function makeFolders(folder: string, path: string): Promise<readonly string[]> {
  const made: string[] = []
  const segments = path.split('/').slice(0, -1)
  for (const [index] of segments.entries()) {
    const here = join(folder, ...segments.slice(0, index + 1))
    try {
      await mkdir(here)
      made.push(here)
    } catch (thrown) {
      if (errnoOf(thrown) !== 'EEXIST') throw thrown
      if ((await lstat(here)).isDirectory()) continue
      throw new R3mesError(
        'INPUT_INVALID',
        `${segments.slice(0, index + 1).join('/')} is a link or a file, not a folder. Remove it, or run in another folder.`,
      )
    }
  }
  return made
}

/** Gives a file a second name, where nothing may be; a copy where the file system has no links. */
async function putNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (thrown) {
    if (!CANNOT_LINK.has(errnoOf(thrown))) throw thrown
    await copyFile(from, to, constants.COPYFILE_EXCL)
  }
}

/**
 * Writes every file beside its place, then puts them in place one after the other. When one fails, those before it are taken
 * back, what they replaced stands again, and folders that were made go.
 *
 * @throws R3mesError `INPUT_INVALID`, `DISK_FULL`
 */
export async function putFiles(folder: string, files: readonly NewFile[]): Promise<void> {
  // Taken back in the other order: what was put in place, then what was prepared, then the folders, which are empty by then.
  await using folders = new AsyncDisposableStack()
  await using leftovers = new AsyncDisposableStack()
  await using undoing = new AsyncDisposableStack()
  const prepared: Prepared[] = []
  for (const file of files) {
    await named(file.path, async () => {
      for (const made of await makeFolders(folder, file.path)) {
        folders.defer(() => rmdir(made).catch(() => undefined))
      }
      const path = join(folder, file.path)
      const hidden = hiddenBeside(path)
      leftovers.defer(() => rm(hidden, { force: true }))
      await write(hidden, file)
      prepared.push({ file, hidden, path })
    })
  }
  for (const each of prepared) await named(each.file.path, () => putInPlace(each, undoing, leftovers))
  // Nothing failed, so nothing is taken back.
  undoing.move()
  folders.move()
}

interface Prepared {
  readonly file: NewFile
  readonly hidden: string
  /** Absolute. */
  readonly path: string
}

async function putInPlace(
  { file, hidden, path }: Prepared,
  undoing: AsyncDisposableStack,
  leftovers: AsyncDisposableStack,
): Promise<void> {
  if (!file.replace || !(await isThere(path))) {
    await putNew(hidden, path)
    undoing.defer(() => rm(path, { force: true }))
    return
  }
  const before = hiddenBeside(path)
  leftovers.defer(() => rm(before, { force: true }))
  await putNew(path, before)
  undoing.defer(() => rename(before, path))
  const entry = await lstat(path)
  if (entry.isFile()) await chmod(hidden, entry.mode & 0o777)
  await rename(hidden, path)
}

async function named(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    throw cannotWrite(path, thrown)
  }
}

async function write(path: string, { text, mode = 0o644 }: NewFile): Promise<void> {
  await using file = await open(path, 'wx', mode)
  await file.writeFile(text, 'utf8')
  await file.sync()
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return false
    throw thrown
  }
}
