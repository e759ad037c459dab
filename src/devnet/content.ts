import { createCipheriv, createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import { sha256 } from 'multiformats/hashes/sha2'
import { isSha256Hex, type Sha256Hex } from '../core/index.ts'
import type { Content } from './types.ts'

const AES_BLOCK = 16
const STEP = 1024 * 1024
const ZEROS = new Uint8Array(STEP + AES_BLOCK)

type ReadBytes = Content['read']

/** Hashing gigabytes takes seconds, and every devnet of a process has the same sample: remember what was hashed. */
const hashOfGenerated = new Map<string, Sha256Hex>()

/**
 * New bytes of that size, made on the fly: no memory, no disk, any offset at once. The same name and size are the same
 * bytes in every devnet. The first use of a name and size hashes all bytes, which takes about a second per gigabyte.
 *
 * @param size bytes
 * @throws RangeError when `size` is no whole number of bytes
 */
export function generatedContent(name: string, size: number): Content {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new RangeError(`The size of a content must be a whole number of bytes, not ${size}`)
  }
  const identity = JSON.stringify([name, size])
  const read = keystream(createHash('sha256').update(identity).digest(), size)
  const known = hashOfGenerated.get(identity)
  const hash = known ?? hashOf(read, size)
  hashOfGenerated.set(identity, hash)
  return content(name, size, hash, read)
}

/** Exactly these bytes. They are copied, so that a caller who writes into them later changes nothing. */
export function givenContent(name: string, bytes: Uint8Array): Content {
  const own = Uint8Array.from(bytes)
  const read: ReadBytes = (start, end) => own.subarray(clamp(start, own.length), clamp(end, own.length))
  return content(name, own.length, hashOf(read, own.length), read)
}

/** What git calls a file of these bytes: the SHA-1 of a header and the bytes. */
export function gitBlobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

function content(name: string, size: number, hash: Sha256Hex, read: ReadBytes): Content {
  const digest = Digest.create(sha256.code, Buffer.from(hash, 'hex'))
  return { name, size, sha256: hash, cid: CID.createV1(raw.code, digest).toString(), read }
}

/** AES in counter mode over zeros: the counter is the offset, so that a range costs what it is long. */
function keystream(key: Uint8Array, size: number): ReadBytes {
  return (start, end) => {
    const from = clamp(start, size)
    const to = Math.max(from, clamp(end, size))
    const skipped = from % AES_BLOCK
    const counter = Buffer.alloc(AES_BLOCK)
    counter.writeBigUInt64BE(BigInt((from - skipped) / AES_BLOCK), AES_BLOCK - 8)
    const cipher = createCipheriv('aes-256-ctr', key, counter)
    cipher.update(ZEROS.subarray(0, skipped))
    if (to - from <= STEP) return cipher.update(ZEROS.subarray(0, to - from))
    const bytes = new Uint8Array(to - from)
    for (let at = 0; at < bytes.length; at += STEP) {
      bytes.set(cipher.update(ZEROS.subarray(0, Math.min(STEP, bytes.length - at))), at)
    }
    return bytes
  }
}

function hashOf(read: ReadBytes, size: number): Sha256Hex {
  const hash = createHash('sha256')
  for (let at = 0; at < size; at += STEP) hash.update(read(at, Math.min(size, at + STEP)))
  const hex = hash.digest('hex')
  if (!isSha256Hex(hex)) throw new TypeError('SHA-256 in hex has 64 characters')
  return hex
}

function clamp(offset: number, size: number): number {
  return Math.min(Math.max(offset, 0), size)
}
