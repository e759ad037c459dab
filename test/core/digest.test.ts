import { describe, expect, it } from 'vitest'
import { formatDigest, parseChecksum, type R3mesError } from '../../src/core/index.ts'

const HEX = '0123456789abcdef'.repeat(4)

function refusal(text: string): R3mesError {
  try {
    parseChecksum(text)
  } catch (error) {
    return error as R3mesError
  }
  throw new Error('It was accepted')
}

describe('an approved checksum', () => {
  it('is the SHA-256 of a file, or of a manifest', () => {
    expect(parseChecksum(HEX)).toEqual({ kind: 'sha256', hex: HEX })
    expect(parseChecksum(`manifest:${HEX}`)).toEqual({ kind: 'manifest', hex: HEX })
  })

  it('may be written in upper case', () => {
    expect(parseChecksum(HEX.toUpperCase())).toEqual({ kind: 'sha256', hex: HEX })
  })

  it('may be absent', () => {
    expect(parseChecksum('')).toBeUndefined()
  })

  it.each([
    HEX.slice(1),
    `${HEX}0`,
    `${HEX}\n`,
    ` ${HEX}`,
    HEX.replace('0', 'g'),
    HEX.replace('0', '\uff10'),
    `sha256:${HEX}`,
    `manifest:manifest:${HEX}`,
    `MANIFEST:${HEX}`,
    'manifest:',
    '0x',
  ])('is refused as %j', (text) => {
    const error = refusal(text)
    expect(error.code).toBe('DIGEST_INVALID')
    expect(error.detail).toBe(text)
  })

  it('is weak as a tree digest, and the message shows what to approve instead', () => {
    const error = refusal(`tree:${HEX}`)
    expect(error.code).toBe('DIGEST_WEAK')
    expect(error.message).toContain('r3mes manifest')
  })

  it('is shown with its kind', () => {
    expect(formatDigest({ kind: 'cid', cid: 'bafy' })).toBe('bafy')
    const manifest = parseChecksum(`manifest:${HEX}`)
    expect(manifest === undefined ? '' : formatDigest(manifest)).toBe(`manifest:${HEX}`)
  })
})
