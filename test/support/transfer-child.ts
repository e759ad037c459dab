/**
 * A process that downloads one file and may be killed meanwhile. Its one argument is a {@link TransferJob} as JSON; it prints a
 * {@link TransferReport}.
 */
import { existsSync } from 'node:fs'
import { R3mesError, type Sha256Hex } from '../../src/core/index.ts'
import { type NetworkOptions, openNetwork } from '../../src/transfer/index.ts'

export interface TransferJob {
  readonly url: string
  readonly sha256: Sha256Hex
  readonly size: number
  readonly path: string
  readonly network: Partial<NetworkOptions>
}

export interface TransferReport {
  /** `none` when it went well. */
  readonly code: string
  /** Something is at the path. */
  readonly isThere: boolean
}

const job: TransferJob = JSON.parse(process.argv[2] ?? '')
const network = openNetwork({ allowHosts: [], maxArtifactSize: 1e12, environment: {}, ...job.network })
const origin = { source: 'http', url: new URL(job.url), configured: true } as const
const expected = { sha256: job.sha256, size: job.size }
const code = await network.download(origin, expected, job.path, { resume: true }).then(
  () => 'none',
  (thrown: unknown) => (thrown instanceof R3mesError ? thrown.code : String(thrown)),
)
await network.close()
const report: TransferReport = { code, isThere: existsSync(job.path) }
console.log(JSON.stringify(report))
