/** The thread behind {@link HashPool}: reads files from beginning to end and says what their bytes hash to. */
import { createHash, hash } from 'node:crypto'
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { Sha256Hex } from './digest.ts'
import type { HashedFile, HashFilesOrder, HashFilesReport, HashFilesShared } from './hash-pool.ts'
import { pathsIn } from './path-list.ts'

/** Bytes per read: small enough to be hashed while they are still in the processor's cache. */
const READ_BYTES = 128 * 1024
/** Windows has neither flag: a link is followed there, and what is found is compared with what was meant. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR'])
const IRREGULAR: ReadonlySet<string> = new Set(['ELOOP', 'EMLINK', 'EISDIR', 'ENXIO'])

const port = parentPort
if (port === null) throw new TypeError('This module is the program of a worker thread')

const { hashed, stopped } = workerData as HashFilesShared
const buffer = Buffer.allocUnsafeSlow(READ_BYTES)

function errnoOf(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code
  throw thrown
}

function isStopped(): boolean {
  return Atomics.load(stopped, 0) !== 0
}

/** The bytes from the file's begin to `size`; a file that ends earlier ends the hashing. */
function digestOf(fd: number, size: number): Sha256Hex {
  if (size <= READ_BYTES) {
    const read = readSync(fd, buffer, 0, size, 0)
    if (read === size) return hash('sha256', buffer.subarray(0, read), 'hex') as Sha256Hex
  }
  const running = createHash('sha256')
  for (let at = 0; at < size && !isStopped(); ) {
    const read = readSync(fd, buffer, 0, READ_BYTES, at)
    if (read === 0) break
    running.update(buffer.subarray(0, read))
    at += read
    Atomics.add(hashed, 0, BigInt(read))
  }
  return running.digest('hex') as Sha256Hex
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.size === other.size && one.mtimeNs === other.mtimeNs
}

function hashOpen(fd: number): HashedFile {
  const before = fstatSync(fd, { bigint: true })
  if (!before.isFile()) return { kind: 'irregular' }
  const sha256 = digestOf(fd, Number(before.size))
  const after = fstatSync(fd, { bigint: true })
  if (!isSame(before, after)) return { kind: 'changed' }
  const { dev, ino, size, mtimeNs, ctimeNs } = after
  if (size <= READ_BYTES) Atomics.add(hashed, 0, size)
  return { kind: 'hashed', sha256, dev, ino, size, mtimeNs, ctimeNs }
}

function hashFile(path: string): HashedFile {
  try {
    const fd = openSync(path, FLAGS)
    try {
      return hashOpen(fd)
    } finally {
      closeSync(fd)
    }
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (ABSENT.has(errno)) return { kind: 'absent' }
    if (IRREGULAR.has(errno)) return { kind: 'irregular' }
    return { kind: 'unreadable', errno }
  }
}

port.on('message', ({ paths }: HashFilesOrder) => {
  const files: HashedFile[] = []
  for (const path of pathsIn(paths)) {
    if (isStopped()) break
    files.push(hashFile(path))
  }
  port?.postMessage({ files } satisfies HashFilesReport)
})
