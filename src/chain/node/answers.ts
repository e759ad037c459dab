/**
 * The two answers we read from a CometBFT node, checked field by field. Shapes: CometBFT 0.38 RPC, `status` and
 * `abci_query`. Every field is the endpoint's to choose.
 */
import type { ProofOp } from '../ics23/types.ts'
import { fieldsOf, readBase64, readHeight, readHex, readText } from './json-fields.ts'

/** What `status` says about the node. */
export interface NodeStatus {
  readonly network: string
  readonly latestHeight: bigint
  /** Hex of the app hash in the latest header: it proves the state one height below. */
  readonly latestAppHash: string
  readonly catchingUp: boolean
}

/** What `abci_query` answered. */
export interface AbciAnswer {
  readonly code: number
  readonly codespace: string
  readonly log: string
  readonly key: Uint8Array
  /** Empty when the node sent none. */
  readonly value: Uint8Array
  readonly height: bigint
  /** Undefined when the node sent none. */
  readonly proofOps: readonly ProofOp[] | undefined
}

/** A checked value, or which field is wrong in our own words. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string }

function wrong(why: string): { readonly ok: false; readonly why: string } {
  return { ok: false, why }
}

export function checkStatus(result: unknown): Checked<NodeStatus> {
  const outer = fieldsOf(result)
  const node = fieldsOf(outer?.['node_info'])
  const sync = fieldsOf(outer?.['sync_info'])
  if (node === undefined || sync === undefined) return wrong('`status` has no node_info or no sync_info')
  const network = node['network']
  if (typeof network !== 'string' || network === '') return wrong('`status` names no network')
  const latestHeight = readHeight(sync['latest_block_height'])
  if (latestHeight === undefined) return wrong('`status` has no valid latest_block_height')
  const latestAppHash = readText(sync['latest_app_hash'])
  if (latestAppHash === undefined || readHex(latestAppHash) === undefined) {
    return wrong('`status` has no valid latest_app_hash')
  }
  const catchingUp = sync['catching_up']
  if (typeof catchingUp !== 'boolean') return wrong('`status` does not say whether it is catching up')
  return { ok: true, value: { network, latestHeight, latestAppHash, catchingUp } }
}

/** Two are used. More than this are no proof of anything. */
const MOST_PROOF_OPS = 16

function readProofOps(value: unknown): ProofOp[] | undefined {
  const ops = fieldsOf(value)?.['ops']
  if (!Array.isArray(ops) || ops.length > MOST_PROOF_OPS) return undefined
  const read = ops.map(readProofOp)
  return read.every((op) => op !== undefined) ? read : undefined
}

function readProofOp(value: unknown): ProofOp | undefined {
  const fields = fieldsOf(value)
  const type = readText(fields?.['type'])
  const key = readBase64(fields?.['key'])
  const data = readBase64(fields?.['data'])
  return type === undefined || key === undefined || data === undefined ? undefined : { type, key, data }
}

export function checkAbciAnswer(result: unknown): Checked<AbciAnswer> {
  const response = fieldsOf(fieldsOf(result)?.['response'])
  if (response === undefined) return wrong('`abci_query` has no response')
  const code = response['code'] ?? 0
  if (typeof code !== 'number' || !Number.isInteger(code) || code < 0) {
    return wrong('`abci_query` has no valid code')
  }
  const log = readText(response['log'])
  const codespace = readText(response['codespace'])
  if (log === undefined || codespace === undefined) return wrong('`abci_query` has no valid log or codespace')
  const key = readBase64(response['key'])
  const value = readBase64(response['value'])
  if (key === undefined || value === undefined)
    return wrong('`abci_query` has a key or value that is no base64')
  const at = readHeight(response['height'] ?? '0')
  if (at === undefined) return wrong('`abci_query` has no valid height')
  const proofOps = response['proofOps'] ?? undefined
  const ops = proofOps === undefined ? undefined : readProofOps(proofOps)
  if (proofOps !== undefined && ops === undefined) return wrong('`abci_query` has no valid proofOps')
  return { ok: true, value: { code, codespace, log, key, value, height: at, proofOps: ops } }
}
