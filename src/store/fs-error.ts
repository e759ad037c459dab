import { R3mesError } from '../core/index.ts'

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS'])
const ERRNO = /^E[A-Z0-9]{2,20}$/

/** The code of a file system error, such as `ENOENT`; undefined for every other thrown value. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('errno' in thrown)) return undefined
  const { code } = thrown
  return typeof code === 'string' && ERRNO.test(code) ? code : undefined
}

/** Whether the file system had no room, or this user may take no more of it. */
export function isDiskFull(thrown: unknown): boolean {
  return DISK_FULL.has(errnoOf(thrown) ?? '')
}

/**
 * A file system error as one of this project. What is none (an R3mesError, a bug) comes back as it is. Paths stay in
 * `detail`.
 *
 * @param doing what was being done, to follow "while": `making a blob`
 */
export function storeError(thrown: unknown, doing: string): unknown {
  const errno = errnoOf(thrown)
  if (errno === undefined || !(thrown instanceof Error)) return thrown
  const options = { cause: thrown, detail: thrown.message }
  if (DISK_FULL.has(errno)) {
    return new R3mesError(
      'DISK_FULL',
      `There is no room on the disk (${errno} while ${doing}). Free some space or choose another \`home\`, then run again.`,
      options,
    )
  }
  if (NOT_WRITABLE.has(errno)) {
    return new R3mesError(
      'STORE_NOT_WRITABLE',
      `The file system did not allow it (${errno} while ${doing}). Check who owns the store and that its disk is not read-only, or choose another \`home\`.`,
      options,
    )
  }
  if (errno === 'ENAMETOOLONG') {
    return new R3mesError(
      'STORE_NOT_WRITABLE',
      `A path is too long for this file system (${errno} while ${doing}). Choose a shorter \`home\`.`,
      options,
    )
  }
  return new R3mesError(
    'STORE_CORRUPT',
    `The file system answered ${errno} while ${doing}. Check the disk and what lies below \`home\`, then run again.`,
    options,
  )
}

/** Runs a piece of work of the store; its file system errors come out as {@link storeError}. */
export async function during<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw storeError(thrown, doing)
  }
}
