import { expect, it } from 'vitest'
import { nearestName } from '../../src/core/index.ts'
import { approvedAdapters } from '../../src/registry/suggest.ts'
import { anAdapter, aSnapshot } from '../support/registry.ts'

it.each([
  ['codr', 'coder'],
  ['Coder', 'coder'],
  ['generaldora', 'general_dora'],
  ['writer', undefined],
  ['c', undefined],
])('the nearest name to %s is %s', (name, nearest) => {
  expect(nearestName(name, ['general_dora', 'coder', 'x'.repeat(80)])).toBe(nearest)
})

it('a name that cannot be printed is never suggested', () => {
  expect(nearestName('coder', ['code`r', 'cod\ner'])).toBeUndefined()
})

// All of these ranges would take longer to read than a test may.
it('the approved adapters are named, although others name ranges by the megabyte', () => {
  const ranges = (adapter: number) =>
    Array.from({ length: 250 }, (_, entry) =>
      Array.from({ length: 20 }, (_, part) => `>${adapter}.${entry}.${part}`).join('||'),
    )
  const flood = Array.from({ length: 400 }, (_, index) =>
    anAdapter({ id: `flood_${index}`, compatibleModelVersions: ranges(index + 1) }),
  )
  const known = [...flood, anAdapter({ id: 'coder', compatibleModelVersions: ['0.1.0'] })]
  expect(approvedAdapters(aSnapshot({ knownAdapters: known }), '0.1.0')).toBe(
    ' Approved adapters for 0.1.0: coder.',
  )
})
