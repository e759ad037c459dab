import { spawn, spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { makeAuthority } from '../../scripts/real-parts/authority.ts'
import { DATA_PATHS, SMALL_PARTS } from '../support/ranged.ts'
import type { RebindingJob, RebindingReport } from '../support/rebinding-child.ts'
import { partialPath } from '../support/transfer.ts'

const CHILD = join(import.meta.dirname, '../support/rebinding-child.ts')
const PUBLIC_ADDRESS = '93.184.216.34'

/** A network of its own, in which a public address leads to this machine. */
const OWN_NETWORK = [
  ...['unshare', '-rn', 'sh', '-c'],
  `ip link set lo up && ip addr add ${PUBLIC_ADDRESS}/32 dev lo && exec "$@"`,
  'sh',
]

function mayOwnNetwork(): boolean {
  const [program = '', ...args] = [...OWN_NETWORK, 'true']
  return spawnSync(program, args).status === 0
}

const isIsolated = mayOwnNetwork()
const technique = isIsolated ? 'a network of its own' : 'no public address to be had'

describe.each(DATA_PATHS)(`a name whose address changes, through %s: ${technique}`, (_path, way) => {
  async function downloadFrom(addresses: readonly string[], oneAnswerEach = false): Promise<RebindingReport> {
    const path = await partialPath()
    const { ca, key, cert } = makeAuthority(dirname(path), ['files.example.org'])
    const job: RebindingJob = {
      name: 'files.example.org',
      outside: isIsolated ? PUBLIC_ADDRESS : undefined,
      ...{ addresses, key, cert, path, oneAnswerEach },
      network: { sizes: SMALL_PARTS, ...way },
    }
    const run = [process.execPath, CHILD, JSON.stringify(job)]
    const [program = '', ...args] = isIsolated ? [...OWN_NETWORK, ...run] : run
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: ca },
    })
    return JSON.parse(await text(child.stdout))
  }

  it('is connected to at the very address that was checked', async () => {
    const { code, lookups, outside, inside } = await downloadFrom([isIsolated ? PUBLIC_ADDRESS : '127.0.0.1'])
    expect([code, inside]).toEqual([isIsolated ? 'none' : 'URL_REFUSED', 0])
    // One lookup a connection: what was looked up for the check is not looked up again to connect.
    expect(lookups).toBe(isIsolated ? outside : 1)
  })

  it('is not followed to a private address in the middle of a file', async () => {
    const addresses = isIsolated ? [PUBLIC_ADDRESS, '127.0.0.1'] : ['10.0.0.1', '127.0.0.1']
    const { code, outside, inside } = await downloadFrom(addresses, true)
    expect([code, outside, inside]).toEqual(['URL_REFUSED', isIsolated ? 1 : 0, 0])
  })
})
