/** A store reader over entries in memory, proven or believed, for what happens after records were read. */
import type { ReadTrust, StoreReader, StoreRecord } from '../../src/chain/index.ts'
import { mintProvenRecord } from '../../src/chain/proven-record.ts'
import { unprovable } from './registry.ts'
import type { StoreEntry } from './store-entries.ts'

export interface MemoryStore {
  readonly entries: readonly StoreEntry[]
  /** Prefixes whose listings leave out their last entry, and are not proven. */
  readonly incomplete?: readonly string[]
  /** Keys of which nothing can be proven. */
  readonly unprovable?: readonly string[]
}

/** What was asked of a reader: `get <key>` and `list <prefix>`, keys in hex. */
export type Asked = string[]

const HEIGHT = 100n

function hex(key: Uint8Array): string {
  return Buffer.from(key).toString('hex')
}

function hexOf(names: readonly string[] | undefined): ReadonlySet<string> {
  return new Set((names ?? []).map((name) => hex(Buffer.from(name))))
}

function readerOf<T extends ReadTrust>(
  trust: T,
  record: <V extends Uint8Array | undefined>(store: string, key: Uint8Array, value: V) => StoreRecord<T, V>,
  { entries, ...store }: MemoryStore,
  asked: Asked,
): StoreReader<T> {
  const values = new Map(entries.map(([key, value]) => [hex(key), value]))
  const incomplete = hexOf(store.incomplete)
  const blocked = hexOf(store.unprovable)
  return {
    trust,
    chainId: 'remes-testnet-1',
    height: HEIGHT,
    appHash: undefined,
    endpoint: 'https://rpc.example.org',
    async get(name, key) {
      asked.push(`get ${hex(key)}`)
      if (blocked.has(hex(key))) throw unprovable()
      return record(name, key, values.get(hex(key)))
    },
    async list(name, prefix) {
      asked.push(`list ${hex(prefix)}`)
      const found = [...values]
        .filter(([key]) => key.startsWith(hex(prefix)))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([key, value]) => record(name, Buffer.from(key, 'hex'), value))
      const isComplete = !incomplete.has(hex(prefix))
      return { entries: isComplete ? found : found.slice(0, -1), proven: isComplete && trust !== 'rpc' }
    },
  }
}

/** A reader whose records count as proven, through the door that only the proof check uses. */
export function provenReader(store: MemoryStore, asked: Asked = []): StoreReader<'light-client'> {
  return readerOf(
    'light-client',
    (name, key, value) =>
      mintProvenRecord({ trust: 'light-client', store: name, key, value, height: HEIGHT }),
    store,
    asked,
  )
}

/** A reader whose records an endpoint stated. */
export function believedReader(store: MemoryStore, asked: Asked = []): StoreReader<'rpc'> {
  return readerOf(
    'rpc',
    (name, key, value) => ({ trust: 'rpc', store: name, key, value, height: HEIGHT }),
    store,
    asked,
  )
}
