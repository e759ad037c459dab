import { expect, it } from 'vitest'
import { describeDownload } from '../../src/ensure/index.ts'
import { providerShares } from '../../src/ensure/present.ts'
import { aFile, anArtifact, aResult } from '../support/result.ts'

const mixed = aResult({
  bytesDownloaded: 5_000_000,
  bytesBySource: { cache: 1_000_000, huggingface: 3_500_000, http: 500_000 },
  phases: { transfer: 2_000 },
  artifacts: [
    anArtifact({ files: [aFile({ size: 1_000_000 }), aFile({ size: 3_000_000 })] }),
    anArtifact({
      files: [aFile({ size: 1_000_000, from: 'cache' }), aFile({ size: 9_000_000, from: 'store' })],
    }),
  ],
})

it('says how much came from where in this run, how fast, and leaves out what was there', () => {
  expect(describeDownload(mixed)).toBe(
    '5.00 MB in 2.0 s, 2.50 MB/s: huggingface 3.50 MB (2 files), cache 1.00 MB (1 file), http 500 kB (0 files)',
  )
})

it('says nothing of speed when nothing was downloaded, or nobody timed it', () => {
  expect(describeDownload(aResult({ bytesDownloaded: 0, phases: { transfer: 9 } }))).toBe('0 B')
  expect(describeDownload(aResult({ bytesDownloaded: 7, bytesBySource: {}, phases: {} }))).toBe('7 B')
})

it('counts the files and bytes of every provider, the store included, the largest first', () => {
  expect(providerShares(mixed)).toEqual([
    { from: 'store', files: 1, bytes: 9_000_000 },
    { from: 'huggingface', files: 2, bytes: 4_000_000 },
    { from: 'cache', files: 1, bytes: 1_000_000 },
  ])
})
