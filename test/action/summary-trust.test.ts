import { describe, expect, it } from 'vitest'
import { formatSummary } from '../../src/action/summary.ts'
import { anEvidence, aResult } from '../support/result.ts'

const DAY = 86_400_000
const ENDS = new Date('2026-01-15T03:00:00Z')
const QUORUM = {
  trust: 'quorum',
  evidence: anEvidence({ trust: 'quorum', anchor: undefined, trace: [1200n] }),
  trustingPeriod: 14 * DAY,
  trustExpiresAt: ENDS,
} as const

const offering = (lockfile: string) =>
  formatSummary(aResult({ ...QUORUM, offer: { height: '1200', hash: 'AB'.repeat(32), lockfile } }))

/** What a person copies out of the lines to copy: tags away, entities back. */
function copied(summary: string): string[] {
  return [...summary.matchAll(/<pre><code>([\s\S]*?)<\/code><\/pre>/g)].map(([, html = '']) =>
    html
      .replaceAll(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  )
}

describe('the trust row', () => {
  it('says from which block to which under a light client, who agrees, and when it ends', () => {
    const summary = formatSummary(
      aResult({ trust: 'light-client', evidence: anEvidence(), trustExpiresAt: ENDS }),
    )
    for (const part of [
      'light-client',
      '<b>1200</b>',
      'verified from block 1000 (the lockfile)',
      '1 of 1 witnesses agree',
      'ends 2026-01-15 03:00 UTC',
    ]) {
      expect(summary).toContain(part)
    }
  })

  it('says when no witness was asked', () => {
    const summary = formatSummary(aResult({ trust: 'light-client', evidence: anEvidence({ witnesses: [] }) }))
    expect(summary).toContain('no witness was asked')
  })

  it('says that a quorum is first use', () => {
    const summary = formatSummary(aResult(QUORUM))
    expect(summary).toContain('2 endpoints agree; trust is on first use')
  })

  it('says that one endpoint was believed, and that no chain was asked', () => {
    expect(formatSummary(aResult({ trust: 'rpc' }))).toContain('one endpoint was believed')
    expect(formatSummary(aResult({ trust: 'lockfile', frozen: true }))).toContain(
      'no chain was asked; revocations are unchecked',
    )
  })

  it('says that nothing differs from the lockfile only when nothing does', () => {
    const frozen = { trust: 'light-client', evidence: anEvidence(), frozen: true } as const
    expect(formatSummary(aResult(frozen))).toContain('nothing differs from the lockfile')
    expect(formatSummary(aResult({ ...frozen, frozen: false }))).not.toContain('nothing differs')
  })

  it('names the file with the headers of a fork', () => {
    expect(formatSummary(aResult({ forkEvidencePath: '/store/cache/evidence/fork.json' }))).toContain(
      '/store/cache/evidence/fork.json',
    )
  })
})

describe('a first run by quorum', () => {
  it('shows the two lines that pin the chain, to be copied as they are', () => {
    expect(copied(offering('{}\n'))[0]).toBe(`trusted-height: 1200\ntrusted-hash: ${'AB'.repeat(32)}`)
  })

  it('shows the lockfile, to be copied as it is', () => {
    const lockfile = `${JSON.stringify({ places: ['hf://o/n@main/x'], n: 1 }, undefined, 2)}\n`
    expect(copied(offering(lockfile))[1]).toBe(lockfile.trimEnd())
  })

  it('shows what a record wrote as text, and still the same JSON', () => {
    const hostile = [
      '</code></pre><script>alert(1)</script>',
      '```\n# heading',
      '##[error]x ::error::y @all [x](http://e)',
      '\u202e\u001b[31m é 漢 😀 &amp; &lt;',
    ]
    const summary = offering(`${JSON.stringify({ places: hostile }, undefined, 2)}\n`)
    expect(summary).not.toMatch(/<script|```|##\[|@all|\]\(|\u202e|\u001b/)
    expect(JSON.parse(copied(summary)[1] ?? '')).toEqual({ places: hostile })
  })

  it('leaves out a lockfile that would push the summary over its limit', () => {
    const summary = offering(JSON.stringify({ places: ['@'.repeat(400_000)] }))
    expect(Buffer.byteLength(summary)).toBeLessThan(900_000)
    expect(summary).toContain('too long to be shown')
    expect(copied(summary)).toHaveLength(1)
  })

  it('is the only one that offers something', () => {
    expect(formatSummary(aResult({ trust: 'light-client', evidence: anEvidence() }))).not.toContain(
      'Pin this chain',
    )
  })
})
