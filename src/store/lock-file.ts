/** The one place that talks to SQLite. */
import { createRequire } from 'node:module'
import type { DatabaseSync } from 'node:sqlite'
import type { ProcessLock } from './process-lock.ts'

/** https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5
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
  constructor(cause: unknown) {
    super('The file system of the store knows no locks', { cause })
    this.name = 'LocksUnsupported'
  }
}

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

/** @returns undefined while somebody holds the lock */
export function openLockFile(path: string): ProcessLock | undefined {
  const { DatabaseSync } = loadSqlite()
  let file: DatabaseSync | undefined
  try {
    file = new DatabaseSync(path)
    file.exec('BEGIN EXCLUSIVE')
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
