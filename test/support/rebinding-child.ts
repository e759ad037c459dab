/**
 * A process in whose network a public address is its own. Downloads a file from a name whose address changes, and tells who
 * was asked. Its one argument is a {@link RebindingJob} as JSON; it prints a {@link RebindingReport}.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { R3mesError } from '../../src/core/index.ts'
import { type NetworkOptions, openNetwork } from '../../src/transfer/index.ts'
import { sha256Of } from './digest.ts'
import { serveParts } from './ranged.ts'

export interface RebindingJob {
  readonly name: string
  /** What the name resolves to, one lookup after the other; the last one stays. */
  readonly addresses: readonly string[]
  /** A public address that leads to this process; undefined where there is none. */
  readonly outside: string | undefined
  /** Paths of PEM files. */
  readonly key: string
  readonly cert: string
  readonly path: string
  /** Every answer is the last one of its connection, so that the next part needs another connection. */
  readonly oneAnswerEach: boolean
  readonly network: Partial<NetworkOptions>
}

export interface RebindingReport {
  /** `none` when it went well. */
  readonly code: string
  readonly lookups: number
  /** Connections to the public address, and to loopback. */
  readonly outside: number
  readonly inside: number
}

const job: RebindingJob = JSON.parse(process.argv[2] ?? '')
const bytes = Buffer.alloc(1_500_000, 'approved ')
const tls = { key: readFileSync(job.key), cert: readFileSync(job.cert) }

async function count(address: string, port: number, listener: RequestListener) {
  const server = createServer(tls, listener)
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  server.listen(port, address)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const inside = await count('127.0.0.1', 0, serveParts(Buffer.alloc(bytes.length, 'internal ')))
const parts = serveParts(bytes)
const answer: RequestListener = (request, response) => {
  if (job.oneAnswerEach) response.setHeader('connection', 'close')
  parts(request, response)
}
const outside = job.outside === undefined ? undefined : await count(job.outside, inside.port, answer)
let lookups = 0
const network = openNetwork({
  ...{ allowHosts: [], maxArtifactSize: 1e12, environment: {}, retryPolicy: { retries: 0 } },
  ...job.network,
  resolve: async () => {
    const address = job.addresses[Math.min(lookups, job.addresses.length - 1)] ?? ''
    lookups += 1
    return [{ address, family: 4 }]
  },
})
const origin = { source: 'http', url: new URL(`https://${job.name}:${inside.port}/f`) } as const
const code = await network.download(origin, { sha256: sha256Of(bytes), size: bytes.length }, job.path).then(
  () => 'none',
  (thrown: unknown) => (thrown instanceof R3mesError ? thrown.code : String(thrown)),
)
await network.close()
const report: RebindingReport = {
  ...{ code, lookups },
  ...{ outside: outside?.connections() ?? 0, inside: inside.connections() },
}
outside?.close()
inside.close()
console.log(JSON.stringify(report))
