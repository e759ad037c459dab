/**
 * Locks that the operating system keeps for a process, and takes back at once when it ends, however it ends: no holder
 * has to be judged by a process id. Node has no call for them, but SQLite, which is part of it, takes them on every platform
 * (fcntl on POSIX, LockFileEx on Windows; https://www.sqlite.org/lockingv3.html): an exclusive transaction on an empty
 * database writes nothing and holds the lock of the file.
 *
 * Nobody may open such a file in another way: on POSIX, closing it would end the lock.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openLockFile } from './lock-file.ts'

/** A lock that is held. */
export interface ProcessLock {
  /** Ends it. The file stays. */
  release(): void
}

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds after which waiting ends: who holds the lock may be stopped. For ever when absent. */
  readonly patience?: number | undefined
}

/** Milliseconds between two looks at a lock that others hold, at first and at most. */
const FIRST_WAIT = 5
const MOST_WAIT = 100

/**
 * Takes the lock of a file, which is made when it is missing. Never waits.
 *
 * @returns undefined while another process holds it, or this one already
 * @throws LocksUnsupported where the file system knows no locks; an error with `errcode` of SQLite for other failures
 */
export function tryLock(path: string): ProcessLock | undefined {
  return openLockFile(path)
}

/**
 * As {@link tryLock}, but waits until the lock is free. Meant for work of milliseconds.
 *
 * @throws the reason of the signal once it is aborted, a `TimeoutError` when patience ends
 */
export async function lock(path: string, { signal, patience }: WaitOptions = {}): Promise<ProcessLock> {
  const stop = eitherOf(signal, patience)
  for (let wait = FIRST_WAIT; ; wait = Math.min(MOST_WAIT, wait * 2)) {
    stop?.throwIfAborted()
    const held = tryLock(path)
    if (held !== undefined) return held
    await sleep(wait * (0.5 + Math.random() / 2), undefined, stop === undefined ? {} : { signal: stop })
  }
}

function eitherOf(signal: AbortSignal | undefined, patience: number | undefined): AbortSignal | undefined {
  if (patience === undefined) return signal
  const end = AbortSignal.timeout(patience)
  return signal === undefined ? end : AbortSignal.any([signal, end])
}

/** Does `work` while holding the lock of `path`. */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: WaitOptions = {},
): Promise<T> {
  const held = await lock(path, options)
  try {
    return await work()
  } finally {
    held.release()
  }
}
