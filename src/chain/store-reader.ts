/** Raw reads of module stores through `abci_query`, all at one height. */
import { fromBinary } from '@bufbuild/protobuf'
import { R3mesError } from '../core/index.ts'
import { PairsSchema } from '../gen/cosmos/store/internal/kv/v1beta1/kv_pb.js'
import type { JsonRpcClient } from './json-rpc.ts'
import { type AbciAnswer, checkAbciAnswer } from './node-answers.ts'
import type { StoreEntry, StoreReader } from './types.ts'

/** One endpoint, and the height at which it is read. */
export interface ChainView {
  readonly client: JsonRpcClient
  readonly chainId: string
  readonly height: bigint
  readonly appHash: string | undefined
}

/** What every reader of a view says about itself when one endpoint is believed. */
export function rpcFacts(view: ChainView): Omit<StoreReader<'rpc'>, 'get' | 'list'> {
  return {
    trust: 'rpc',
    chainId: view.chainId,
    height: view.height,
    appHash: view.appHash,
    endpoint: view.client.endpoint,
  }
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
export function missingHeight(view: ChainView, text: string): R3mesError | undefined {
  if (!NO_SUCH_HEIGHT.test(text.slice(0, MAX_WORDS))) return undefined
  return new R3mesError(
    'HEIGHT_PRUNED',
    `The RPC endpoint ${view.client.endpoint} does not hold height ${view.height}. Name an endpoint in \`rpc-urls\` that keeps recent heights.`,
    { detail: text },
  )
}

function refused(view: ChainView, detail: string): R3mesError {
  return new StoreReadsRefused(
    'CHAIN_RESPONSE_INVALID',
    `The RPC endpoint ${view.client.endpoint} refuses raw store reads. Name an endpoint in \`rpc-urls\` that allows them.`,
    { detail },
  )
}

function invalid(view: ChainView, why: string, detail?: string): R3mesError {
  return new R3mesError(
    'CHAIN_RESPONSE_INVALID',
    `The RPC endpoint ${view.client.endpoint} answered wrongly: ${why}. Name another endpoint in \`rpc-urls\`.`,
    detail === undefined ? {} : { detail },
  )
}

/** Throws unless the answer is a success for exactly this key and height. */
function assertAnswers(view: ChainView, answer: AbciAnswer, key: Uint8Array): void {
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
  if (!Buffer.from(answer.key).equals(key)) throw invalid(view, 'it answered for another key')
}

function decodePairs(bytes: Uint8Array): StoreEntry[] | undefined {
  try {
    return fromBinary(PairsSchema, bytes).pairs.map(({ key, value }) => ({ key, value }))
  } catch {
    return undefined
  }
}

/** Keys start with the prefix and ascend, so none can come twice. */
function isListingOf(prefix: Uint8Array, entries: readonly StoreEntry[]): boolean {
  return entries.every(({ key }, index) => {
    const before = entries[index - 1]
    const startsRight = Buffer.from(key.subarray(0, prefix.byteLength)).equals(prefix)
    return startsRight && (before === undefined || Buffer.compare(before.key, key) < 0)
  })
}

/**
 * A reader that believes one endpoint.
 *
 * Cosmos SDK nodes answer `subspace` from their newest state whatever height is asked, so a listing shows only what there
 * is to look at; a record that matters is read again by its key.
 */
export function rpcStoreReader(view: ChainView): StoreReader<'rpc'> {
  async function query(path: string, key: Uint8Array): Promise<Uint8Array> {
    const answer = await view.client.call('abci_query', {
      path,
      data: Buffer.from(key).toString('hex'),
      height: view.height.toString(),
      prove: false,
    })
    if (!answer.ok) throw missingHeight(view, answer.text) ?? refused(view, answer.text)
    const checked = checkAbciAnswer(answer.result)
    if (!checked.ok) throw invalid(view, checked.why)
    assertAnswers(view, checked.value, key)
    return checked.value.value
  }

  return {
    ...rpcFacts(view),
    async get(store, key) {
      const value = await query(`/store/${store}/key`, key)
      return value.byteLength === 0 ? undefined : value
    },
    async list(store, prefix) {
      const entries = decodePairs(await query(`/store/${store}/subspace`, prefix))
      if (entries === undefined) throw invalid(view, 'its listing cannot be decoded')
      if (!isListingOf(prefix, entries))
        throw invalid(view, 'its listing is out of order or has foreign keys')
      return { entries, proven: false }
    },
  }
}
