import { createHash } from 'node:crypto'
import type { Block, ChainState } from './chain.ts'

/** Result of `abci_info`. */
export function abciInfo(chain: ChainState): unknown {
  return {
    response: {
      data: 'remesd',
      version: 'devnet',
      last_block_height: String(chain.height),
      last_block_app_hash: Buffer.from(chain.stateHash, 'hex').toString('base64'),
    },
  }
}

/** Result of `status`: what a CometBFT 0.38 node says of itself, its newest and its oldest block. */
export function status(chain: ChainState, moniker: string): unknown {
  const key = createHash('sha256').update(`${chain.chainId} ${moniker}`).digest()
  const address = createHash('sha256').update(key).digest('hex').slice(0, 40)
  return {
    node_info: {
      protocol_version: { p2p: '8', block: '11', app: '0' },
      id: address,
      listen_addr: 'tcp://127.0.0.1:26656',
      network: chain.chainId,
      version: '0.38.19',
      channels: '40202122233038606100',
      moniker,
      other: { tx_index: 'on', rpc_address: 'tcp://127.0.0.1:26657' },
    },
    sync_info: {
      ...blockInfo('latest', chain.latest),
      ...blockInfo('earliest', chain.earliest),
      catching_up: false,
    },
    validator_info: {
      address: address.toUpperCase(),
      pub_key: { type: 'tendermint/PubKeyEd25519', value: key.toString('base64') },
      voting_power: '10',
    },
  }
}

function blockInfo(which: 'latest' | 'earliest', block: Block): Record<string, string> {
  return {
    [`${which}_block_hash`]: block.hash.toUpperCase(),
    [`${which}_app_hash`]: block.appHash.toUpperCase(),
    [`${which}_block_height`]: String(block.height),
    [`${which}_block_time`]: block.time.toISOString(),
  }
}
