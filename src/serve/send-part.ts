import type { FileHandle } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'

/** Two of these for each answer on its way: enough to keep a connection busy, little enough for hundreds of them. */
const BUFFER_BYTES = 128 * 1024

/**
 * Sends a part of a file and ends the response: one buffer is being sent while the other is read into. A file that became
 * shorter ends the connection, since the client still waits for what was announced and has to see that it does not come.
 *
 * @param part `end` is exclusive
 * @throws the file system's own errors, and the connection's
 */
export async function sendPart(
  file: FileHandle,
  { start, end }: { readonly start: number; readonly end: number },
  response: ServerResponse,
): Promise<void> {
  const length = Math.min(BUFFER_BYTES, end - start)
  let [sending, reading] = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)]
  const read = async (buffer: Buffer, at: number): Promise<Buffer> => {
    const { bytesRead } = await file.read(buffer, 0, Math.min(length, end - at), at)
    return buffer.subarray(0, bytesRead)
  }
  let at = start
  let ahead = read(sending, at)
  while (at < end) {
    const piece = await ahead
    at += piece.length
    if (piece.length === 0) {
      response.destroy()
      return
    }
    if (at < end) ahead = read(reading, at)
    // Its error counts when it is waited for, which a client that hangs up prevents.
    ahead.catch(() => undefined)
    await sent(piece, response)
    const free = sending
    sending = reading
    reading = free
  }
  response.end()
}

/** Resolves when the connection has taken the bytes, so that their buffer is free again. */
function sent(piece: Buffer, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const hungUp = (): void => reject(new Error('the client hung up'))
    response.once('close', hungUp)
    response.write(piece, (error) => {
      response.off('close', hungUp)
      if (error) reject(error)
      else resolve()
    })
  })
}
