import { fromJson, type JsonValue } from '@bufbuild/protobuf'
import { decodeProof } from '../../src/chain/ics23/decode.ts'
import { checkMembership } from '../../src/chain/ics23/existence.ts'
import { checkNonMembership } from '../../src/chain/ics23/non-existence.ts'
import type { Refusal } from '../../src/chain/ics23/refusal.ts'
import { IAVL_SPEC, TENDERMINT_SPEC } from '../../src/chain/ics23/specs.ts'
import { type ExistenceProof, ExistenceProofSchema } from '../../src/gen/cosmos/ics23/v1/proofs_pb.js'
import { fixture } from './conformance.ts'

const NAMES = [
  'exist_left',
  'exist_middle',
  'exist_right',
  'nonexist_left',
  'nonexist_middle',
  'nonexist_right',
]

/** Every vector of a whole proof, as `tree/name`. All are accepted. */
export const VECTORS: readonly string[] = ['iavl', 'tendermint'].flatMap((tree) =>
  NAMES.map((name) => `${tree}/${name}`),
)

export interface Vector {
  readonly tree: 'iavl' | 'tendermint'
  readonly proof: Uint8Array
  readonly root: Uint8Array
  readonly key: Uint8Array
  /** Empty: the key is absent. */
  readonly value: Uint8Array
}

export function vector(name: string): Vector {
  const [tree, file] = name.split('/')
  const { proof, root, key, value } = fixture('ics23', `${tree}`, `${file}.json`) as Record<string, string>
  const hex = (text: string | undefined) => new Uint8Array(Buffer.from(text ?? '', 'hex'))
  return {
    tree: tree === 'iavl' ? 'iavl' : 'tendermint',
    proof: hex(proof),
    root: hex(root),
    key: hex(key),
    value: hex(value),
  }
}

/** Undefined when the proof holds. */
export function refusalOf({ tree, proof, root, key, value }: Vector): Refusal | undefined {
  const decoded = decodeProof(proof)
  if (!decoded.ok) return decoded
  const spec = tree === 'iavl' ? IAVL_SPEC : TENDERMINT_SPEC
  if (decoded.kind === 'existence') return checkMembership(spec, root, decoded.proof, key, value)
  return value.length > 0
    ? { ok: false, kind: 'invalid', why: 'it shows an absence' }
    : checkNonMembership(spec, root, decoded.proof, key)
}

export interface SpecCase {
  readonly proof: ExistenceProof
  /** What the reference says against it; empty when it accepts. */
  readonly error: string
}

/** The cases about the form of a proof that use the depth limits we have. */
export const SPEC_CASES: readonly string[] = [
  'accepts leaf with valid inner proofs',
  'accepts one proper leaf',
  'empty proof fails',
  'rejects invalid inner proof (hash mismatch)',
  'rejects invalid leaf',
  'rejects leaf with invalid inner proofs',
  'rejects only inner proof (hash mismatch)',
]

export const SPEC_FILE = 'TestCheckAgainstSpecData.json'

export function specCase(name: string): SpecCase {
  const cases = fixture('ics23', SPEC_FILE) as Record<string, { Proof: JsonValue; Err: string }>
  const found = cases[name]
  if (found === undefined) throw new Error(`there is no case ${name}`)
  return { proof: fromJson(ExistenceProofSchema, found.Proof), error: found.Err }
}
