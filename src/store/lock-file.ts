/** The one place that talks to SQLite. */
import { lstatSync, rmdirSync, unlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { ProcessLock } from './process-lock.ts'

/** https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5
const SQLITE_CANTOPEN = 14
/** What a file system without locks leads to: errors of locking, and those of a network file system that knows none. */
const UNSUPPORTED: ReadonlySet<number> = new Set([
  15, // SQLITE_PROTOCOL
  22, // SQLITE_NOLFS
  3850, // SQLITE_IOERR_LOCK
  2058, // SQLITE_IOERR_UNLOCK
  3594, // SQLITE_IOERR_CHECKRESERVEDLOCK
  2314, // SQLITE_IOERR_RDLOCK
])

/** The file system of the store knows no locks. */
export class LocksUnsupported extends Error {
  constructor(cause?: unknown) {
    super('The file system of the store knows no locks', { cause })
    this.name = 'LocksUnsupported'
  }
}

/** What a look at a lock file found. Whatever is no empty regular file is no lock file: `missing`. */
export type LockFileState = 'held' | 'free' | 'missing'

let sqlite: typeof import('node:sqlite') | undefined

/**
 * Loaded at the first lock. Node 24 calls this module experimental in its first releases, and would say so in the middle of
 * somebody's log; what is used of it has not changed since it exists.
 */
function loadSqlite(): typeof import('node:sqlite') {
  if (sqlite !== undefined) return sqlite
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    sqlite = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
  return sqlite
}

function codeOf(thrown: unknown): number {
  return thrown instanceof Error && 'errcode' in thrown ? Number(thrown.errcode) : 0
}

/**
 * Takes the lock of a file, which is made when it is missing. What else stands at the path makes room, so that no link
 * leads out of the store: a lock file is empty, so nothing of anybody is lost.
 *
 * @returns undefined while somebody holds the lock
 * @throws LocksUnsupported, or the error of the file system or of SQLite
 */
export function openLockFile(path: string): ProcessLock | undefined {
  makeRoom(path)
  return take(path)
}

/** Says whether somebody holds the lock of a file. Makes nothing. */
export function lookAtLockFile(path: string): LockFileState {
  const held = takeExisting(path)
  if (held === 'held' || held === 'missing') return held
  held.release()
  return 'free'
}

/**
 * Deletes a lock file that nobody holds, and nobody can take meanwhile.
 *
 * @returns false while somebody holds it
 */
export function removeLockFile(path: string): boolean {
  const held = takeExisting(path)
  if (held === 'held') return false
  if (held === 'missing') return true
  try {
    unlinkSync(path)
  } catch {
    // Windows deletes no open file. There, somebody could take the lock between the two steps.
    held.release()
    unlinkSync(path)
  } finally {
    held.release()
  }
  return true
}

function takeExisting(path: string): ProcessLock | 'held' | 'missing' {
  if (!isLockFile(path)) return 'missing'
  const url = pathToFileURL(path)
  url.searchParams.set('mode', 'rw')
  try {
    // SQLite takes no URL with a host, such as that of a Windows share.
    return take(url.host === '' ? url : path) ?? 'held'
  } catch (thrown) {
    if (codeOf(thrown) === SQLITE_CANTOPEN && !isLockFile(path)) return 'missing'
    // What cannot be opened may well be held: by another user, for one.
    return 'held'
  }
}

function isLockFile(path: string): boolean {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  return entry?.isFile() === true && entry.size === 0
}

function makeRoom(path: string): void {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (entry === undefined || (entry.isFile() && entry.size === 0)) return
  if (entry.isDirectory()) rmdirSync(path)
  else unlinkSync(path)
}

function take(place: string | URL): ProcessLock | undefined {
  const { DatabaseSync } = loadSqlite()
  let file: DatabaseSync | undefined
  try {
    file = new DatabaseSync(place)
    // The transaction is never written: a journal on the disk would be, and would stay when its process is killed.
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (thrown) {
    file?.close()
    const code = codeOf(thrown)
    if ((code & 0xff) === SQLITE_BUSY) return undefined
    throw UNSUPPORTED.has(code) ? new LocksUnsupported(thrown) : thrown
  }
  const held = file
  return {
    release: () => {
      if (held.isOpen) held.close()
    },
  }
}
