/** Blocks as CometBFT 0.38 makes them: a header over the one before it, and the votes of the validators. */
import { createHash } from 'node:crypto'
import {
  type BlockId,
  type Commit,
  type CommitSig,
  type Header,
  hashCommit,
  hashHeader,
  hashValidatorSet,
  merkleRoot,
  type Timestamp,
  timestampOf,
  type ValidatorSet,
  voteSignBytes,
  ZERO_TIME,
} from '../chain/index.ts'
import { type Signer, type SignersAt, signatureBy } from './validators.ts'

/** What is decided about a block before anyone votes. */
export interface BlockPlan {
  readonly height: bigint
  /** Nanoseconds since the epoch. */
  readonly time: bigint
  /** Of the state that the block before left. */
  readonly appHash: Uint8Array
}

export interface Block {
  readonly header: Header
  readonly id: BlockId
  readonly commit: Commit
  /** In the last block of the chain: the votes for the block before. */
  readonly lastCommit: Commit | undefined
}

const NOTHING = new Uint8Array()
const ZERO_BLOCK_ID: BlockId = { hash: NOTHING, partSetHeader: { total: 0, hash: NOTHING } }
const EMPTY_HASH = merkleRoot([])
/** Of CometBFT's default limits, blocks of 22,020,096 bytes and any gas: `HashedParams` in protobuf. */
const CONSENSUS_HASH = sha256(Buffer.from('088080c00a10ffffffffffffffffff01', 'hex'))
const NANOS_PER_MS = 1_000_000n

/** The block of a plan on top of the one before; undefined: the first. */
export function makeBlock(
  chainId: string,
  plan: BlockPlan,
  before: Block | undefined,
  signersAt: SignersAt,
): Block {
  const { height } = plan
  const signers = signersAt(height)
  const lastCommit = before?.commit
  const header: Header = {
    version: { block: 11n, app: 0n },
    chainId,
    height,
    time: timestampOf(plan.time),
    lastBlockId: before?.id ?? ZERO_BLOCK_ID,
    lastCommitHash: lastCommit === undefined ? EMPTY_HASH : hashCommit(lastCommit),
    dataHash: EMPTY_HASH,
    validatorsHash: setHash(signers),
    nextValidatorsHash: setHash(signersAt(height + 1n)),
    consensusHash: CONSENSUS_HASH,
    appHash: plan.appHash,
    lastResultsHash: EMPTY_HASH,
    evidenceHash: EMPTY_HASH,
    proposerAddress: proposerOf(signers, height),
  }
  const id = blockIdOf(header)
  return { header, id, lastCommit, commit: commitOf(chainId, plan, id, signers) }
}

/** The part set stands for the block's bytes on the wire, which this chain never sends. */
export function blockIdOf(header: Header): BlockId {
  const hash = hashHeader(header)
  return { hash, partSetHeader: { total: 1, hash: sha256(hash) } }
}

/** The set as light clients know it. */
export function validatorSetOfSigners(signers: readonly Signer[]): ValidatorSet {
  const validators = signers.map(({ validator }) => validator)
  return { validators, totalVotingPower: validators.reduce((sum, { votingPower }) => sum + votingPower, 0n) }
}

const setHashes = new WeakMap<readonly Signer[], Uint8Array>()

function setHash(signers: readonly Signer[]): Uint8Array {
  const known = setHashes.get(signers)
  if (known !== undefined) return known
  const hash = hashValidatorSet(validatorSetOfSigners(signers))
  setHashes.set(signers, hash)
  return hash
}

function proposerOf(signers: readonly Signer[], height: bigint): Uint8Array {
  return signers[Number(height % BigInt(signers.length))]?.validator.address ?? NOTHING
}

/** Votes come some milliseconds after the block; now and then one is missing or for nil, as on any chain. */
function commitOf(chainId: string, plan: BlockPlan, blockId: BlockId, signers: readonly Signer[]): Commit {
  const { height } = plan
  const unsigned: Commit = {
    height,
    round: height % 13n === 0n ? 1 : 0,
    blockId,
    signatures: signers.map(({ validator }, index): CommitSig => {
      const voted = voteKind(height, index, signers.length)
      if (voted === 1) {
        return { blockIdFlag: 1, validatorAddress: NOTHING, timestamp: ZERO_TIME, signature: NOTHING }
      }
      const timestamp: Timestamp = timestampOf(plan.time + BigInt(100 + index) * NANOS_PER_MS)
      return { blockIdFlag: voted, validatorAddress: validator.address, timestamp, signature: NOTHING }
    }),
  }
  return {
    ...unsigned,
    signatures: unsigned.signatures.map((vote, index) => {
      const signer = signers[index]
      if (vote.blockIdFlag === 1 || signer === undefined) return vote
      return { ...vote, signature: signatureBy(signer, voteSignBytes(chainId, unsigned, index)) }
    }),
  }
}

/** One of four or more validators at most does not vote for the block: the others have two thirds. */
function voteKind(height: bigint, index: number, count: number): CommitSig['blockIdFlag'] {
  if (count < 4 || index !== Number(height % BigInt(count))) return 2
  if (height % 7n === 3n) return 1
  return height % 11n === 5n ? 3 : 2
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}
