import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { R3mesError, type Sha256Hex, type VerifiedFile, Verifier } from '../core/index.ts'
import { type ExactIdentity, sameExactly } from './checks/record.ts'
import { entryAt, sameIdentity } from './disk.ts'
import { errnoOf } from './fs-error.ts'
import type { HashProgress } from './types.ts'

/** Bytes per read. Larger ones fall out of the processor's cache between read and hash. */
const CHUNK = 1024 * 1024

/** What hashing a file found. `changed`: it was not the same file after as before, so nothing is known. */
export type FileCheck =
  | {
      readonly kind: 'verified'
      readonly file: VerifiedFile
      readonly identity: ExactIdentity
      /** Nothing of it changed meanwhile, links and mode included. */
      readonly isSettled: boolean
    }
  | { readonly kind: 'wrong'; readonly reason: R3mesError }
  | { readonly kind: 'changed' }

export interface CheckOptions {
  /** Hashing a large file takes longer than a cancelled job may. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: HashProgress | undefined
}

/**
 * Hashes every byte of a regular file. Links are not followed, and the file has to be the same one, with the same size and
 * time of change, after the last byte as before the first.
 *
 * @throws the reason of the signal once it is aborted
 */
export async function checkFile(
  path: string,
  sha256: Sha256Hex,
  options: CheckOptions = {},
): Promise<FileCheck> {
  const opened = await openFile(path)
  if (opened === undefined) return { kind: 'changed' }
  await using handle = opened
  const before = await handle.stat({ bigint: true })
  const verifier = new Verifier({ sha256 })
  await hashTo(handle, before.size, verifier, options)
  const after = await handle.stat({ bigint: true })
  const there = await entryAt(path)
  if (there === undefined || !sameIdentity(before, after) || !sameIdentity(before, there)) {
    return { kind: 'changed' }
  }
  try {
    const isSettled = sameExactly(before, after) && sameExactly(before, there)
    return { kind: 'verified', file: verifier.finish(path), identity: before, isSettled }
  } catch (thrown) {
    if (thrown instanceof R3mesError) return { kind: 'wrong', reason: thrown }
    throw thrown
  }
}

/** Undefined when there is no file, or a link instead of one. */
async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    // Windows has no O_NOFOLLOW: the constant is undefined there and adds nothing.
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'ENOENT' || errno === 'ELOOP') return undefined
    throw thrown
  }
}

/** Reads one chunk ahead, so that disk and hash work at the same time; never further than one chunk past `size`. */
async function hashTo(
  handle: FileHandle,
  size: bigint,
  verifier: Verifier,
  { signal, onProgress }: CheckOptions,
): Promise<void> {
  let filling = Buffer.allocUnsafe(CHUNK)
  let full = Buffer.allocUnsafe(CHUNK)
  let position = 0
  let reading = handle.read(filling, 0, CHUNK, position)
  while (position <= size) {
    const { bytesRead } = await reading
    if (bytesRead === 0) return
    signal?.throwIfAborted()
    position += bytesRead
    ;[filling, full] = [full, filling]
    reading = handle.read(filling, 0, CHUNK, position)
    verifier.update(full.subarray(0, bytesRead))
    onProgress?.(position, Number(size))
  }
  await reading
}
