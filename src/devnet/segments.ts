/** Bytes that came in as bodies and lie in files: taken and given in few and large steps, as any fast host does. */
import { closeSync, openSync, readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendBytes } from '../core/index.ts'

/** One file; a blob is its segments one after the other. */
export interface Segment {
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** Written at once: a connection hands over 64 KiB or less, and asking the disk for each costs more than writing it. */
const BATCH_BYTES = 1024 * 1024

export function sizeOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.size, 0)
}

/**
 * Writes a body to a file: the next pieces come in while those before are written.
 *
 * @throws the file system's own errors, and the connection's when it ends before the body does
 */
export async function receiveSegment(request: IncomingMessage, path: string): Promise<Segment> {
  await using file = await open(path, 'w')
  let batch: Buffer[] = []
  let [at, bytes] = [0, 0]
  let writing: Promise<void> = Promise.resolve()
  const write = async (): Promise<void> => {
    await writing
    writing = writeAll(file, batch, at)
    // Its error counts when it is waited for.
    writing.catch(() => undefined)
    at += bytes
    bytes = 0
    batch = []
  }
  for await (const piece of request as AsyncIterable<Buffer>) {
    batch.push(piece)
    bytes += piece.length
    if (bytes >= BATCH_BYTES) await write()
  }
  if (bytes > 0) await write()
  await writing
  return { path, size: at }
}

/**
 * Gives memory back that nobody reads any more. Left to the garbage collector, gigabytes in pieces of 64 KiB make it look
 * through all of the devnet again and again, which costs more than taking the bytes in.
 */
function release(pieces: readonly Buffer[]): void {
  for (const { buffer, byteLength } of pieces) {
    // Memory that others share stays.
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
  }
}

/** A system may take fewer bytes than it is given. */
async function writeAll(file: FileHandle, pieces: readonly Buffer[], at: number): Promise<void> {
  const { bytesWritten } = await file.writev(pieces, at)
  let before = 0
  for (const piece of pieces) {
    const done = Math.max(0, Math.min(piece.length, bytesWritten - before))
    await writeRest(file, piece, done, at + before)
    before += piece.length
  }
  release(pieces)
}

async function writeRest(file: FileHandle, piece: Buffer, from: number, at: number): Promise<void> {
  for (let done = from; done < piece.length; ) {
    done += (await file.write(piece, done, piece.length - done, at + done)).bytesWritten
  }
}

/**
 * Answers with a part of segments and ends the answer. They were written a moment ago, so that reading them keeps nobody
 * waiting; reading in other threads would cost more than the bytes do.
 *
 * @param part `end` is exclusive
 * @throws the file system's own errors, and the connection's
 */
export async function sendSegments(
  response: ServerResponse,
  segments: readonly Segment[],
  part: { readonly start: number; readonly end: number },
): Promise<void> {
  let current: { readonly descriptor: number; readonly start: number; readonly end: number } | undefined
  const close = (): void => {
    if (current !== undefined) closeSync(current.descriptor)
    current = undefined
  }
  try {
    await sendBytes(response, part, (memory, at) => {
      if (current === undefined || at >= current.end) {
        close()
        const found = segmentAt(segments, at)
        current = { ...found, descriptor: openSync(found.path, 'r') }
      }
      const { descriptor, start, end } = current
      const bytes = readSync(descriptor, memory, 0, Math.min(memory.length, end - at), at - start)
      return memory.subarray(0, bytes)
    })
  } finally {
    close()
  }
}

function segmentAt(segments: readonly Segment[], at: number): { path: string; start: number; end: number } {
  let start = 0
  for (const { path, size } of segments) {
    const end = start + size
    if (at < end) return { path, start, end }
    start = end
  }
  throw new RangeError(`The blob has only ${start} bytes`)
}
