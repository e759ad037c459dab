import { R3mesError } from '../core/index.ts'

const NOT_WRITABLE = new Set(['EACCES', 'EROFS'])
const DISK_FULL = new Set(['ENOSPC', 'EDQUOT'])
const NO_FOLDER = new Set(['ENOTDIR', 'EEXIST', 'ELOOP', 'ENOENT'])

/** A file system error of making links as one of this project. What is none comes back as it is. Paths stay in `detail`. */
export function linkError(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('syscall' in thrown)) return thrown
  const errno = /^E[A-Z0-9]{2,20}$/.exec(String(thrown.code))?.[0] ?? 'an unknown error'
  const options = { cause: thrown, detail: thrown.message }
  if (DISK_FULL.has(errno)) {
    return new R3mesError(
      'DISK_FULL',
      `There is no room for the links (${errno}). Free some space, then run again.`,
      options,
    )
  }
  if (NOT_WRITABLE.has(errno)) {
    return new R3mesError(
      'STORE_NOT_WRITABLE',
      `The folder to link to cannot be written (${errno}). Check who owns it and that its disk is not read-only.`,
      options,
    )
  }
  if (NO_FOLDER.has(errno)) {
    return new R3mesError(
      'INPUT_INVALID',
      `There is no folder where one is needed (${errno}). Check that the volume exists, and that no file or broken link stands where the program keeps its models.`,
      options,
    )
  }
  return new R3mesError(
    'STORE_NOT_WRITABLE',
    `The links could not be made (${errno}). The file system has to allow symbolic links: on Windows, switch on Developer Mode; exFAT and FAT have none.`,
    options,
  )
}
