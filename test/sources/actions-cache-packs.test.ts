import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSha256Hex, type Sha256Hex } from '../../src/core/index.ts'
import { fileKey, type Pack, planPacks } from '../../src/sources/actions-cache/index.ts'
import { planSaves } from '../../src/sources/actions-cache/saves.ts'

const MIB = 1024 * 1024

function digest(content: Uint8Array | string): Sha256Hex {
  const hex = createHash('sha256').update(content).digest('hex')
  if (!isSha256Hex(hex)) throw new TypeError('a SHA-256 is 64 hex characters')
  return hex
}

function aFile(name: string, size: number | undefined): { sha256: Sha256Hex; size: number | undefined } {
  return { sha256: digest(name), size }
}

/** Contents of one artifact, small ones often, some of them equal. */
const contents = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 })

const sizes = fc.array(
  fc.record({ name: fc.string(), size: fc.option(fc.integer({ min: 0, max: 5 * MIB }), { nil: undefined }) }),
  // Enough of them for several packs.
  { maxLength: 120, size: 'max' },
)

/** Prints the seed of a failing run, so that it can be repeated. */
function check<T>(arbitrary: fc.Arbitrary<T>, claim: (value: T) => void): void {
  const seed = Date.now() & 0x7fffffff
  fc.assert(fc.property(arbitrary, claim), { seed, verbose: fc.VerbosityLevel.Verbose })
}

function bytesOf(pack: Pack, files: ReadonlyMap<Sha256Hex, Uint8Array>): Buffer {
  return Buffer.concat(pack.files.map(({ sha256 }) => files.get(sha256) ?? Buffer.alloc(0)))
}

describe('planPacks', () => {
  it('gives back every file from its slice of the concatenated bytes', () => {
    check(contents, (artifact) => {
      const files = new Map(artifact.map((bytes) => [digest(bytes), bytes]))
      const packs = planPacks([...files].map(([sha256, bytes]) => ({ sha256, size: bytes.length })))
      for (const pack of packs) {
        const body = bytesOf(pack, files)
        expect(body.length).toBe(pack.size)
        for (const { sha256, start, size } of pack.files) {
          expect(digest(body.subarray(start, start + size))).toBe(sha256)
        }
      }
      const packed = packs.flatMap((pack) => pack.files.map(({ sha256 }) => sha256))
      const wanted = [...files].filter(([, bytes]) => bytes.length > 0).map(([sha256]) => sha256)
      expect(packed).toEqual(wanted.length < 2 ? [] : wanted.sort())
    })
  })

  it('gives the same packs whatever the order of the files and however often they are named', () => {
    check(fc.tuple(sizes, fc.infiniteStream(fc.nat())), ([artifact, numbers]) => {
      const files = [...new Map(artifact.map(({ name, size }) => [digest(name), aFile(name, size)])).values()]
      const shuffled = [...files, ...files]
        .map((file) => ({ file, rank: numbers.next().value ?? 0 }))
        .sort((one, other) => one.rank - other.rank)
        .map(({ file }) => file)
      expect(planPacks(shuffled)).toEqual(planPacks(files))
    })
  })

  it('keeps to the limits: files under 4 MiB, packs of at most 64 MiB, as full as their order allows', () => {
    check(sizes, (artifact) => {
      const packs = planPacks(artifact.map(({ name, size }) => aFile(name, size)))
      for (const [index, pack] of packs.entries()) {
        expect(pack.size).toBeLessThanOrEqual(64 * MIB)
        expect(pack.files.every(({ size }) => size > 0 && size < 4 * MIB)).toBe(true)
        const next = packs[index + 1]?.files[0]
        if (next !== undefined) expect(pack.size + next.size).toBeGreaterThan(64 * MIB)
      }
    })
  })

  it('begins a new pack with the file that would overfill the last', () => {
    const files = Array.from({ length: 18 }, (_, index) => aFile(`${index}`, 4 * MIB - 1))
    expect(planPacks(files).map((pack) => pack.files.length)).toEqual([16, 2])
    const exact = Array.from({ length: 32 }, (_, index) => aFile(`${index}`, 2 * MIB))
    expect(planPacks(exact).map(({ size }) => size)).toEqual([64 * MIB])
  })

  it('names a pack by the digests and sizes of its files', () => {
    const files = [aFile('one', 10), aFile('two', 20)].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
    const lines = files.map(({ sha256, size }) => `${sha256} ${size}\n`).join('')
    expect(planPacks(files)[0]?.key).toBe(`r3mes-pack-v1-${digest(lines)}`)
  })

  it.each([
    ['a single file', [aFile('one', 10)]],
    ['one file named twice', [aFile('one', 10), aFile('one', 10)]],
    ['large files', [aFile('one', 4 * MIB), aFile('two', 9 * MIB)]],
    ['one small file beside a large one', [aFile('one', 10), aFile('two', 4 * MIB)]],
    ['files without an approved size', [aFile('one', undefined), aFile('two', undefined)]],
    ['empty files', [aFile('one', 0), aFile('two', 0)]],
  ])('packs nothing for %s', (_what, files) => {
    expect(planPacks(files)).toEqual([])
  })

  it('names the entry of a file by its digest', () => {
    expect(fileKey(digest('one'))).toBe(`r3mes-v1-${digest('one')}`)
  })
})

// Every pack looked through for every file would be billions of looks.
it('plans the saves of an artifact of very many small files', () => {
  const files = Array.from({ length: 100_000 }, (_, index) => ({ sha256: digest(`${index}`), size: 1_000 }))
  const packs = planPacks(files)
  const saves = planSaves(
    files.map((file) => ({ ...file, path: '/x', from: 'http' as const })),
    packs,
    new Set(),
  )
  expect(saves.map(({ key }) => key).sort()).toEqual(packs.map(({ key }) => key).sort())
})
