import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { MIB } from './sizes.ts'

export interface RandomFile {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** Writes new bytes that nothing can compress. */
export async function randomFile(path: string, bytes: number): Promise<RandomFile> {
  const cipher = createCipheriv('aes-128-ctr', randomBytes(16), randomBytes(16))
  const hash = createHash('sha256')
  const zeros = Buffer.alloc(MIB)
  await using file = await open(path, 'w')
  for (let at = 0; at < bytes; at += MIB) {
    const chunk = cipher.update(zeros.subarray(0, Math.min(MIB, bytes - at)))
    hash.update(chunk)
    await file.write(chunk)
  }
  return { path, bytes, sha256: hash.digest('hex') }
}
