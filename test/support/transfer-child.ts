/** A process that downloads one file and may be killed meanwhile. Its one argument is a {@link TransferJob} as JSON. */
import type { Sha256Hex } from '../../src/core/index.ts'
import { type NetworkOptions, openNetwork } from '../../src/transfer/index.ts'

export interface TransferJob {
  readonly url: string
  readonly sha256: Sha256Hex
  readonly size: number
  readonly path: string
  readonly network: Partial<NetworkOptions>
}

const job: TransferJob = JSON.parse(process.argv[2] ?? '')
const network = openNetwork({ allowHosts: [], maxArtifactSize: 1e12, environment: {}, ...job.network })
const origin = { source: 'http', url: new URL(job.url), configured: true } as const
await network.download(origin, { sha256: job.sha256, size: job.size }, job.path, { resume: true })
await network.close()
