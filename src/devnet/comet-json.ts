/** Blocks in the JSON of CometBFT 0.38: 64-bit numbers as text, hashes in upper-case hex, bytes in base64. */
import { type BlockId, type Commit, formatTime, type Header, type Validator } from '../chain/index.ts'

/** Empty bytes are null, as Go writes a nil slice. */
export function base64(bytes: Uint8Array): string | null {
  return bytes.length === 0 ? null : Buffer.from(bytes).toString('base64')
}

export function upperHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase()
}

export function blockIdJson({ hash, partSetHeader }: BlockId): unknown {
  return { hash: upperHex(hash), parts: { total: partSetHeader.total, hash: upperHex(partSetHeader.hash) } }
}

export function headerJson(header: Header): unknown {
  const { block, app } = header.version
  return {
    version: app === 0n ? { block: String(block) } : { block: String(block), app: String(app) },
    chain_id: header.chainId,
    height: String(header.height),
    time: formatTime(header.time),
    last_block_id: blockIdJson(header.lastBlockId),
    last_commit_hash: upperHex(header.lastCommitHash),
    data_hash: upperHex(header.dataHash),
    validators_hash: upperHex(header.validatorsHash),
    next_validators_hash: upperHex(header.nextValidatorsHash),
    consensus_hash: upperHex(header.consensusHash),
    app_hash: upperHex(header.appHash),
    last_results_hash: upperHex(header.lastResultsHash),
    evidence_hash: upperHex(header.evidenceHash),
    proposer_address: upperHex(header.proposerAddress),
  }
}

export function commitJson(commit: Commit): unknown {
  return {
    height: String(commit.height),
    round: commit.round,
    block_id: blockIdJson(commit.blockId),
    signatures: commit.signatures.map((vote) => ({
      block_id_flag: vote.blockIdFlag,
      validator_address: upperHex(vote.validatorAddress),
      timestamp: formatTime(vote.timestamp),
      signature: base64(vote.signature),
    })),
  }
}

/** Keys are Ed25519, as all of this chain are. */
export function validatorJson({ address, publicKey, votingPower }: Validator) {
  return {
    address: upperHex(address),
    pub_key: { type: 'tendermint/PubKeyEd25519', value: base64(publicKey.bytes) },
    voting_power: String(votingPower),
    proposer_priority: '0',
  }
}
