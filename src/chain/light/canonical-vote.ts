/** What a validator signs: CometBFT 0.38, `types/canonical.go` and `types/vote.go` `VoteSignBytes`. */
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { sizeDelimitedEncode } from '@bufbuild/protobuf/wire'
import { type CanonicalBlockIDSchema, CanonicalVoteSchema } from '../../gen/tendermint/types/canonical_pb.js'
import { SignedMsgType } from '../../gen/tendermint/types/types_pb.js'
import { ZERO_TIME } from './time.ts'
import { BLOCK_ID_FLAG, type BlockId, type Commit } from './types.ts'

/** `BlockID.IsZero` */
export function isZeroBlockId({ hash, partSetHeader }: BlockId): boolean {
  return hash.length === 0 && partSetHeader.total === 0 && partSetHeader.hash.length === 0
}

/** `CanonicalizeBlockID`: a zero block id is left out. */
function canonicalBlockId(blockId: BlockId): MessageInitShape<typeof CanonicalBlockIDSchema> | undefined {
  return isZeroBlockId(blockId) ? undefined : blockId
}

/**
 * `Commit.VoteSignBytes`: the bytes that validator `index` signed for this commit, with their length in front. Only a vote for
 * the block names it, and only the time of the vote differs between validators.
 */
export function voteSignBytes(chainId: string, commit: Commit, index: number): Uint8Array {
  const vote = commit.signatures[index]
  const forBlock = vote?.blockIdFlag === BLOCK_ID_FLAG.commit
  const blockId = forBlock ? canonicalBlockId(commit.blockId) : undefined
  return sizeDelimitedEncode(
    CanonicalVoteSchema,
    create(CanonicalVoteSchema, {
      type: SignedMsgType.PRECOMMIT,
      height: commit.height,
      round: BigInt(commit.round),
      ...(blockId === undefined ? {} : { blockId }),
      timestamp: vote?.timestamp ?? ZERO_TIME,
      chainId,
    }),
  )
}
