/** The validator set and its hash: CometBFT 0.38, `types/validator_set.go` and `types/validator.go`. */
import { createHash } from 'node:crypto'
import { create, toBinary } from '@bufbuild/protobuf'
import { SimpleValidatorSchema } from '../../gen/tendermint/types/validator_pb.js'
import { hexOf } from '../bytes.ts'
import type { Checked } from '../node/answers.ts'
import { merkleRoot } from './merkle.ts'
import type { PublicKey, Validator, ValidatorSet } from './types.ts'

/** `MaxTotalVotingPower`: proposer priorities have room for eight times as much. */
export const MAX_TOTAL_VOTING_POWER = (2n ** 63n - 1n) / 8n

const ADDRESS_LENGTH = 20

/**
 * The address that CometBFT derives from a key, 20 bytes: the first 20 of SHA-256 for Ed25519 (`crypto/ed25519`),
 * RIPEMD-160 of SHA-256 for secp256k1 (`crypto/secp256k1`). Undefined for a kind of key we do not know.
 */
export function addressOf(publicKey: PublicKey): Uint8Array | undefined {
  if (publicKey.kind === 'unknown') return undefined
  const sha256 = createHash('sha256').update(publicKey.bytes).digest()
  if (publicKey.kind === 'ed25519') return new Uint8Array(sha256.subarray(0, ADDRESS_LENGTH))
  return new Uint8Array(createHash('ripemd160').update(sha256).digest())
}

/** `ValidatorsByVotingPower`: power descending, then address ascending. */
export function compareValidators(a: Validator, b: Validator): number {
  if (a.votingPower !== b.votingPower) return a.votingPower > b.votingPower ? -1 : 1
  return Buffer.compare(a.address, b.address)
}

function wrong(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why }
}

/**
 * `NewValidatorSet`, `ValidateBasic` and `TotalVotingPower`, but nothing is put right: what a node gives must be in order.
 * The set is not verified until its hash was found in a trusted header.
 */
export function validatorSetOf(validators: readonly Validator[]): Checked<ValidatorSet> {
  if (validators.length === 0) return wrong('it has no validators')
  const addresses = new Set<string>()
  let totalVotingPower = 0n
  for (const [index, validator] of validators.entries()) {
    if (validator.votingPower <= 0n) return wrong(`validator ${index} has no voting power`)
    totalVotingPower += validator.votingPower
    if (totalVotingPower > MAX_TOTAL_VOTING_POWER) return wrong('its total voting power is too large')
    if (validator.address.length !== ADDRESS_LENGTH) {
      return wrong(`the address of validator ${index} does not have ${ADDRESS_LENGTH} bytes`)
    }
    const address = hexOf(validator.address)
    if (addresses.has(address)) return wrong(`validator ${index} is in it twice`)
    addresses.add(address)
    const before = validators[index - 1]
    if (before !== undefined && compareValidators(before, validator) > 0) {
      return wrong(`validator ${index} is out of order`)
    }
  }
  return { ok: true, value: { validators, totalVotingPower } }
}

/** `crypto/encoding` `PubKeyToProto`. */
function protoKey({ kind, bytes }: PublicKey): {
  sum: { case: 'ed25519' | 'secp256k1' | 'bls12381'; value: Uint8Array }
} {
  // CometBFT has added one kind since 0.38. A set with a key of yet another kind hashes to something else, and is refused.
  return { sum: { case: kind === 'unknown' ? 'bls12381' : kind, value: bytes } }
}

/** `ValidatorSet.Hash`: the Merkle root over key and power of each validator, 32 bytes. */
export function hashValidatorSet({ validators }: ValidatorSet): Uint8Array {
  return merkleRoot(
    validators.map(({ publicKey, votingPower }) =>
      toBinary(
        SimpleValidatorSchema,
        create(SimpleValidatorSchema, { pubKey: protoKey(publicKey), votingPower }),
      ),
    ),
  )
}
