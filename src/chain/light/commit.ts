/** Who signed a block: CometBFT 0.38, `types/validation.go`. */
import { create, toBinary } from '@bufbuild/protobuf'
import { CommitSigSchema } from '../../gen/tendermint/types/types_pb.js'
import { equalBytes, hexOf } from '../bytes.ts'
import { voteSignBytes } from './canonical-vote.ts'
import { merkleRoot } from './merkle.ts'
import { verifySignature } from './signature.ts'
import {
  BLOCK_ID_FLAG,
  type Commit,
  type PublicKey,
  type Validator,
  type ValidatorSet,
  type Verdict,
} from './types.ts'

/** A part of the voting power. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

/** `light.DefaultTrustLevel`: with more than a third at least one correct validator signed. */
export const DEFAULT_TRUST_LEVEL: Fraction = { numerator: 1n, denominator: 3n }
const TWO_THIRDS: Fraction = { numerator: 2n, denominator: 3n }

/** `Commit.Hash`: what the next header holds as `last_commit_hash`, 32 bytes. */
export function hashCommit({ signatures }: Commit): Uint8Array {
  return merkleRoot(signatures.map((vote) => toBinary(CommitSigSchema, create(CommitSigSchema, vote))))
}

/** Says whether the vote at this index of one commit was signed by this key. */
export type VoteCheck = (index: number, publicKey: PublicKey) => boolean

/**
 * A check of one commit's votes that verifies no signature twice: in a skipping step most signers stand in both sets. A
 * result counts only for the very key and index that it was found with.
 */
export function voteCheck(chainId: string, commit: Commit): VoteCheck {
  const verified = new Map<number, PublicKey>()
  return (index, publicKey) => {
    const before = verified.get(index)
    if (before?.kind === publicKey.kind && equalBytes(before.bytes, publicKey.bytes)) return true
    const vote = commit.signatures[index]
    if (vote === undefined) return false
    const signed = verifySignature(publicKey, voteSignBytes(chainId, commit, index), vote.signature)
    if (signed) verified.set(index, publicKey)
    return signed
  }
}

type Invalid = Extract<Verdict, { readonly ok: false }>

function invalid(why: string): Invalid {
  return { ok: false, kind: 'invalid', why }
}

/** The validator that the vote at an index is one of; undefined: of none, skip it. */
type FindValidator = (index: number) => Validator | undefined | Invalid

/**
 * `verifyCommitSingle` without `countAllSignatures`: goes through the votes for the block in their order until signers hold
 * more than `fraction` of the set's power. A wrong signature on the way is refused, later votes are not looked at.
 *
 * Unlike CometBFT, votes with kinds of keys that we cannot check count nothing instead of failing, so that they are
 * refused only where the others do not suffice.
 */
function tally(
  set: ValidatorSet,
  commit: Commit,
  fraction: Fraction,
  find: FindValidator,
  isSignedBy: VoteCheck,
): { readonly enough: true } | { readonly enough: false; readonly why: string } | Invalid {
  let signed = 0n
  let unknown = 0n
  for (const [index, vote] of commit.signatures.entries()) {
    if (vote.blockIdFlag !== BLOCK_ID_FLAG.commit) continue
    const validator = find(index)
    if (validator === undefined) continue
    if ('ok' in validator) return validator
    if (validator.publicKey.kind === 'unknown') {
      unknown += validator.votingPower
      continue
    }
    if (!isSignedBy(index, validator.publicKey)) return invalid(`signature ${index} of its commit is wrong`)
    signed += validator.votingPower
    // In whole numbers: signed / total > numerator / denominator.
    if (signed * fraction.denominator > set.totalVotingPower * fraction.numerator) return { enough: true }
  }
  const needed = `${fraction.numerator}/${fraction.denominator}`
  const others = unknown === 0n ? '' : `, and ${unknown} more by kinds of keys that cannot be checked`
  return {
    enough: false,
    why: `signed by ${signed} of ${set.totalVotingPower} voting power${others}, where more than ${needed} is needed`,
  }
}

/**
 * `VerifyCommitLight`: more than 2/3 of the power of the block's own validators signed it. Signature i is the one of validator
 * i, whose address it must carry (CometBFT 0.38.21; here for all votes, also for those that are not needed).
 */
export function verifyCommitLight(set: ValidatorSet, commit: Commit, isSignedBy: VoteCheck): Verdict {
  if (commit.signatures.length !== set.validators.length) {
    return invalid(
      `its commit has ${commit.signatures.length} signatures for ${set.validators.length} validators`,
    )
  }
  for (const [index, vote] of commit.signatures.entries()) {
    if (vote.blockIdFlag === BLOCK_ID_FLAG.absent) continue
    const address = set.validators[index]?.address
    if (address === undefined || !equalBytes(address, vote.validatorAddress)) {
      return invalid(`signature ${index} of its commit does not carry the address of validator ${index}`)
    }
  }
  const result = tally(set, commit, TWO_THIRDS, (index) => set.validators[index], isSignedBy)
  if ('ok' in result) return result
  return result.enough ? { ok: true } : invalid(`its commit is ${result.why}`)
}

/**
 * `VerifyCommitLightTrusting`: more than `trustLevel` of the power of a trusted set signed the block. That set need not be the
 * block's own, so validators are found by address; one that votes twice is refused.
 */
export function verifyCommitLightTrusting(
  trustedSet: ValidatorSet,
  commit: Commit,
  trustLevel: Fraction,
  isSignedBy: VoteCheck,
): Verdict {
  const byAddress = new Map(
    trustedSet.validators.map((validator) => [hexOf(validator.address), validator] as const),
  )
  const seen = new Map<Validator, number>()
  const find: FindValidator = (index) => {
    const validator = byAddress.get(hexOf(commit.signatures[index]?.validatorAddress ?? new Uint8Array()))
    if (validator === undefined) return undefined
    const first = seen.get(validator)
    if (first !== undefined)
      return invalid(`signatures ${first} and ${index} of its commit are of one validator`)
    seen.set(validator, index)
    return validator
  }
  const result = tally(trustedSet, commit, trustLevel, find, isSignedBy)
  if ('ok' in result) return result
  if (result.enough) return { ok: true }
  return { ok: false, kind: 'not-enough-trust', why: `of the trusted validators it is ${result.why}` }
}
