import { describe, expect, it } from 'vitest'
import {
  admittedBy,
  describeEvidence,
  expiryWarnings,
  trustExpiry,
} from '../../../src/ensure/approvals/evidence.ts'
import { anEvidence } from '../../support/result.ts'

const DAY = 86_400_000
const quorum = anEvidence({ trust: 'quorum', anchor: undefined, trace: [1200n] })

describe('the story of a proof', () => {
  it('goes from the trusted block to the newest, then to the witnesses and the records', () => {
    expect(describeEvidence(anEvidence())).toEqual([
      'Trust starts at block 1000 of 2026-01-01T03:00:00.000Z, which the lockfile names.',
      'Its validators lead to block 1200 of 2026-01-02T03:00:00.000Z, verified by way of 1000 → 1100 → 1200.',
      '1 of 1 witnesses have the same block 1200: https://rpc-b.example.org.',
      'Approvals of remes-testnet-1 were read at height 1199 from https://rpc-a.example.org, each with a proof against that block.',
    ])
  })

  it('names who agrees where nothing is pinned', () => {
    expect(describeEvidence(quorum)[0]).toBe(
      'https://rpc-a.example.org, https://rpc-b.example.org agree on block 1200 of 2026-01-02T03:00:00.000Z.',
    )
  })

  it('leaves out the middle of a long way', () => {
    const trace = Array.from({ length: 40 }, (_, index) => 1000n + BigInt(index))
    const line = describeEvidence(anEvidence({ trace })).join('\n')
    expect(line).toContain('1005 → … → 1034')
    expect(line).not.toContain('1020')
  })

  it('counts no witness that does not agree', () => {
    const witnesses = (['lagging', 'conflicting', 'silent'] as const).map((verdict) => ({
      endpoint: `https://${verdict}.example.org`,
      verdict,
      why: 'so',
    }))
    expect(describeEvidence(anEvidence({ witnesses })).join('\n')).toContain(
      '0 of 3 witnesses have the same block 1200.',
    )
  })

  it('does not tell a way of one block', () => {
    const { target } = anEvidence()
    const anchor = { ...target, origin: 'the lockfile' }
    expect(describeEvidence(anEvidence({ anchor, trace: [1200n] })).join('\n')).not.toContain('by way of')
  })
})

describe('the origin of a new anchor', () => {
  it('says how it was admitted', () => {
    expect(admittedBy(anEvidence())).toBe('light client from height 1000')
    expect(admittedBy(quorum)).toBe('quorum of https://rpc-a.example.org, https://rpc-b.example.org')
  })

  it('fits into a lockfile however many endpoints agree', () => {
    const witnesses = Array.from({ length: 90 }, (_, index) => ({
      endpoint: `https://rpc-${index}.example.org`,
      verdict: 'agrees' as const,
      why: '',
    }))
    expect(admittedBy({ ...quorum, witnesses }).length).toBeLessThanOrEqual(1000)
  })
})

describe('the end of trust', () => {
  it('counts from the block that trust started from, or was found on first use', () => {
    expect(trustExpiry(anEvidence(), 14 * DAY)).toEqual(new Date('2026-01-15T03:00:00Z'))
    expect(trustExpiry(quorum, 14 * DAY)).toEqual(new Date('2026-01-16T03:00:00Z'))
  })

  it('is warned of when less than a third is left', () => {
    const ends = new Date('2026-01-15T00:00:00Z')
    const at = (day: number) => expiryWarnings(ends, 12 * DAY, new Date(Date.UTC(2026, 0, day)), 'Move on.')
    expect(at(11)).toEqual([])
    expect(at(12)).toEqual(['What this run trusts expires in 3 days, at 2026-01-15T00:00:00.000Z. Move on.'])
  })
})
