/** `abci_query` against the raw module stores of one node, at one height. */
import { fromBinary } from '@bufbuild/protobuf'
import { R3mesError } from '../../core/index.ts'
import { PairsSchema } from '../../gen/cosmos/store/internal/kv/v1beta1/kv_pb.js'
import { equalBytes, startsWith } from '../bytes.ts'
import { answeredWrongly } from './answered-wrongly.ts'
import { type AbciAnswer, checkAbciAnswer } from './answers.ts'
import type { JsonRpcClient } from './json-rpc.ts'

/** One endpoint, and the height at which it is read. */
export interface QueryView {
  readonly client: JsonRpcClient
  readonly height: bigint
}

/** The node answers, but not to store reads. What else it can answer is for a fallback reader to say. */
export class StoreReadsRefused extends R3mesError {}

/**
 * How nodes say that they do not hold the asked height: pruned, or not reached yet. Cosmos SDK: error `sdk 26`, the iavl
 * store's "version does not exist" (which comes with code 0), "failed to load state at height".
 */
const NO_SUCH_HEIGHT =
  /^sdk 26:|version does not exist|state at height|no commit info|lowest height|pruned|height.*(?:not available|future|not exist)/i

/** A node may send megabytes, and the search for its meaning goes over them again and again. */
const MAX_WORDS = 4000

/**
 * `HEIGHT_PRUNED` when a node's words mean that it does not hold the height that is read.
 *
 * @param text what the node said; undefined is returned when it means something else
 */
export function missingHeight({ client, height }: QueryView, text: string): R3mesError | undefined {
  if (!NO_SUCH_HEIGHT.test(text.slice(0, MAX_WORDS))) return undefined
  return new R3mesError(
    'HEIGHT_PRUNED',
    `The RPC endpoint ${client.endpoint} does not hold height ${height}. Name an endpoint in \`rpc-urls\` that keeps recent heights.`,
    { detail: text },
  )
}

function refused({ client }: QueryView, detail: string): R3mesError {
  return new StoreReadsRefused(
    'CHAIN_RESPONSE_INVALID',
    `The RPC endpoint ${client.endpoint} refuses raw store reads. Name an endpoint in \`rpc-urls\` that allows them.`,
    { detail },
  )
}

function invalid({ client }: QueryView, why: string, detail?: string): R3mesError {
  return answeredWrongly(client.endpoint, why, detail)
}

/** Throws unless the answer is a success for exactly this key and height. */
function assertAnswers(view: QueryView, answer: AbciAnswer, key: Uint8Array): void {
  if (answer.code !== 0) {
    const detail = `${answer.codespace} ${answer.code}: ${answer.log}`
    throw missingHeight(view, detail) ?? refused(view, detail)
  }
  // A pruned height comes with code 0 and no value, which would otherwise read as "not there".
  if (answer.value.byteLength === 0 && answer.log !== '') {
    throw missingHeight(view, answer.log) ?? invalid(view, 'it sent a log instead of a value', answer.log)
  }
  if (answer.height !== view.height) {
    throw invalid(view, `it answered for height ${answer.height} instead of ${view.height}`)
  }
  if (!equalBytes(answer.key, key)) throw invalid(view, 'it answered for another key')
}

/**
 * One query. The answer is a success for this key and height; whether it is true, nobody has checked.
 *
 * @param path `/store/<name>/key` or `/store/<name>/subspace`
 * @throws R3mesError `HEIGHT_PRUNED`, `CHAIN_UNREACHABLE`, `CHAIN_RESPONSE_INVALID`
 */
export async function queryStore(
  view: QueryView,
  path: string,
  key: Uint8Array,
  prove: boolean,
): Promise<AbciAnswer> {
  const answer = await view.client.call('abci_query', {
    path,
    data: Buffer.from(key).toString('hex'),
    height: view.height.toString(),
    prove,
  })
  if (!answer.ok) throw missingHeight(view, answer.text) ?? refused(view, answer.text)
  const checked = checkAbciAnswer(answer.result)
  if (!checked.ok) throw invalid(view, checked.why)
  assertAnswers(view, checked.value, key)
  return checked.value
}

/** An entry of a listing, as the node gave it. */
interface Pair {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

function decodePairs(bytes: Uint8Array): readonly Pair[] | undefined {
  try {
    return fromBinary(PairsSchema, bytes).pairs
  } catch {
    return undefined
  }
}

/** Keys start with the prefix and ascend, so none can come twice. */
function isListingOf(prefix: Uint8Array, entries: readonly Pair[]): boolean {
  return entries.every(({ key }, index) => {
    const before = entries[index - 1]
    return startsWith(key, prefix) && (before === undefined || Buffer.compare(before.key, key) < 0)
  })
}

/**
 * What the node lists below a prefix, in key order. Cosmos SDK nodes answer `subspace` from their newest state whatever height is
 * asked, and never with a proof.
 *
 * @throws R3mesError as {@link queryStore}
 */
export async function querySubspace(
  view: QueryView,
  store: string,
  prefix: Uint8Array,
): Promise<readonly Pair[]> {
  const { value } = await queryStore(view, `/store/${store}/subspace`, prefix, false)
  const pairs = decodePairs(value)
  if (pairs === undefined) throw invalid(view, 'its listing cannot be decoded')
  if (!isListingOf(prefix, pairs)) throw invalid(view, 'its listing is out of order or has foreign keys')
  return pairs
}
