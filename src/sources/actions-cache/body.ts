import { type FileHandle, open } from 'node:fs/promises'

/** One file of a body; the body is its files one after the other. */
export interface BodyFile {
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** More than a socket takes at once, so that whoever writes a piece waits until it is gone. */
const PIECE_BYTES = 256 * 1024

/**
 * These bytes of the body, in pieces that are to be written before the next one is asked for: each file's pieces take turns
 * in two buffers, one being written while the other is read into. Memory does not depend on the size, and hardly on speed.
 *
 * @param end exclusive
 * @throws the file system's own errors, and an Error for a file that became shorter
 */
export async function* bytesOf(
  files: readonly BodyFile[],
  start: number,
  end: number,
): AsyncGenerator<Buffer, void, undefined> {
  let before = 0
  for (const { path, size } of files) {
    const from = Math.max(start - before, 0)
    const to = Math.min(end - before, size)
    if (from < to) yield* partOf(path, from, to)
    before += size
  }
}

async function* partOf(path: string, from: number, to: number): AsyncGenerator<Buffer, void, undefined> {
  await using file = await open(path)
  const length = Math.min(PIECE_BYTES, to - from)
  let [writing, reading] = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(to - from > length ? length : 0)]
  let at = from
  let ahead = fill(file, writing, at, to)
  while (at < to) {
    const piece = await ahead
    at += piece.length
    if (at < to) ahead = fill(file, reading, at, to)
    // The error of a body that nobody reads to its end is nobody's.
    ahead.catch(() => undefined)
    yield piece
    const written = writing
    writing = reading
    reading = written
  }
}

/** Reads into the whole buffer, or up to the end of the part. */
async function fill(file: FileHandle, buffer: Buffer, at: number, to: number): Promise<Buffer> {
  const wanted = Math.min(buffer.length, to - at)
  let read = 0
  while (read < wanted) {
    const { bytesRead } = await file.read(buffer, read, wanted - read, at + read)
    if (bytesRead === 0) throw new Error('a file became shorter while it was read')
    read += bytesRead
  }
  return buffer.subarray(0, wanted)
}
