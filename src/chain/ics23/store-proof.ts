/**
 * What an `abci_query` with `prove=true` on `/store/<name>/key` proves. The answer carries two operations (Cosmos SDK
 * `store/rootmulti` and `store/types/proof.go`): `ics23:iavl` leads from the entry, or from the neighbours of its absence, to
 * the root of the store; `ics23:simple` leads from the store's name and root to the app hash.
 */
import { hash } from 'node:crypto'
import type { ExistenceProof, NonExistenceProof } from '../../gen/cosmos/ics23/v1/proofs_pb.js'
import { equalBytes } from '../bytes.ts'
import { type Decoding, decodeProof, type StoredProof } from './decode.ts'
import { checkExistence, checkMembership } from './existence.ts'
import { checkNonMembership } from './non-existence.ts'
import { invalid, type Refusal } from './refusal.ts'
import { IAVL_SPEC, TENDERMINT_SPEC } from './specs.ts'
import type { ProofOp, ProofVerdict, ProvenEntry, StoreProof, StoreQuestion } from './types.ts'

const IAVL_OP = 'ics23:iavl'
const SIMPLE_OP = 'ics23:simple'
const NOTHING = new Uint8Array()

/** The root of an IAVL tree without entries: no node is hashed, so it is the hash of no bytes. */
const EMPTY_STORE_ROOT = hash('sha256', NOTHING, 'buffer')

/**
 * Checks the proof of one answer against the app hash of a verified header. A value needs an existence proof and an empty answer
 * an absence proof; one for the other is invalid. The one exception is an existence proof of an empty value: ICS23 cannot prove
 * that, so it is `unprovable`, and never an absence. Beyond ICS23, the absence of any key in an empty store is proven.
 */
export function checkStoreProof(question: StoreQuestion): ProofVerdict {
  const [iavlOp, simpleOp, ...more] = question.proofOps
  if (iavlOp === undefined || simpleOp === undefined || more.length > 0) {
    return invalid(`it has ${question.proofOps.length} operations instead of 2`)
  }
  const stored = readOp(iavlOp, IAVL_OP, question.key)
  if (!stored.ok) return stored
  const mounted = readOp(simpleOp, SIMPLE_OP, new TextEncoder().encode(question.store))
  if (!mounted.ok) return mounted
  if (mounted.kind !== 'existence' || !equalBytes(mounted.proof.key, simpleOp.key)) {
    return invalid('it does not show the root of the store')
  }

  const mountRefusal = checkExistence(TENDERMINT_SPEC, question.appHash, mounted.proof)
  if (mountRefusal !== undefined) {
    return invalid(`its store does not lead to the app hash: ${mountRefusal.why}`)
  }
  const storeRoot = mounted.proof.value
  return checkAnswer(stored, storeRoot, question) ?? { ok: true, proof: factsOf(stored) }
}

function readOp(op: ProofOp, type: string, key: Uint8Array): Decoding {
  if (op.type !== type) return invalid(`it has another operation where ${type} must stand`)
  if (!equalBytes(op.key, key)) return invalid(`its operation ${type} is about another key`)
  return decodeProof(op.data)
}

/** Whether the store of this root answers the question so. */
function checkAnswer(
  stored: StoredProof,
  storeRoot: Uint8Array,
  question: StoreQuestion,
): Refusal | undefined {
  const value = question.value ?? NOTHING
  if (stored.kind === 'absence') {
    return value.length === 0
      ? checkAbsence(storeRoot, stored.proof, question.key)
      : invalid('it shows an absence, but the answer has a value')
  }
  if (value.length === 0 && stored.proof.value.length > 0) {
    return invalid('it shows a value, but the answer has none')
  }
  return checkMembership(IAVL_SPEC, storeRoot, stored.proof, question.key, value)
}

/**
 * ICS23 proves an absence by neighbours, and an empty store has none. There the root says it: chains answer with an absence proof
 * that names the key and no neighbour, and no tree with an entry has the empty tree's root.
 */
function checkAbsence(storeRoot: Uint8Array, proof: NonExistenceProof, key: Uint8Array): Refusal | undefined {
  const isEmptyStore = equalBytes(storeRoot, EMPTY_STORE_ROOT)
  const isBare = proof.left === undefined && proof.right === undefined
  return isEmptyStore && isBare && equalBytes(proof.key, key)
    ? undefined
    : checkNonMembership(IAVL_SPEC, storeRoot, proof, key)
}

function factsOf(stored: StoredProof): StoreProof {
  return stored.kind === 'existence'
    ? { kind: 'existence', value: stored.proof.value }
    : { kind: 'absence', left: entryOf(stored.proof.left), right: entryOf(stored.proof.right) }
}

function entryOf(proof: ExistenceProof | undefined): ProvenEntry | undefined {
  return proof && { key: proof.key, value: proof.value }
}
