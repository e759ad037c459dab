import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { isSha256Hex, silentReporter } from '../../src/core/index.ts'
import { approveAdapter } from '../../src/devnet/index.ts'
import { openStore } from '../../src/store/index.ts'
import { Journal } from '../../src/transfer/journal.ts'
import { type Ensured, ensured } from '../support/ensured.ts'

const LONG = { timeout: 60_000 }
const REPO = 'r3mes-network/adapters'
/** More than comes in one answer: a part of a smaller file is never gone on with. */
const SIZE = 6_000_000
const REQUEST = { adapters: 'large', sources: 'huggingface' }

function approveLarge({ devnet }: Ensured): { sha256: string; bytes: Buffer } {
  const bytes = randomBytes(SIZE)
  const content = devnet.addContent('large', bytes)
  devnet.publishToHub(REPO, 'large.pt', content)
  approveAdapter(devnet, {
    adapterId: 'large',
    checksum: content.sha256,
    fileName: 'large.pt',
    sizeBytes: BigInt(SIZE),
    compatibleModelVersions: ['1.0.0'],
    targetModules: ['large_proj'],
    downloadSource: `hf://${REPO}@main/large.pt`,
  })
  return { sha256: content.sha256, bytes }
}

/** Leaves the first bytes of a file, as a run does that was killed. */
async function leave({ home }: Ensured, sha256: string, bytes: Buffer): Promise<void> {
  if (!isSha256Hex(sha256)) throw new Error('no digest')
  await using store = await openStore({ home, reporter: silentReporter })
  const path = await store.claimPartial(sha256)
  await using file = await open(path, 'w', 0o600)
  await file.truncate(SIZE)
  await file.write(bytes, 0, bytes.byteLength, 0)
  const journal = Journal.begin(path, SIZE)
  journal.wrote({ start: 0, end: bytes.byteLength })
  journal.close()
}

/** All that this store ever got from there. */
async function counted({ home }: Ensured): Promise<number> {
  await using store = await openStore({ home, reporter: silentReporter })
  return (await store.usage.counters())?.sources['huggingface']?.bytes ?? 0
}

describe('the bytes that a run says it downloaded', () => {
  it('are those that it still had to fetch of a file that an earlier run began', LONG, async () => {
    const world = await ensured()
    await world.run({ sources: 'huggingface' })
    const before = await counted(world)
    const { sha256, bytes } = approveLarge(world)
    await leave(world, sha256, bytes.subarray(0, 4_000_000))
    const result = await world.run(REQUEST)
    expect(result).toMatchObject({
      success: true,
      bytesDownloaded: 2_000_000,
      bytesBySource: { huggingface: 2_000_000 },
    })
    expect(await counted(world)).toBe(before + 2_000_000)
  })

  it('count what had to be fetched again because what was left is wrong', LONG, async () => {
    const world = await ensured()
    await world.run({ sources: 'huggingface' })
    const before = await counted(world)
    const { sha256 } = approveLarge(world)
    await leave(world, sha256, Buffer.alloc(4_000_000))
    const result = await world.run(REQUEST)
    expect(result).toMatchObject({ success: true, bytesDownloaded: 2_000_000 + SIZE })
    expect(await counted(world)).toBe(before + 2_000_000 + SIZE)
  })
})
