import { describe, expect, it } from 'vitest'
import { describeNeeds, isCompatible } from '../../src/registry/compatibility.ts'
import { anAdapter } from '../support/registry.ts'

const named = (...compatibleModelVersions: string[]) => anAdapter({ compatibleModelVersions })
const within = (minModelVersion: string, maxModelVersion: string) =>
  anAdapter({ compatibleModelVersions: [], minModelVersion, maxModelVersion })

describe('an adapter fits', () => {
  it.each([
    ['a version it names', named('1.0.0', '2.0.0'), '2.0.0'],
    ['a version it spells another way', named('v1.0'), '1.0.0'],
    ['a version in a range it names', named('^1.2 || 3.x'), '3.9.0'],
    ['a text version it names', named('b1.58'), 'b1.58'],
    ['a version between min and max', within('1.0.0', '10.0.0'), '2.0.0'],
    ['the min itself', within('1.0', '2.0'), '1.0.0'],
    ['the max itself', within('1.0', '2.0'), '2.0.0'],
    ['anything above a min alone', within('2.0.0', ''), '10.0.0'],
    ['anything below a max alone', within('', '10.0.0'), '2.0.0'],
    ['a prerelease between min and max', within('1.0.0', '3.0.0'), '2.0.0-rc.1'],
    ['a text version that is both bounds', within('b1.58', 'b1.58'), 'b1.58'],
  ])('%s', (_what, adapter, version) => {
    expect(isCompatible(adapter, version)).toBe(true)
  })
})

describe('an adapter does not fit', () => {
  it.each([
    ['a version it does not name', named('1.0.0'), '1.0.1'],
    [
      'a version within min and max that its list leaves out',
      anAdapter({ compatibleModelVersions: ['1.0.0'], minModelVersion: '1.0.0', maxModelVersion: '3.0.0' }),
      '2.0.0',
    ],
    ['a version below min, compared as numbers', within('10.0.0', ''), '9.0.0'],
    ['a version above max, compared as numbers', within('', '2.0.0'), '10.0.0'],
    ['anything, when it names nothing', within('', ''), '1.0.0'],
    ['anything, when it names only blanks', named('', ' '), '1.0.0'],
    ['a text version in a range', named('*'), 'b1.58'],
    ['a number between bounds that are text', within('b1.0', 'b2.0'), '1.5.0'],
    ['a prerelease in a range that names none', named('>=1.0.0'), '2.0.0-rc.1'],
  ])('%s', (_what, adapter, version) => {
    expect(isCompatible(adapter, version)).toBe(false)
  })
})

it('says what it needs in checked words only', () => {
  expect(describeNeeds(named('1.0', 'v1.1.0'))).toBe('needs model 1.0.0 or 1.1.0')
  expect(describeNeeds(within('2.0.0', ''))).toBe('needs model ≥ 2.0.0')
  expect(describeNeeds(within('1.0.0', '1.9.9'))).toBe('needs model ≥ 1.0.0 and ≤ 1.9.9')
  expect(describeNeeds(within('', ''))).toContain('no model version')
  for (const hostile of [named('>=1 $(id)'), within('$(id)', ''), within('', '##[error]')]) {
    expect(describeNeeds(hostile)).toBe('is approved for other model versions')
  }
})
