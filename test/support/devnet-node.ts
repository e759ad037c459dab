/** What a devnet's node says about its chain, read with the strict parsers of the light client. */
import { checkStoreProof } from '../../src/chain/ics23/store-proof.ts'
import type { ProofOp, ProofVerdict } from '../../src/chain/ics23/types.ts'
import { parseCommitAnswer, parseValidatorsAnswer } from '../../src/chain/light/parse.ts'
import type { LightBlock, SignedHeader, ValidatorSet } from '../../src/chain/light/types.ts'
import { validatorSetOf } from '../../src/chain/light/validator-set.ts'
import { isObject } from '../../src/devnet/rpc-protocol.ts'

type Params = Readonly<Record<string, unknown>>

/** The result of a call. Throws an Error with the text of an RPC error. */
export async function askNode(url: string, method: string, params: Params = {}): Promise<unknown> {
  const answer = await postCall(url, { jsonrpc: '2.0', id: 1, method, params })
  if (!isObject(answer)) throw new Error('no JSON object')
  const { error, result } = answer
  if (isObject(error)) throw new Error(`${String(error['message'])}: ${String(error['data'] ?? '')}`)
  return result
}

/** Whatever JSON comes for a body. */
export async function postCall(url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
  })
  return response.json()
}

export async function signedHeaderAt(url: string, height?: bigint): Promise<SignedHeader> {
  const params = height === undefined ? {} : { height: String(height) }
  return checkedValue(parseCommitAnswer(await askNode(url, 'commit', params)))
}

export async function validatorsAt(url: string, height: bigint): Promise<ValidatorSet> {
  const params = { height: String(height), per_page: '100' }
  const page = checkedValue(parseValidatorsAnswer(await askNode(url, 'validators', params)))
  return checkedValue(validatorSetOf(page.validators))
}

export async function lightBlockAt(url: string, height: bigint): Promise<LightBlock> {
  return { signedHeader: await signedHeaderAt(url, height), validators: await validatorsAt(url, height) }
}

function checkedValue<T>(checked: { ok: true; value: T } | { ok: false; why: string }): T {
  if (checked.ok) return checked.value
  throw new Error(checked.why)
}

export interface ProvenAnswer {
  readonly code: number
  readonly log: string
  readonly key: Uint8Array
  /** Empty: absent. */
  readonly value: Uint8Array
  readonly proofOps: readonly ProofOp[]
}

/** A proven read of the R3MES module's store. */
export async function provenRead(url: string, key: Uint8Array, height: bigint): Promise<ProvenAnswer> {
  const data = Buffer.from(key).toString('hex')
  const params = { path: '/store/remes/key', data, height: String(height), prove: true }
  const result = await askNode(url, 'abci_query', params)
  const response = isObject(result) ? result['response'] : undefined
  if (!isObject(response)) throw new Error('no response')
  const ops = isObject(response['proofOps']) ? response['proofOps']['ops'] : []
  return {
    code: Number(response['code']),
    log: String(response['log']),
    key: bytesOf(response['key']),
    value: bytesOf(response['value']),
    proofOps: (Array.isArray(ops) ? ops : []).map(({ type, key, data }) => ({
      type,
      key: bytesOf(key),
      data: bytesOf(data),
    })),
  }
}

function bytesOf(text: unknown): Uint8Array {
  return typeof text === 'string' ? new Uint8Array(Buffer.from(text, 'base64')) : new Uint8Array()
}

/** Whether an answer is proven for a key by the header that a node shows above a height. */
export async function verdictOn(
  url: string,
  key: Uint8Array,
  height: bigint,
  { value, proofOps }: ProvenAnswer,
): Promise<ProofVerdict> {
  const { appHash } = (await signedHeaderAt(url, height + 1n)).header
  return checkStoreProof({ appHash, store: 'remes', key, value, proofOps })
}
