import type { Writable } from 'node:stream'

/** Two of these for each body on its way: enough to keep a connection busy, little enough for hundreds of them. */
const BUFFER_BYTES = 128 * 1024

/**
 * The bytes from `at` on: in `memory`, as many as fit there or fewer, or in memory of the reader's own. None: there are no more.
 */
export type ReadPiece = (memory: Buffer, at: number) => Uint8Array | Promise<Uint8Array>

/**
 * Writes a body and ends the answer: one buffer is being sent while the other is read into. A body that became shorter ends
 * the connection, since the client still waits for what was announced and has to see that it does not come.
 *
 * @param part `end` is exclusive
 * @throws what `read` throws, and the connection's errors
 */
export async function sendBytes(
  to: Writable,
  { start, end }: { readonly start: number; readonly end: number },
  read: ReadPiece,
): Promise<void> {
  const length = Math.min(BUFFER_BYTES, end - start)
  let [sending, reading] = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)]
  const readFrom = async (memory: Buffer, at: number): Promise<Uint8Array> =>
    read(memory.subarray(0, Math.min(length, end - at)), at)
  let at = start
  let ahead = readFrom(sending, at)
  while (at < end) {
    const piece = await ahead
    at += piece.length
    if (piece.length === 0) {
      to.destroy()
      return
    }
    if (at < end) ahead = readFrom(reading, at)
    // Its error counts when it is waited for, which a client that hangs up prevents.
    ahead.catch(() => undefined)
    await sent(piece, to)
    const free = sending
    sending = reading
    reading = free
  }
  to.end()
}

/** Resolves when the connection has taken the bytes, so that their memory is free again. */
function sent(piece: Uint8Array, to: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const hungUp = (): void => reject(new Error('the client hung up'))
    if (to.destroyed) return hungUp()
    to.once('close', hungUp)
    to.write(piece, (error) => {
      to.off('close', hungUp)
      if (error) reject(error)
      else resolve()
    })
  })
}
