import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { assertVerified, FollowingVerifier, HashThread } from '../../src/core/index.ts'
import { sha256Of } from '../support/digest.ts'
import { approvedBytes, errorOf } from '../support/transfer.ts'

async function aFile() {
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-follow-'))
  const path = join(folder, 'file')
  const handle = await open(path, 'w+')
  const thread = new HashThread()
  onTestFinished(async () => {
    await thread.close()
    await handle.close()
    await rm(folder, { recursive: true })
  })
  return { path, handle, thread }
}

describe('a file that is hashed while it is written', () => {
  it('is verified when its bytes are the approved ones, in whatever order they came', async () => {
    const { bytes, expected } = approvedBytes(20_000_000)
    const { path, handle, thread } = await aFile()
    const verifier = new FollowingVerifier(expected, handle.fd, thread)
    const middle = 12_345_678
    await handle.write(bytes, middle, bytes.length - middle, middle)
    await handle.write(bytes, 0, middle, 0)
    verifier.reach(middle)
    verifier.reach(bytes.length)
    const file = await verifier.finish(path, bytes.length)
    expect(file).toEqual({ path, sha256: expected.sha256, size: bytes.length })
    expect(() => assertVerified(file)).not.toThrow()
  })

  it('may be empty', async () => {
    const { path, handle, thread } = await aFile()
    const verifier = new FollowingVerifier({ sha256: sha256Of(Buffer.alloc(0)) }, handle.fd, thread)
    expect((await verifier.finish(path, 0)).size).toBe(0)
  })

  it('is judged by what lies on the disk', async () => {
    const { bytes, expected } = approvedBytes(3_000_000)
    const { path, handle, thread } = await aFile()
    await handle.write(bytes)
    await handle.write(Buffer.from([bytes.readUInt8(2_000_000) ^ 1]), 0, 1, 2_000_000)
    const verifier = new FollowingVerifier(expected, handle.fd, thread)
    expect((await errorOf(verifier.finish(path, bytes.length))).code).toBe('DIGEST_MISMATCH')
  })

  it('of another size is refused without its digest', async () => {
    const { expected } = approvedBytes(1000)
    const { path, handle, thread } = await aFile()
    const verifier = new FollowingVerifier(expected, handle.fd, thread)
    expect((await errorOf(verifier.finish(path, 999))).code).toBe('SIZE_MISMATCH')
    await verifier.stop()
  })

  it('that is cut short by somebody else is refused', async () => {
    const { bytes, expected } = approvedBytes(3_000_000)
    const { path, handle, thread } = await aFile()
    await handle.write(bytes, 0, 1_000_000)
    const verifier = new FollowingVerifier(expected, handle.fd, thread)
    verifier.reach(2_000_000)
    expect((await errorOf(verifier.finish(path, bytes.length))).code).toBe('STORE_CORRUPT')
  })

  it('is hashed beside others, and nothing reads it any more once that was stopped', async () => {
    const { thread, ...one } = await aFile()
    const other = await aFile()
    const files = [one, other].map(({ handle, path }) => ({ handle, path, ...approvedBytes(9_000_000) }))
    const stopped = await aFile()
    await stopped.handle.write(Buffer.alloc(9_000_000))
    const leaving = new FollowingVerifier({ sha256: sha256Of('x') }, stopped.handle.fd, thread)
    leaving.reach(9_000_000)
    const found = await Promise.all(
      files.map(async ({ handle, path, bytes, expected }) => {
        await handle.write(bytes)
        return new FollowingVerifier(expected, handle.fd, thread).finish(path, bytes.length)
      }),
    )
    await leaving.stop()
    expect(found.map(({ sha256 }) => sha256)).toEqual(files.map(({ expected }) => expected.sha256))
  })

  it('is no verified file once the thread has ended', async () => {
    const { path, handle, thread } = await aFile()
    const verifier = new FollowingVerifier({ sha256: sha256Of('') }, handle.fd, thread)
    await thread.close()
    expect((await errorOf(verifier.finish(path, 0))).code).toBe('STORE_CORRUPT')
    await verifier.stop()
  })
})
