import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Devnet, type DevnetOptions, startDevnet } from '../../src/devnet/index.ts'
import type { UnifiedRegistryOptions } from '../../src/library/index.ts'

/** A devnet with small files, and what points a registry at it and at a store of its own. */
export interface LibraryWorld {
  readonly devnet: Devnet
  readonly home: string
  /** Chain options alone. */
  readonly chain: Pick<UnifiedRegistryOptions, 'rpcUrls' | 'chainId'>
  /** Everything that a registry needs. */
  readonly options: UnifiedRegistryOptions
}

/** Ends with the test. */
export async function libraryWorld(devnetOptions: DevnetOptions = {}): Promise<LibraryWorld> {
  const devnet = await startDevnet({
    sizes: { model: 50_000, adapter: 5_000, dataset: 5_000 },
    ...devnetOptions,
  })
  onTestFinished(() => devnet.close())
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-registry-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const home = join(folder, 'home')
  const inputs = devnet.inputs()
  const lines = (name: string) => (inputs[name] ?? '').split('\n')
  const chain = { rpcUrls: lines('rpc-urls'), chainId: devnet.chainId }
  return {
    devnet,
    home,
    chain,
    options: {
      ...chain,
      home,
      hfEndpoint: devnet.urls.hub,
      mirrors: lines('mirrors'),
      allowHosts: lines('allow-hosts'),
      environment: { IPFS_GATEWAY: devnet.urls.gateway },
    },
  }
}

/** The chain options without the rest, for a client of their own. */
export function withoutChain(options: UnifiedRegistryOptions): UnifiedRegistryOptions {
  const { rpcUrls: _urls, chainId: _id, ...others } = options
  return others
}
