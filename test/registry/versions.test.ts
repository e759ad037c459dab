import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonicalVersion,
  compareVersions,
  isInRange,
  isRange,
  isSameVersion,
  newestFirst,
} from '../../src/registry/versions.ts'

const part = fc.nat({ max: 2000 })
const triple = fc.tuple(part, part, part)
const textOf = (parts: readonly number[]) => parts.join('.')

describe('versions', () => {
  it('compare as numbers, never as strings', () => {
    expect(compareVersions('10.0.0', '2.0.0')).toBeGreaterThan(0)
    expect(compareVersions('1.10.0', '1.9.0')).toBeGreaterThan(0)
    expect(['2.0.0', '10.0.0', '1.0.0'].sort(newestFirst)).toEqual(['10.0.0', '2.0.0', '1.0.0'])
  })

  it.each([
    ['v1.0.0', '1.0.0'],
    ['V2', '2.0.0'],
    ['1.2', '1.2.0'],
    [' 1.2.3 ', '1.2.3'],
    ['1.0-rc.1', '1.0.0-rc.1'],
    ['1.0.0+build.7', '1.0.0'],
  ])('%s means %s', (text, canonical) => {
    expect(canonicalVersion(text)).toBe(canonical)
    expect(isSameVersion(text, canonical)).toBe(true)
  })

  it('keep a prerelease apart from its release', () => {
    expect(isSameVersion('1.0.0-rc.1', '1.0.0')).toBe(false)
    expect(compareVersions('1.0.0-rc.1', '1.0.0')).toBeLessThan(0)
  })

  it.each(['b1.58', '1.0.0.0', '01.0.0', 'latest', '1.58b', '99999999999999999999.0.0'])(
    '%s is text that matches only itself',
    (text) => {
      expect(canonicalVersion(text)).toBe(text)
      expect(compareVersions(text, '1.0.0')).toBeUndefined()
      expect(isSameVersion(text, text)).toBe(true)
      expect(isSameVersion(text, '1.58.0')).toBe(false)
      expect(isInRange(text, '*')).toBe(false)
    },
  )

  it('order like the numbers in them, whatever the spelling', () => {
    fc.assert(
      fc.property(triple, triple, (a, b) => {
        const byNumbers = a.map((n, i) => n - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0
        expect(Math.sign(compareVersions(`v${textOf(a)}`, textOf(b)) ?? Number.NaN)).toBe(
          Math.sign(byNumbers),
        )
      }),
    )
  })

  it('have one spelling, which means the same', () => {
    fc.assert(
      fc.property(fc.oneof(triple.map(textOf), fc.string({ maxLength: 12 })), (text) => {
        const once = canonicalVersion(text)
        expect(canonicalVersion(once)).toBe(once)
        expect(isSameVersion(text, once)).toBe(true)
      }),
    )
  })

  it('sort in one order only', () => {
    const version = fc.oneof(triple.map(textOf), fc.constantFrom('b1.58', 'latest', '1.0.0-rc.1'))
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(newestFirst(a, b)) + Math.sign(newestFirst(b, a))).toBe(0)
        if (newestFirst(a, b) <= 0 && newestFirst(b, c) <= 0) expect(newestFirst(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('ranges', () => {
  it.each(['^1.2', '~1.2.3', '>=1 <3', '1.x', '*', '1.0 - 2.0', '^1 || ^3'])('%s is one', (text) => {
    expect(isRange(text)).toBe(true)
  })

  it.each(['1.0.0', '1.0', 'v2', 'b1.58', '', '  ', 'latest', '>=abc'])('%j is none', (text) => {
    expect(isRange(text)).toBe(false)
  })

  it('hold what semver says', () => {
    expect(isInRange('v1.9', '^1.2')).toBe(true)
    expect(isInRange('10.0.0', '>=2.0.0')).toBe(true)
    expect(isInRange('2.0.0', '^1.2')).toBe(false)
    expect(isInRange('2.0.0-rc.1', '>=1.0.0')).toBe(false)
  })
})
