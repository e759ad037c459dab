/** What must hold of a light block before any signature is looked at: CometBFT 0.38, `ValidateBasic` of `types`. */
import { equalBytes } from '../bytes.ts'
import { isZeroBlockId } from './canonical-vote.ts'
import { hashHeader } from './header-hash.ts'
import { nanosecondsOf, ZERO_TIME } from './time.ts'
import {
  BLOCK_ID_FLAG,
  type BlockId,
  type Commit,
  type CommitSig,
  type Header,
  type SignedHeader,
} from './types.ts'

/** `version.BlockProtocol` of CometBFT 0.34 to 1.0. */
const BLOCK_PROTOCOL = 11n
/** `types.MaxChainIDLen`, in bytes. */
const MAX_CHAIN_ID_LENGTH = 50
const ADDRESS_LENGTH = 20
const HASH_LENGTH = 32
/** `types.MaxSignatureSize` */
const MAX_SIGNATURE_LENGTH = 64

/** What is wrong, as a clause in our own words, or undefined. */
export type Wrong = string | undefined

/** `ValidateHash`: 32 bytes, or none. */
function isHash(hash: Uint8Array): boolean {
  return hash.length === 0 || hash.length === HASH_LENGTH
}

function validateBlockId(blockId: BlockId): boolean {
  return isHash(blockId.hash) && isHash(blockId.partSetHeader.hash)
}

/** `BlockID.IsComplete` */
function isComplete({ hash, partSetHeader }: BlockId): boolean {
  return hash.length === HASH_LENGTH && partSetHeader.total > 0 && partSetHeader.hash.length === HASH_LENGTH
}

/** `Header.ValidateBasic`. The app hash may have any length. */
export function validateHeader(header: Header): Wrong {
  if (header.version.block !== BLOCK_PROTOCOL) {
    return `its block version is ${header.version.block} instead of ${BLOCK_PROTOCOL}`
  }
  if (Buffer.byteLength(header.chainId) > MAX_CHAIN_ID_LENGTH) return 'its chain id is too long'
  if (header.height <= 0n) return 'its height is not positive'
  if (!validateBlockId(header.lastBlockId)) return 'its last_block_id is malformed'
  const hashes = {
    last_commit_hash: header.lastCommitHash,
    data_hash: header.dataHash,
    evidence_hash: header.evidenceHash,
    consensus_hash: header.consensusHash,
    last_results_hash: header.lastResultsHash,
  }
  for (const [name, hash] of Object.entries(hashes)) {
    if (!isHash(hash)) return `its ${name} has ${hash.length} bytes`
  }
  // CometBFT lets these be empty here and finds out later: a header without `validators_hash` has no hash.
  if (header.validatorsHash.length !== HASH_LENGTH) return 'its validators_hash does not have 32 bytes'
  if (header.nextValidatorsHash.length !== HASH_LENGTH)
    return 'its next_validators_hash does not have 32 bytes'
  if (header.proposerAddress.length !== ADDRESS_LENGTH) return 'its proposer_address does not have 20 bytes'
  return undefined
}

/** `CommitSig.ValidateBasic` */
export function validateCommitSig({ blockIdFlag, validatorAddress, timestamp, signature }: CommitSig): Wrong {
  if (blockIdFlag === BLOCK_ID_FLAG.absent) {
    if (validatorAddress.length > 0) return 'is absent and has an address'
    if (nanosecondsOf(timestamp) !== nanosecondsOf(ZERO_TIME)) return 'is absent and has a time'
    if (signature.length > 0) return 'is absent and not empty'
    return undefined
  }
  if (validatorAddress.length !== ADDRESS_LENGTH) return 'has no address of 20 bytes'
  if (signature.length === 0) return 'is empty'
  if (signature.length > MAX_SIGNATURE_LENGTH) return `is longer than ${MAX_SIGNATURE_LENGTH} bytes`
  return undefined
}

/**
 * `Commit.ValidateBasic`. The block id must be complete too, since nobody can vote for half of one (`Vote.ValidateBasic`).
 */
export function validateCommit(commit: Commit): Wrong {
  if (commit.round < 0) return 'the round of its commit is negative'
  if (isZeroBlockId(commit.blockId)) return 'its commit is for nil'
  if (!isComplete(commit.blockId)) return 'the block id of its commit is incomplete'
  if (commit.signatures.length === 0) return 'its commit has no signatures'
  for (const [index, vote] of commit.signatures.entries()) {
    const wrong = validateCommitSig(vote)
    if (wrong !== undefined) return `signature ${index} of its commit ${wrong}`
  }
  return undefined
}

/** `SignedHeader.ValidateBasic`: header and commit are well-formed, of this chain, and belong together. */
export function validateSignedHeader(chainId: string, { header, commit }: SignedHeader): Wrong {
  const wrong = validateHeader(header) ?? validateCommit(commit)
  if (wrong !== undefined) return wrong
  if (header.chainId !== chainId) return 'it belongs to another chain'
  if (commit.height !== header.height) {
    return `its commit is for height ${commit.height}, the header has ${header.height}`
  }
  if (!equalBytes(commit.blockId.hash, hashHeader(header))) return 'its commit is for another block'
  return undefined
}
