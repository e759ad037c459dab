/** The 41 model-based cases of tendermint-rs: each verdict must be ours. */
import { describe, expect, it } from 'vitest'
import type { TrustedBlock, Verdict } from '../../../src/chain/light/types.ts'
import { verify } from '../../../src/chain/light/verify.ts'
import {
  accepted,
  type FixtureVerdict,
  type LightFixture,
  readLightFixtures,
} from '../../support/light-fixtures.ts'

const fixtures = readLightFixtures()

/** The cases know three verdicts: an expired trusted header is one of the invalid steps. */
function asFixtureVerdict(verdict: Verdict): FixtureVerdict {
  if (verdict.ok) return 'SUCCESS'
  return verdict.kind === 'not-enough-trust' ? 'NOT_ENOUGH_TRUST' : 'INVALID'
}

/** Goes through the steps of a case; what was verified is what the next step trusts. */
function verdictsOf({ trusted, trustingPeriodNs, steps }: LightFixture): readonly FixtureVerdict[] {
  let from: TrustedBlock = trusted
  return steps.map(({ untrusted, nextValidators, nowNs }) => {
    if (!untrusted.ok) return 'INVALID'
    const block = untrusted.value
    const verdict = verify({ trusted: from, untrusted: block, trustingPeriodNs, maxClockDriftNs: 0n, nowNs })
    if (verdict.ok) from = { signedHeader: block.signedHeader, nextValidators: accepted(nextValidators) }
    return asFixtureVerdict(verdict)
  })
}

describe('the model-based light-client cases', () => {
  it.skipIf(fixtures === undefined)('are all there (CONFORMANCE_FIXTURES)', () => {
    expect(fixtures).toHaveLength(41)
  })

  for (const fixture of fixtures ?? []) {
    it(`gives the verdicts of ${fixture.name}`, () => {
      expect(verdictsOf(fixture)).toEqual(fixture.steps.map(({ verdict }) => verdict))
    })
  }
})
