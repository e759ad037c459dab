import { formatTime } from '../chain/index.ts'
import type { Block } from './blocks.ts'
import { base64, upperHex, validatorJson } from './comet-json.ts'
import type { ChainNode } from './node.ts'
import { signer } from './validators.ts'

/** Result of `abci_info`. */
export function abciInfo({ chain, height }: ChainNode): unknown {
  return {
    response: {
      data: 'remesd',
      version: 'devnet',
      last_block_height: String(height),
      last_block_app_hash: base64(chain.stateHash(height)),
    },
  }
}

/** Result of `status`: what a CometBFT 0.38 node says of itself, its newest and its oldest block. */
export function status({ chain, height, moniker }: ChainNode): unknown {
  // The node's own key: it validates nothing, so it has no power.
  const { validator } = signer(`${chain.chainId} node ${moniker}`, 0n)
  const { address, pub_key, voting_power } = validatorJson(validator)
  return {
    node_info: {
      protocol_version: { p2p: '8', block: '11', app: '0' },
      id: address.toLowerCase(),
      listen_addr: 'tcp://127.0.0.1:26656',
      network: chain.chainId,
      version: '0.38.19',
      channels: '40202122233038606100',
      moniker,
      other: { tx_index: 'on', rpc_address: 'tcp://127.0.0.1:26657' },
    },
    sync_info: {
      ...blockInfo('latest', chain.block(height)),
      ...blockInfo('earliest', chain.block(chain.earliest)),
      catching_up: false,
    },
    validator_info: { address, pub_key, voting_power },
  }
}

function blockInfo(which: 'latest' | 'earliest', { header, id }: Block): Record<string, string> {
  return {
    [`${which}_block_hash`]: upperHex(id.hash),
    [`${which}_app_hash`]: upperHex(header.appHash),
    [`${which}_block_height`]: String(header.height),
    [`${which}_block_time`]: formatTime(header.time),
  }
}
