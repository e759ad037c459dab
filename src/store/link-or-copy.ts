import { constants } from 'node:fs'
import { chmod, copyFile, link, open, rm } from 'node:fs/promises'
import { R3mesError, type Sha256Hex, type VerifiedFile } from '../core/index.ts'
import { checkFile } from './check-file.ts'
import { entryAt, type Identity } from './disk.ts'
import { errnoOf } from './fs-error.ts'

/** Another file system, none with links, a file of root that we may not link, or too many links already. */
const CANNOT_LINK = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

export function cannotLink(thrown: unknown): boolean {
  const errno = errnoOf(thrown)
  return errno !== undefined && CANNOT_LINK.has(errno)
}

/**
 * Brings a blob to a hidden path: as a hard link, or as a copy where links fail (a reflink where the file system can). A
 * copy is hashed again, and so is a link whose blob is not the one that was checked.
 *
 * @param isChecked whether a file is the blob that this process hashed
 * @throws R3mesError `STORE_CORRUPT` when the bytes are no longer the verified ones
 */
export async function linkOrCopy(
  blob: VerifiedFile,
  to: string,
  isChecked: (file: Identity) => boolean,
): Promise<void> {
  try {
    await link(blob.path, to)
  } catch (thrown) {
    if (!cannotLink(thrown)) throw thrown
    await copyVerified(blob.path, to, blob.sha256)
    return
  }
  const entry = await entryAt(to)
  if (entry !== undefined && isChecked(entry)) return
  await assertRight(to, blob.sha256)
}

/**
 * Copies a file to a hidden path, syncs it, makes it read-only and hashes the copy: only its own bytes count. A copy that
 * fails is removed.
 *
 * @throws R3mesError `STORE_CORRUPT`
 */
export async function copyVerified(from: string, to: string, sha256: Sha256Hex): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
    await chmod(to, 0o600)
    {
      await using handle = await open(to, 'r+')
      await handle.sync()
    }
    await chmod(to, 0o444)
    await assertRight(to, sha256)
  } catch (thrown) {
    await rm(to, { force: true })
    throw thrown
  }
}

async function assertRight(path: string, sha256: Sha256Hex): Promise<void> {
  const check = await checkFile(path, sha256)
  if (check.kind === 'verified') return
  throw new R3mesError(
    'STORE_CORRUPT',
    'A verified file changed before it could be put in place. Check the disk and which programs write below `home`, then run again.',
    { detail: check.kind === 'wrong' ? `${path}: ${check.reason.message}` : path },
  )
}
