/** Where a request comes from: a file, standard input, or the text itself. */
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { R3mesError } from '../core/index.ts'
import { expandPath } from '../ensure/index.ts'
import { parseVolumeRequest } from './request-file.ts'
import type { VolumeRequest } from './types.ts'

/** One byte more than a request may have is read, so that a longer one is told from the longest. */
const MOST = 1024 * 1024 + 1

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of source) {
    pieces.push(piece)
    size += piece.length
    if (size >= MOST) break
  }
  return Buffer.concat(pieces)
}

/**
 * Reads a request from a file, or from standard input.
 *
 * @param path `-` where there is a standard input: that
 * @throws R3mesError `INPUT_INVALID`
 */
export async function readRequestFile(path: string, stdin?: Readable): Promise<VolumeRequest> {
  if (path === '-' && stdin !== undefined) return parseVolumeRequest(await bytesOf(stdin))
  try {
    await using file = await open(expandPath(path, 'request'))
    return parseVolumeRequest(await bytesOf(file.createReadStream({ autoClose: false, end: MOST })))
  } catch (thrown) {
    if (thrown instanceof R3mesError || !(thrown instanceof Error) || !('syscall' in thrown)) throw thrown
    const errno = 'code' in thrown ? /^E[A-Z0-9]{2,20}$/.exec(String(thrown.code))?.[0] : undefined
    throw new R3mesError(
      'INPUT_INVALID',
      `The file of the request cannot be read (${errno ?? 'no reason given'}). Check its path, which starts at the working directory.`,
      { cause: thrown, detail: thrown.message },
    )
  }
}

/**
 * Reads a request that is either JSON or the path of a file that holds it.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export async function readRequestInput(text: string): Promise<VolumeRequest> {
  if (text === '') {
    throw new R3mesError(
      'INPUT_INVALID',
      'There is no `request`. Set it to JSON such as {"loras": [{"name": "detail", "url": "https://…", "hash": "…"}]}, or to the path of a file that holds it.',
    )
  }
  return /^\s*[[{]/.test(text) ? parseVolumeRequest(new TextEncoder().encode(text)) : readRequestFile(text)
}
