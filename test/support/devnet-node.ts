/** What a devnet's node says about its chain, read with the strict parsers of the light client. */
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
