import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkAgainstSpec } from '../../../src/chain/ics23/existence.ts'
import { IAVL_SPEC } from '../../../src/chain/ics23/specs.ts'
import { FIXTURES, fixture } from '../../support/conformance.ts'
import { refusalOf, SPEC_CASES, SPEC_FILE, specCase, VECTORS, vector } from '../../support/ics23-vectors.ts'

const absent = FIXTURES === undefined

describe('the ICS23 vectors', () => {
  it.skipIf(absent).each(VECTORS)('accepts %s', (name) => {
    expect(refusalOf(vector(name))).toBeUndefined()
  })

  it.skipIf(absent)('are all named here', () => {
    const files = ['iavl', 'tendermint'].flatMap((tree) =>
      readdirSync(join(`${FIXTURES}`, 'ics23', tree)).map((file) => `${tree}/${file.replace('.json', '')}`),
    )
    expect(files.sort()).toEqual([...VECTORS].sort())
  })
})

describe("the reference's cases about the form of a proof", () => {
  it.skipIf(absent).each(SPEC_CASES)('has the same verdict: %s', (name) => {
    const { proof, error } = specCase(name)
    expect(checkAgainstSpec(IAVL_SPEC, proof) === undefined).toBe(error === '')
  })

  it.skipIf(absent)('are all named here, but the four with other depth limits', () => {
    const cases = Object.entries(fixture('ics23', SPEC_FILE) as Record<string, { Spec: object }>)
    const ours = cases.filter(([, { Spec }]) => !('min_depth' in Spec) && !('max_depth' in Spec))
    expect(ours.map(([name]) => name).sort()).toEqual([...SPEC_CASES].sort())
    expect(cases.length - ours.length).toBe(4)
  })
})
