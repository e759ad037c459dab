import { expect, it } from 'vitest'
import { nearestName } from '../../src/registry/suggest.ts'

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
