import { describe, expect, it } from 'vitest'
import { witnessesNeeded } from '../../src/chain/witnesses-needed.ts'

describe('what is said when witnesses are missing', () => {
  it.each([
    [1, false, '1 is needed', true],
    [2, false, '2 are needed', true],
    [0, true, '1 on another host is needed', false],
    [1, true, '1 on another host is needed', false],
    [2, true, '2 are needed, one of them on another host', true],
  ])('with %i demanded (another host: %s) is “%s”', (minWitnesses, elsewhere, clause, canBeLowered) => {
    const words = witnessesNeeded({ minWitnesses, elsewhere })
    expect(words.clause).toBe(clause)
    // Where two hosts have to agree, one witness is the least: to lower it would help nobody.
    expect(words.advice.includes('lower `min-witnesses`')).toBe(canBeLowered)
    expect(words.advice.includes('on other hosts')).toBe(elsewhere)
  })
})
