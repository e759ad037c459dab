/** Reading records through a store reader: by key, and by listing. */
import type { ReadTrust, StoreReader, StoreRecord } from '../chain/index.ts'
import { R3mesError } from '../core/index.ts'
import { REGISTRY_STORE } from './layout.ts'
import type { Stored } from './records.ts'
import type { Completeness, Decoded, Lookup } from './types.ts'

export type Decode<R, T extends ReadTrust> = (source: Stored<T>) => Decoded<R, T>

/** More records than this are no answer to one request: reading each of them again would take hours. */
const MOST_CONFIRMED = 1000

/** The records of one kind. */
export interface Listed<R, T extends ReadTrust> {
  readonly records: readonly Decoded<R, T>[]
  readonly completeness: Completeness
}

function isUnprovable(thrown: unknown): thrown is R3mesError {
  return thrown instanceof R3mesError && thrown.code === 'UNPROVABLE'
}

function hasValue<T extends ReadTrust>(
  source: StoreRecord<T>,
): source is StoreRecord<T> & StoreRecord<T, Uint8Array> {
  return source.value !== undefined
}

function isEmpty<T extends ReadTrust>(
  source: StoreRecord<T>,
): source is StoreRecord<T> & StoreRecord<T, undefined> {
  return source.value === undefined
}

/**
 * What stands under one key.
 *
 * @throws R3mesError whatever the reader throws, except `UNPROVABLE`, which is an answer about this key alone
 */
export async function lookUp<R, T extends ReadTrust>(
  reader: StoreReader<T>,
  key: Uint8Array,
  decode: Decode<R, T>,
): Promise<Lookup<R, T>> {
  try {
    const source = await reader.get(REGISTRY_STORE, key)
    if (hasValue(source)) return { state: 'present', decoded: decode(source) }
    if (isEmpty(source)) return { state: 'absent', source }
    throw new TypeError('A store record has a value or none')
  } catch (thrown) {
    if (!isUnprovable(thrown)) throw thrown
    return { state: 'unprovable', problem: thrown }
  }
}

/** All records under a prefix, and whether any may be missing. */
export async function listRecords<R, T extends ReadTrust>(
  reader: StoreReader<T>,
  prefix: Uint8Array,
  decode: Decode<R, T>,
): Promise<Listed<R, T>> {
  try {
    const { entries, proven } = await reader.list(REGISTRY_STORE, prefix)
    const known = reader.trust === 'rpc' ? 'believed' : 'incomplete'
    return { records: entries.map((entry) => decode(entry)), completeness: proven ? 'proven' : known }
  } catch (thrown) {
    if (!isUnprovable(thrown)) throw thrown
    return { records: [], completeness: 'incomplete' }
  }
}

/**
 * The listed records, under `rpc` those that matter read again by their key: a node may answer a listing from a newer state than
 * the height that everything else is read at. A record that is not there at that height falls out. Proven entries are of
 * that height already.
 *
 * @throws R3mesError `CHAIN_RESPONSE_INVALID` when more records matter than any request can mean
 */
export async function confirm<R, T extends ReadTrust>(
  reader: StoreReader<T>,
  { records, completeness }: Listed<R, T>,
  decode: Decode<R, T>,
  matters: (decoded: Decoded<R, T>) => boolean,
): Promise<Listed<R, T>> {
  if (reader.trust !== 'rpc') return { records, completeness }
  const count = records.filter(matters).length
  if (count > MOST_CONFIRMED) {
    throw new R3mesError(
      'CHAIN_RESPONSE_INVALID',
      `The RPC endpoint ${reader.endpoint} lists ${count} records for one part of this request, and ${MOST_CONFIRMED} are the most that are looked at. Name another endpoint in \`rpc-urls\`, or a narrower version.`,
    )
  }
  const confirmed = await Promise.all(
    records.map(async (decoded) => {
      if (!matters(decoded)) return [decoded]
      const found = await lookUp(reader, decoded.source.key, decode)
      return found.state === 'present' ? [found.decoded] : []
    }),
  )
  return { records: confirmed.flat(), completeness }
}
