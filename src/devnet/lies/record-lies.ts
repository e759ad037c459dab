/** Lies about records and their proofs. */
import { clone, create } from '@bufbuild/protobuf'
import {
  CommitmentProofSchema,
  type ExistenceProof,
  ExistenceProofSchema,
} from '../../gen/cosmos/ics23/v1/proofs_pb.js'
import type { Liar, RunMethod } from '../rpc.ts'
import type { RpcParams } from '../rpc-protocol.ts'
import {
  absence,
  absenceIn,
  askAgain,
  existence,
  existenceIn,
  isProvenRead,
  justAfter,
  justBefore,
  resultOf,
  rootOf,
  type StoreAnswer,
  storeAnswer,
  withOtherDigests,
} from './store-answer.ts'

/** How far back an older proof is looked for, in heights. */
const MAX_STEP_BACK = 4096n

type Forge = (answer: StoreAnswer, params: RpcParams, ask: RunMethod) => Promise<StoreAnswer | undefined>

/** Bends every proven read of a key that it can bend; all else stays honest. */
function bending(forge: Forge): Liar {
  return {
    async run(method, params, ask) {
      const honest = await ask(method, params)
      if (!isProvenRead(method, params)) return honest
      const answer = storeAnswer(honest)
      const forged = answer === undefined ? undefined : await forge(answer, params, ask)
      return forged === undefined ? honest : resultOf(forged)
    },
  }
}

/** The value is what the proof does not say. In absences, the neighbours' values are. */
export const forgedValue = (): Liar =>
  bending(async (answer) => {
    const shown = existenceIn(answer.proof)
    const value = withOtherDigests(answer.value)
    if (shown !== undefined) return value === undefined ? undefined : { ...answer, value }
    const neighbour = withForgedNeighbour(answer)
    return neighbour === undefined ? undefined : { ...answer, proof: neighbour }
  })

/** Value, leaf and store root fit each other; only the app hash does not. */
export const forgedProof = (): Liar =>
  bending(async (answer) => {
    const shown = existenceIn(answer.proof)
    if (shown === undefined) {
      const proof = withForgedNeighbour(answer)
      const right = proof === undefined ? undefined : absenceIn(proof)?.right
      if (proof === undefined || right === undefined) return undefined
      return { ...answer, proof, storeProof: withStoreRoot(answer, right) }
    }
    const value = withOtherDigests(answer.value)
    if (value === undefined) return undefined
    const forged = create(ExistenceProofSchema, { ...shown, value })
    return { ...answer, value, proof: existence(forged), storeProof: withStoreRoot(answer, forged) }
  })

function withForgedNeighbour({ proof }: StoreAnswer): StoreAnswer['proof'] | undefined {
  const shown = absenceIn(proof)
  const value = shown?.right === undefined ? undefined : withOtherDigests(shown.right.value)
  if (shown?.right === undefined || value === undefined) return undefined
  return absence(shown.key, shown.left, create(ExistenceProofSchema, { ...shown.right, value }))
}

/** The honest proof of a store, for the root that a forged entry leads to. */
function withStoreRoot({ storeProof }: StoreAnswer, forged: ExistenceProof): StoreAnswer['storeProof'] {
  const changed = clone(CommitmentProofSchema, storeProof)
  if (changed.proof.case === 'exist') changed.proof.value.value = rootOf(forged)
  return changed
}

/** Another approval's value and proof, honest in itself. */
export const otherKeyProof = (): Liar =>
  bending(async (answer, params, ask) => {
    if (existenceIn(answer.proof) === undefined || withOtherDigests(answer.value) === undefined)
      return undefined
    const other = (await rightOf(answer.key, params, ask)) ?? (await leftOf(answer.key, params, ask))
    return other === undefined ? undefined : { ...answer, value: other.value, proof: existence(other) }
  })

/** The newest older proof that is not the same, of a state that the asked header does not stand for. */
export const otherHeightProof = (): Liar =>
  bending(async (answer, params, ask) => {
    const height = BigInt(String(answer.response['height']))
    for (let back = 1n; back < height && back <= MAX_STEP_BACK; back *= 2n) {
      const older = await askAgain(ask, params, answer.key, String(height - back))
      if (older === undefined) return undefined
      if (
        JSON.stringify(resultOf({ ...older, response: answer.response })) !== JSON.stringify(resultOf(answer))
      ) {
        return { ...older, response: answer.response }
      }
    }
    return undefined
  })

/** As if an approval were not there: its own neighbours stand beside the gap. */
export const hiddenKey = (): Liar =>
  bending(async (answer, params, ask) => {
    if (existenceIn(answer.proof) === undefined || withOtherDigests(answer.value) === undefined)
      return undefined
    const left = await leftOf(answer.key, params, ask)
    const right = await rightOf(answer.key, params, ask)
    return { ...answer, value: new Uint8Array(), proof: absence(answer.key, left, right) }
  })

/** One entry beside an absent key is passed over: who lists by neighbours does not see it. */
export const wrongNeighbours = (): Liar =>
  bending(async (answer, params, ask) => {
    const shown = absenceIn(answer.proof)
    if (shown === undefined) return undefined
    if (shown.right !== undefined) {
      const further = await rightOf(shown.right.key, params, ask)
      return { ...answer, proof: absence(answer.key, shown.left, further) }
    }
    if (shown.left === undefined) return undefined
    return { ...answer, proof: absence(answer.key, await leftOf(shown.left.key, params, ask), undefined) }
  })

async function rightOf(
  key: Uint8Array,
  params: RpcParams,
  ask: RunMethod,
): Promise<ExistenceProof | undefined> {
  const beside = await askAgain(ask, params, justAfter(key))
  if (beside === undefined) return undefined
  return existenceIn(beside.proof) ?? absenceIn(beside.proof)?.right
}

async function leftOf(
  key: Uint8Array,
  params: RpcParams,
  ask: RunMethod,
): Promise<ExistenceProof | undefined> {
  const before = justBefore(key)
  const beside = before.length === 0 ? undefined : await askAgain(ask, params, before)
  if (beside === undefined) return undefined
  return existenceIn(beside.proof) ?? absenceIn(beside.proof)?.left
}
