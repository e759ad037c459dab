import { join } from 'node:path'
import { makeAuthority } from '../../../scripts/real-parts/authority.ts'
import type { Row } from '../row.ts'
import { GIB, sizeText } from '../sizes.ts'
import { curl, curlAndSync, prepareSingleFile } from './download.ts'

const BYTES = 2 * GIB

/** As fast as this machine can: nothing is slow but the machine. */
export const loopback: Row = {
  name: 'http',
  title: (bench) => `${sizeText(bench.scaled(BYTES))}, loopback http, verified`,
  peer: '`curl -o`, unverified',
  goal: { kind: 'ratio', least: 1.3 },
  prepare: (bench) => prepareSingleFile(bench, 'http', { bytes: BYTES, peer: curl }),
}

/** What durable bytes cost: as the store keeps them, and as curl's are once somebody syncs them. */
export const loopbackSynced: Row = {
  name: 'http-synced',
  title: (bench) => `${sizeText(bench.scaled(BYTES))}, loopback http, verified, on the disk`,
  peer: '`curl -o` and `sync`, unverified',
  goal: { kind: 'none' },
  prepare: (bench) =>
    prepareSingleFile(bench, 'http-synced', { bytes: BYTES, peer: curlAndSync, sync: true }),
}

export const loopbackTls: Row = {
  name: 'tls',
  title: (bench) => `${sizeText(bench.scaled(BYTES))}, loopback TLS, verified`,
  peer: '`curl -k -o`, unverified',
  goal: { kind: 'ratio', least: 1.1 },
  prepare: (bench) =>
    prepareSingleFile(bench, 'tls', {
      bytes: BYTES,
      peer: curl,
      nginx: async (folder) => ({ tls: makeAuthority(folder, ['127.0.0.1']) }),
      environment: (folder) => ({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') }),
    }),
}
