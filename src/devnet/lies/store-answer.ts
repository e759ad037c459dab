/** Store answers taken apart and put together again, as a lying node would do it. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  type CommitmentProof,
  CommitmentProofSchema,
  type ExistenceProof,
  type NonExistenceProof,
} from '../../gen/cosmos/ics23/v1/proofs_pb.js'
import { base64 } from '../comet-json.ts'
import { sha256 } from '../iavl.ts'
import type { RunMethod } from '../rpc.ts'
import { isObject, type RpcParams } from '../rpc-protocol.ts'
import { lengthPrefixed } from '../varint.ts'

/** A proven answer to a read of one key. */
export interface StoreAnswer {
  readonly key: Uint8Array
  /** Empty: the key is absent. */
  readonly value: Uint8Array
  readonly proof: CommitmentProof
  readonly storeProof: CommitmentProof
  /** All of the honest result, for what a lie leaves alone. */
  readonly response: Readonly<Record<string, unknown>>
}

const STORE_READ = /^\/store\/[^/]+\/key$/
/** A SHA-256 digest as records write it: what holds one is an approval. */
const DIGEST = /[0-9a-f]{64}/g

/** Whether a call reads one key of a store with a proof. */
export function isProvenRead(method: string, params: RpcParams): boolean {
  const { path, prove } = params
  return method === 'abci_query' && prove === true && typeof path === 'string' && STORE_READ.test(path)
}

/** Undefined when a result holds no two proofs. */
export function storeAnswer(result: unknown): StoreAnswer | undefined {
  const response = isObject(result) ? result['response'] : undefined
  if (!isObject(response)) return undefined
  const ops = isObject(response['proofOps']) ? response['proofOps']['ops'] : undefined
  const [inner, outer] = Array.isArray(ops) ? ops : []
  if (!isObject(inner) || !isObject(outer)) return undefined
  return {
    key: bytesOf(response['key']),
    value: bytesOf(response['value']),
    proof: fromBinary(CommitmentProofSchema, bytesOf(inner['data'])),
    storeProof: fromBinary(CommitmentProofSchema, bytesOf(outer['data'])),
    response,
  }
}

function bytesOf(value: unknown): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value, 'base64') : new Uint8Array()
}

/** The result for an answer. */
export function resultOf({ key, value, proof, storeProof, response }: StoreAnswer): unknown {
  const store = storeProof.proof.case === 'exist' ? storeProof.proof.value.key : new Uint8Array()
  const op = (type: string, opKey: Uint8Array, content: CommitmentProof) => ({
    type,
    key: base64(opKey),
    data: base64(toBinary(CommitmentProofSchema, content)),
  })
  return {
    response: {
      ...response,
      key: base64(key),
      value: base64(value),
      proofOps: { ops: [op('ics23:iavl', key, proof), op('ics23:simple', store, storeProof)] },
    },
  }
}

/** The honest answer for another key, or another height, of the same store. */
export async function askAgain(
  ask: RunMethod,
  params: RpcParams,
  key: Uint8Array,
  height = params['height'],
): Promise<StoreAnswer | undefined> {
  const data = Buffer.from(key).toString('hex')
  return storeAnswer(
    await ask('abci_query', { ...params, data, ...(height === undefined ? {} : { height }) }),
  )
}

export function existenceIn({ proof }: CommitmentProof): ExistenceProof | undefined {
  return proof.case === 'exist' ? proof.value : undefined
}

export function absenceIn({ proof }: CommitmentProof): NonExistenceProof | undefined {
  return proof.case === 'nonexist' ? proof.value : undefined
}

export function existence(value: ExistenceProof): CommitmentProof {
  return create(CommitmentProofSchema, { proof: { case: 'exist', value } })
}

export function absence(
  key: Uint8Array,
  left: ExistenceProof | undefined,
  right: ExistenceProof | undefined,
): CommitmentProof {
  return create(CommitmentProofSchema, {
    proof: {
      case: 'nonexist',
      value: { key, ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) },
    },
  })
}

/** The root that an IAVL existence proof leads to, whatever it holds. */
export function rootOf({ key, value, leaf, path }: ExistenceProof): Uint8Array {
  const start = sha256(leaf?.prefix ?? new Uint8Array(), lengthPrefixed(key), lengthPrefixed(sha256(value)))
  return path.reduce((below, { prefix, suffix }) => sha256(prefix, below, suffix), start)
}

/** The value with other digests of the same form; undefined when it holds none, so it is no approval. */
export function withOtherDigests(value: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(value).toString('latin1')
  const forged = text.replace(DIGEST, (digest) => Buffer.from(sha256(Buffer.from(digest))).toString('hex'))
  return forged === text ? undefined : Buffer.from(forged, 'latin1')
}

/** A key that sorts right before another, so that no record lies between. */
export function justBefore(key: Uint8Array): Uint8Array {
  const last = key.at(-1) ?? 0
  const start = key.subarray(0, -1)
  return last === 0 ? start : Buffer.concat([start, Uint8Array.of(last - 1), Buffer.alloc(16, 0xff)])
}

/** The next key after another. */
export function justAfter(key: Uint8Array): Uint8Array {
  return Buffer.concat([key, Uint8Array.of(0)])
}
