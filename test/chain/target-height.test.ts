import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newestCommonHeight } from '../../src/chain/target-height.ts'

describe('the newest common height', () => {
  it.each([
    ['without witnesses is the primary’s', 10n, [], 0, 10n],
    ['is the primary’s when the witnesses are ahead', 10n, [12n, 11n], 2, 10n],
    ['is the witness’s when it is behind', 10n, [8n], 1, 8n],
    ['leaves out witnesses that are not needed', 10n, [3n, 9n], 1, 9n],
    ['goes as low as the last one that is needed', 10n, [3n, 9n, 7n], 2, 7n],
    ['ignores witnesses when none is needed', 10n, [3n], 0, 10n],
    ['is missing when fewer answered than are needed', 10n, [10n], 2, undefined],
  ])('%s', (_claim, primary, witnesses, needed, expected) => {
    expect(newestCommonHeight(primary, witnesses, needed)).toBe(expected)
  })

  it('is the greatest height that the primary and enough witnesses have', () => {
    const height = fc.bigInt({ min: 1n, max: 50n })
    fc.assert(
      fc.property(height, fc.array(height, { maxLength: 6 }), fc.nat(6), (primary, witnesses, needed) => {
        const isCommon = (at: bigint) =>
          at <= primary && witnesses.filter((each) => each >= at).length >= needed
        const all = Array.from({ length: 50 }, (_, index) => BigInt(index + 1)).filter(isCommon)
        expect(newestCommonHeight(primary, witnesses, needed)).toBe(
          needed > witnesses.length ? undefined : all.at(-1),
        )
      }),
    )
  })
})
