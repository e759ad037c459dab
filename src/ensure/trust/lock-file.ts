/** The lockfile on disk: read within limits, written whole or not at all. What it says is the registry's to judge. */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { R3mesError } from '../../core/index.ts'
import { LOCKFILE_LIMIT, type Lockfile, parseLockfile } from '../../registry/index.ts'
import type { UntrustedEvent } from './events.ts'

/** What a run knows of its lockfile. */
export type LockState =
  | { readonly kind: 'absent' }
  /** There is one, or there is none: in such an event nobody looks inside. */
  | { readonly kind: 'unread'; readonly event: UntrustedEvent; readonly exists: boolean }
  | { readonly kind: 'read'; readonly lock: Lockfile }

function unusable(why: string, remedy: string, thrown?: unknown): R3mesError {
  const detail = thrown instanceof Error ? thrown.message : undefined
  return new R3mesError('LOCK_INVALID', `The lockfile ${why}. ${remedy}`, {
    ...(detail === undefined ? {} : { detail }),
    ...(thrown === undefined ? {} : { cause: thrown }),
  })
}

function isMissing(thrown: unknown): boolean {
  return (
    thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
  )
}

/** The bytes of a regular file within the limit; undefined when there is none. */
async function readBounded(path: string): Promise<Uint8Array | undefined> {
  try {
    // A pipe under that name would otherwise keep the run waiting for a writer. Windows has neither flag nor such pipes.
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const facts = await file.stat()
    if (!facts.isFile()) throw unusable('is no regular file', 'Name another one in `lockfile`.')
    if (facts.size > LOCKFILE_LIMIT) {
      throw unusable(`has more than ${LOCKFILE_LIMIT} bytes`, 'Write it again with `r3mes lock`.')
    }
    return await file.readFile()
  } catch (thrown) {
    if (thrown instanceof R3mesError) throw thrown
    if (isMissing(thrown)) return undefined
    throw unusable('cannot be read', 'Check its owner and mode.', thrown)
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (thrown) {
    throw unusable(
      'is not UTF-8 text',
      'Restore it from version control, or write it again with `r3mes lock`.',
      thrown,
    )
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    return false
  }
}

/**
 * The lockfile under this path, unless the event forbids looking inside.
 *
 * @param event the untrusted event that started the run, if one did
 * @throws R3mesError `LOCK_INVALID` when there is one that cannot be read or is no lockfile
 */
export async function readLockState(path: string, event: UntrustedEvent | undefined): Promise<LockState> {
  if (event !== undefined) return { kind: 'unread', event, exists: await exists(path) }
  const bytes = await readBounded(path)
  return bytes === undefined ? { kind: 'absent' } : { kind: 'read', lock: parseLockfile(decodeText(bytes)) }
}

/**
 * Puts a lockfile in place in one step: readers find the old one or the new one. A symbolic link under that name is replaced,
 * never followed.
 *
 * @throws R3mesError `INPUT_INVALID` when the folder cannot be written
 */
export async function writeLockfile(path: string, text: string): Promise<void> {
  const hidden = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  try {
    {
      await using file = await open(hidden, 'wx', 0o644)
      await file.writeFile(text, 'utf8')
      // Whoever reviews and commits it expects the usual mode, whatever the umask.
      await file.chmod(0o644)
      await file.sync()
    }
    await rename(hidden, path)
  } catch (thrown) {
    throw new R3mesError(
      'INPUT_INVALID',
      'The lockfile cannot be written. Check that its folder exists and that you may write there, or name another path in `lockfile`.',
      { cause: thrown, detail: thrown instanceof Error ? thrown.message : String(thrown) },
    )
  } finally {
    await rm(hidden, { force: true })
  }
}
