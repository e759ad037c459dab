/**
 * From bytes to a proof. A proof is taken only in the one encoding that chains write (fields in order, defaults left out,
 * shortest varints), so nothing can hide in it: unknown fields, repeated fields and second readings all encode differently.
 */
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  type CommitmentProof,
  CommitmentProofSchema,
  type ExistenceProof,
  type NonExistenceProof,
} from '../../gen/cosmos/ics23/v1/proofs_pb.js'
import { equalBytes } from '../bytes.ts'
import { invalid, type Refusal } from './refusal.ts'

/** Largest proof that is read, in bytes: two neighbours with values as large as a transaction may be, and their paths. */
export const MAX_PROOF_BYTES = 4 * 1024 * 1024

/** An existence or non-existence proof in its own words. */
export type StoredProof =
  | { readonly kind: 'existence'; readonly proof: ExistenceProof }
  | { readonly kind: 'absence'; readonly proof: NonExistenceProof }

export type Decoding = ({ readonly ok: true } & StoredProof) | Refusal

/** Decodes a `CommitmentProof`. Batch and compressed proofs are refused: no `abci_query` answers with one. */
export function decodeProof(bytes: Uint8Array): Decoding {
  if (bytes.length > MAX_PROOF_BYTES) {
    return invalid(`it has ${bytes.length} bytes, more than ${MAX_PROOF_BYTES}`)
  }
  const message = tryDecode(bytes)
  if (message === undefined) return invalid('its bytes are no ICS23 proof')
  const { proof } = message
  if (proof.case === 'batch' || proof.case === 'compressed') {
    return invalid('it is a batch or compressed proof')
  }
  if (!equalBytes(toBinary(CommitmentProofSchema, message, { writeUnknownFields: false }), bytes)) {
    return invalid('its bytes are not in the one encoding that a chain writes')
  }
  if (proof.case === undefined) return invalid('it is empty')
  return proof.case === 'exist'
    ? { ok: true, kind: 'existence', proof: proof.value }
    : { ok: true, kind: 'absence', proof: proof.value }
}

function tryDecode(bytes: Uint8Array): CommitmentProof | undefined {
  try {
    return fromBinary(CommitmentProofSchema, bytes)
  } catch {
    return undefined
  }
}
