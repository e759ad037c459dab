import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assertVerified,
  isSha256Hex,
  type R3mesError,
  type Sha256Hex,
  Verifier,
  verifiedEarlier,
} from '../../src/core/index.ts'
import { projectFiles, read } from '../support/project.ts'

function digestOf(bytes: Uint8Array): Sha256Hex {
  const hex = createHash('sha256').update(bytes).digest('hex')
  if (!isSha256Hex(hex)) throw new Error('A SHA-256 has 64 hex characters')
  return hex
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as R3mesError).code
  }
  return 'nothing thrown'
}

const bytes = new TextEncoder().encode('the approved bytes')
const expected = { sha256: digestOf(bytes), size: bytes.byteLength }

describe('the verifier', () => {
  it('accepts the approved bytes, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.nat(200), { maxLength: 5 }),
        (content, cuts) => {
          const verifier = new Verifier({ sha256: digestOf(content), size: content.byteLength })
          const edges = [
            0,
            ...cuts.filter((cut) => cut < content.byteLength).sort((a, b) => a - b),
            content.byteLength,
          ]
          edges.slice(1).forEach((end, index) => {
            verifier.update(content.subarray(edges[index], end))
          })
          expect(verifier.finish('/store/partial')).toEqual({
            path: '/store/partial',
            sha256: digestOf(content),
            size: content.byteLength,
          })
        },
      ),
    )
  })

  it('refuses any other bytes of the same length', () => {
    fc.assert(
      fc.property(fc.nat(bytes.byteLength - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const wrong = bytes.map((byte, index) => (index === at ? byte ^ change : byte))
        const verifier = new Verifier(expected)
        verifier.update(wrong)
        expect(codeOf(() => verifier.finish('/x'))).toBe('DIGEST_MISMATCH')
      }),
    )
  })

  it('refuses too many bytes at once, before the end', () => {
    const verifier = new Verifier(expected)
    verifier.update(bytes)
    expect(codeOf(() => verifier.update(Uint8Array.of(0)))).toBe('SIZE_MISMATCH')
  })

  it('refuses too few bytes', () => {
    const verifier = new Verifier(expected)
    verifier.update(bytes.subarray(1))
    expect(codeOf(() => verifier.finish('/x'))).toBe('SIZE_MISMATCH')
  })

  it('needs no size to refuse wrong bytes', () => {
    const verifier = new Verifier({ sha256: expected.sha256 })
    verifier.update(bytes.subarray(1))
    expect(codeOf(() => verifier.finish('/x'))).toBe('DIGEST_MISMATCH')
  })
})

describe('a verified file', () => {
  it('is made by a verifier alone: an equal object is none', () => {
    const verifier = new Verifier(expected)
    verifier.update(bytes)
    const file = verifier.finish('/store/partial')
    expect(() => assertVerified(file)).not.toThrow()
    expect(() => assertVerified({ ...file })).toThrow(TypeError)
    expect(() => Verifier.moved({ ...file }, '/store/blob')).toThrow(TypeError)
  })

  it('cannot be changed to name another path', () => {
    const verifier = new Verifier(expected)
    verifier.update(bytes)
    const file = verifier.finish('/store/partial')
    expect(() => Object.assign(file, { path: '/elsewhere' })).toThrow(TypeError)
  })
})

describe('the door for files that were hashed earlier', () => {
  it('is used by the blobs of the store alone', () => {
    const users = projectFiles('src').filter((path) => read(path).includes('verifiedEarlier('))
    expect(users.sort()).toEqual(['src/core/verify.ts', 'src/store/blobs.ts'])
  })

  it('says of each file that passed it when it was hashed', () => {
    const file = verifiedEarlier(expected.sha256, '/store/blob', bytes.length, new Date(5))
    expect(() => assertVerified(file)).not.toThrow()
    expect(Verifier.moved(file, '/store/other').checkedAt).toEqual(new Date(5))
  })
})
