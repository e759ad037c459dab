import type { ChainEvidence } from '../../src/chain/index.ts'
import type { ArtifactReport, EnsureResult, FileReport } from '../../src/ensure/index.ts'
import { sha256Of } from './digest.ts'

/** A file report of a run; what a test does not care about has plausible values. */
export function aFile(changes: Partial<FileReport> = {}): FileReport {
  return {
    path: 'model.gguf',
    sha256: sha256Of('model.gguf'),
    size: 2_000_000,
    from: 'huggingface',
    url: 'https://hub.example.org',
    milliseconds: 250,
    ...changes,
  }
}

/** An artifact that a run put in place. */
export function anArtifact(changes: Partial<ArtifactReport> = {}): ArtifactReport {
  return {
    kind: 'model',
    id: '1.0.0',
    version: '1.0.0',
    digest: `sha256:${sha256Of('model.gguf')}`,
    cid: undefined,
    approvedAtHeight: 1100n,
    containerHash: undefined,
    path: '/home/miner/.r3mes/models/v1.0.0',
    change: 'created',
    files: [aFile()],
    ...changes,
  }
}

/** The result of a run that put one model in place. */
export function aResult(changes: Partial<EnsureResult> = {}): EnsureResult {
  return {
    success: true,
    planOnly: false,
    error: undefined,
    interrupted: false,
    home: '/home/miner/.r3mes',
    chainId: 'remes-testnet-1',
    trust: 'rpc',
    height: 1199n,
    endpoint: 'https://rpc-a.example.org',
    evidence: undefined,
    trustingPeriod: undefined,
    trustExpiresAt: undefined,
    frozen: false,
    offer: undefined,
    forkEvidencePath: undefined,
    modelVersion: '1.0.0',
    planned: [],
    artifacts: [anArtifact()],
    failures: [],
    notices: [],
    datasetProblems: [],
    bytesDownloaded: 2_000_000,
    bytesBySource: { huggingface: 2_000_000 },
    cacheStatus: 'miss',
    cacheHit: false,
    phases: { approvals: 30, transfer: 400 },
    waited: 0,
    startedAt: new Date('2026-01-02T03:04:05Z'),
    jobLease: undefined,
    receiptPath: '/home/miner/.r3mes/cache/receipts/one.json',
    ...changes,
  }
}

/** What a proof by light client stood on: block 1200 from block 1000, one witness. */
export function anEvidence(changes: Partial<ChainEvidence> = {}): ChainEvidence {
  return {
    trust: 'light-client',
    chainId: 'remes-testnet-1',
    target: { height: 1200n, hash: 'AB'.repeat(32), time: new Date('2026-01-02T03:00:00Z') },
    anchor: {
      height: 1000n,
      hash: 'CD'.repeat(32),
      time: new Date('2026-01-01T03:00:00Z'),
      origin: 'the lockfile',
    },
    trace: [1000n, 1100n, 1200n],
    primary: 'https://rpc-a.example.org',
    witnesses: [{ endpoint: 'https://rpc-b.example.org', verdict: 'agrees', why: '' }],
    ...changes,
  }
}
