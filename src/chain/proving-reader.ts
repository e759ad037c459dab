/** Raw reads of module stores with a Merkle proof for each, all at the height that one verified header proves. */
import { R3mesError } from '../core/index.ts'
import { hexOf, startsWith, upperHexOf } from './bytes.ts'
import { checkStoreProof } from './ics23/store-proof.ts'
import type { ProvenEntry, StoreProof } from './ics23/types.ts'
import type { AbciAnswer } from './node/answers.ts'
import type { JsonRpcClient } from './node/json-rpc.ts'
import { missingHeight, queryStore, querySubspace } from './node/store-query.ts'
import { mintProvenRecord } from './proven-record.ts'
import type { Listing, ProvenTrust, StoreReader, StoreRecord } from './types.ts'

export interface ProvenView<T extends ProvenTrust> {
  readonly client: JsonRpcClient
  readonly trust: T
  readonly chainId: string
  /** One below the header whose app hash this is. */
  readonly height: bigint
  readonly appHash: Uint8Array
}

/** Steps that are asked for ahead of the walk: enough to fill all batches, few enough to waste when the hint is false. */
const STEPS_AHEAD = 320
/** Keys of a hint that are read one by one where the walk ends. */
const MOST_HINTED = 10_000

const AFTER = Uint8Array.of(0)

/** The least key greater than this one. */
const justAfter = (key: Uint8Array): Uint8Array => Buffer.concat([key, AFTER])

class Unprovable extends R3mesError {}

/**
 * A reader that believes nothing: each value and each absence is checked against the app hash of a verified header.
 *
 * Reads that are made together go out together. See `StoreReader` for what they throw.
 */
export function provingReader<T extends ProvenTrust>(view: ProvenView<T>): StoreReader<T> {
  const { client, trust, chainId, height, appHash } = view

  function notProven(
    kind: 'invalid' | 'unprovable',
    why: string,
    store: string,
    key: Uint8Array,
  ): R3mesError {
    const what = `key 0x${hexOf(key).slice(0, 160)} of store ${store} at height ${height}`
    if (kind === 'unprovable') {
      return new Unprovable(
        'UNPROVABLE',
        `What ${client.endpoint} says about ${what} cannot be proven by anyone: ${why}. The registry has to remove the entry with the empty value; until then nothing is taken from there.`,
      )
    }
    return new R3mesError(
      'PROOF_INVALID',
      `The proof that the RPC endpoint ${client.endpoint} sent for ${what} is wrong: ${why}. Do not use this endpoint, and keep what it said: it may be an attack.`,
    )
  }

  function check(store: string, key: Uint8Array, answer: AbciAnswer): StoreProof {
    if (answer.proofOps === undefined) {
      throw (
        missingHeight(view, answer.log) ??
        new R3mesError(
          'CHAIN_RESPONSE_INVALID',
          `The RPC endpoint ${client.endpoint} sends no proofs. Name an endpoint in \`rpc-urls\` that does.`,
          { detail: answer.log },
        )
      )
    }
    const { value, proofOps } = answer
    const verdict = checkStoreProof({ appHash, store, key, value, proofOps })
    if (!verdict.ok) throw notProven(verdict.kind, verdict.why, store, key)
    return verdict.proof
  }

  async function prove(store: string, key: Uint8Array): Promise<StoreProof> {
    const answer = await queryStore(view, `/store/${store}/key`, key, true)
    return check(store, key, answer)
  }

  const record = <V extends Uint8Array | undefined>(
    store: string,
    key: Uint8Array,
    value: V,
  ): StoreRecord<T, V> => mintProvenRecord({ trust, store, key: Uint8Array.from(key), value, height })

  async function get(store: string, key: Uint8Array): Promise<StoreRecord<T>> {
    const proof = await prove(store, key)
    return record(store, key, proof.kind === 'existence' ? proof.value : undefined)
  }

  /**
   * The first entry at or after `cursor`: the entry itself, or the right neighbour that the proof of its absence shows.
   * @returns undefined when there is none to the right
   */
  async function firstFrom(store: string, cursor: Uint8Array): Promise<ProvenEntry | undefined> {
    const proof = await prove(store, cursor)
    return proof.kind === 'existence' ? { key: cursor, value: proof.value } : proof.right
  }

  /** What the node lists itself, best effort: some refuse to, and the walk needs it for speed alone. */
  async function hintedKeys(store: string, prefix: Uint8Array): Promise<readonly Uint8Array[]> {
    try {
      return (await querySubspace(view, store, prefix)).map(({ key }) => key)
    } catch (thrown) {
      if (thrown instanceof R3mesError && thrown.errorClass === 'chain') return []
      throw thrown
    }
  }

  /**
   * Walks from neighbour to neighbour. Each step proves that nothing lies between, so what a node's own listing says is a
   * hint only: the steps that it leads to are asked for ahead, together.
   */
  async function list(store: string, prefix: Uint8Array): Promise<Listing<T>> {
    const hint = await hintedKeys(store, prefix)
    const asked = new Map<string, Promise<ProvenEntry | undefined>>()
    const step = (cursor: Uint8Array): Promise<ProvenEntry | undefined> => {
      const known = asked.get(hexOf(cursor)) ?? firstFrom(store, cursor)
      asked.set(hexOf(cursor), known)
      return known
    }
    const entries: StoreRecord<T, Uint8Array>[] = []
    let ahead = 0
    const askAhead = () => {
      for (const key of hint.slice(ahead, entries.length + STEPS_AHEAD)) {
        // Whether it matters, and whether it fails, is for the walk to find out.
        step(justAfter(key)).catch(() => {})
        ahead += 1
      }
    }
    try {
      for (let cursor = prefix; ; ) {
        askAhead()
        const next = await step(cursor)
        if (next === undefined || !startsWith(next.key, prefix)) return { entries, proven: true }
        entries.push(record(store, next.key, next.value))
        cursor = justAfter(next.key)
      }
    } catch (thrown) {
      if (!(thrown instanceof Unprovable)) throw thrown
      return { entries: await withoutWalk(store, hint, entries), proven: false }
    }
  }

  /** What the walk found, and every hinted entry that can be proven by itself: none of it is false, and some may be missing. */
  async function withoutWalk(
    store: string,
    hint: readonly Uint8Array[],
    walked: readonly StoreRecord<T, Uint8Array>[],
  ): Promise<StoreRecord<T, Uint8Array>[]> {
    const known = new Set(walked.map(({ key }) => hexOf(key)))
    const others = await Promise.all(
      hint
        .slice(0, MOST_HINTED)
        .filter((key) => !known.has(hexOf(key)))
        .map((key) => entryOrNone(store, key)),
    )
    return [...walked, ...others.flat()].sort((a, b) => Buffer.compare(a.key, b.key))
  }

  async function entryOrNone(store: string, key: Uint8Array): Promise<StoreRecord<T, Uint8Array>[]> {
    try {
      const proof = await prove(store, key)
      return proof.kind === 'existence' ? [record(store, key, proof.value)] : []
    } catch (thrown) {
      if (thrown instanceof Unprovable) return []
      throw thrown
    }
  }

  return {
    trust,
    chainId,
    height,
    appHash: upperHexOf(appHash),
    endpoint: client.endpoint,
    get,
    list,
  }
}
