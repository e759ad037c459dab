import { expect, it } from 'vitest'
import { formatSummary } from '../../src/action/summary.ts'
import { R3mesError } from '../../src/core/index.ts'
import { aFile, anArtifact, aResult } from '../support/result.ts'

it('shows what, version, digest, where from, size, time, cache and height', () => {
  const artifact = anArtifact({
    kind: 'adapter',
    id: 'coder',
    version: '1.2.0',
    files: [aFile({ from: 'ipfs', size: 65_536, milliseconds: 1_500 })],
  })
  const summary = formatSummary(aResult({ artifacts: [artifact], cacheStatus: 'partial' }))
  for (const part of [
    'adapter',
    'coder',
    '1.2.0',
    artifact.digest,
    'ipfs',
    '65.5 kB',
    '1.5 s',
    'partial',
    '1199',
    '1100',
  ]) {
    expect(summary).toContain(part)
  }
})

it('escapes names, hosts and reasons that came from a chain or a host', () => {
  const hostile = '</td><script>alert(1)</script> [x](http://e) @all ##[error]x `y` ![i](j)'
  const summary = formatSummary(
    aResult({
      endpoint: hostile,
      notices: [hostile],
      artifacts: [anArtifact({ id: hostile, version: hostile, path: hostile, containerHash: hostile })],
      failures: [{ subject: hostile, source: 'http', origin: hostile, code: 'URL_REFUSED', reason: hostile }],
    }),
  )
  expect(summary).not.toContain('<script')
  expect(summary).not.toContain('[x](')
  expect(summary).not.toContain('@all')
  expect(summary).not.toContain('##[')
  expect(summary).not.toContain('`y`')
})

it('says how long each phase took, and nothing of those that a run did not come to', () => {
  expect(formatSummary(aResult({ phases: {} }))).toContain('<td>0.0 s</td>')
  expect(formatSummary(aResult())).toContain('0.4 s (approvals 0.0 s; transfer, verified on the way 0.4 s)')
  const phases = { cache: 600, promote: 500, transfer: 400, store: 300, plan: 200, approvals: 100 }
  expect(formatSummary(aResult({ phases }))).toContain(
    '<td>Time</td><td>2.1 s (approvals 0.1 s; plan 0.2 s; verifying what was in the store 0.3 s; transfer, verified on the way 0.4 s; putting in place 0.5 s; saving to the Actions cache 0.6 s)</td>',
  )
})

it('says that the job goes on using the store, and how long other jobs were waited for', () => {
  expect(formatSummary(aResult())).not.toMatch(/until/)
  const summary = formatSummary(aResult({ jobLease: '0123456789abcdef', waited: 12_000 }))
  expect(summary).toContain('</code>, in use until the job ends</td>')
  expect(summary).toContain('; of that, 12 s until other jobs had fetched the same files</td>')
})

it('names every problem of a refused run with its code', () => {
  const error = R3mesError.from([
    new R3mesError('ADAPTER_CONFLICT', 'Adapters coder and writer change the same modules.'),
    new R3mesError('ADAPTER_REVOKED', 'Adapter retired_lora was revoked.'),
  ])
  const summary = formatSummary(aResult({ success: false, error, artifacts: [] }))
  expect(summary).toContain('❌')
  expect(summary).toContain('ADAPTER_CONFLICT')
  expect(summary).toContain('ADAPTER_REVOKED')
})

it('stays far below the limit at which GitHub drops a summary whole', () => {
  const artifacts = Array.from({ length: 3_000 }, (_, index) =>
    anArtifact({ kind: 'adapter', id: `adapter_${index}` }),
  )
  const failures = artifacts.map(() => ({
    subject: '@'.repeat(1_000),
    source: 'http',
    origin: '~'.repeat(5_000),
    code: 'URL_REFUSED',
    reason: '<'.repeat(5_000),
  }))
  const notices = artifacts.map(() => '|'.repeat(5_000))
  const summary = formatSummary(aResult({ artifacts, failures, notices }))
  expect(Buffer.byteLength(summary)).toBeLessThan(900_000)
  expect(summary).toContain('2800 more')
})

it('shows an artifact of more files than a call has room for arguments', () => {
  const files = Array.from({ length: 200_000 }, () => aFile({ milliseconds: 1_500 }))
  expect(formatSummary(aResult({ artifacts: [anArtifact({ files })] }))).toContain('1.5 s')
})
