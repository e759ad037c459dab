/** Builders of registry records, snapshots and requests: a sensible default for every field, none of them shared. */

import type { ReadTrust, StoreRecord } from '../../src/chain/index.ts'
import { mintProvenRecord } from '../../src/chain/proven-record.ts'
import { R3mesError } from '../../src/core/index.ts'
import {
  type ActiveVersion,
  type AdapterRecord,
  type DatasetRecord,
  type Decoded,
  type GlobalModelState,
  type Lookup,
  type ModelRecord,
  type Plan,
  parseRequest,
  type RawRequest,
  type Request,
  type Snapshot,
  type VersionRecord,
} from '../../src/registry/index.ts'
import { sha256Of } from './digest.ts'

export function aModel(fields: Partial<ModelRecord> = {}): ModelRecord {
  return {
    modelId: 0n,
    modelType: 'BITNET',
    version: '1.0.0',
    name: 'bitnet',
    fileName: 'model.gguf',
    downloadSource: 'hf://r3mes/bitnet@main/model.gguf',
    checksum: sha256Of('model'),
    cid: '',
    containerHash: '',
    requiredDiskSpaceGb: 0,
    isActive: true,
    approvedAtHeight: 10n,
    ...fields,
  }
}

export function aVersion(fields: Partial<VersionRecord> = {}): VersionRecord {
  return { versionNumber: 1n, modelId: 0n, cid: '', status: 'active', activationHeight: 10n, ...fields }
}

export function anAdapter(fields: Partial<AdapterRecord> = {}): AdapterRecord {
  return {
    id: 'coder',
    name: 'Coder',
    adapterType: 'lora',
    version: '1.0.0',
    cid: '',
    checksum: sha256Of('adapter'),
    sizeBytes: 1000n,
    compatibleModelVersions: ['1.0.0'],
    minModelVersion: '',
    maxModelVersion: '',
    domain: 'code',
    targetModules: [],
    approvedAtHeight: 10n,
    status: 'active',
    fileName: 'coder.safetensors',
    downloadSource: 'hf://r3mes/adapters@main/coder.safetensors',
    ...fields,
  }
}

export function aDataset(fields: Partial<DatasetRecord> = {}): DatasetRecord {
  return {
    datasetId: 0n,
    name: 'training_dataset_v1',
    cid: '',
    checksum: sha256Of('dataset'),
    sizeBytes: 2000n,
    source: 'hf://datasets/r3mes/data@main/training_dataset_v1.jsonl',
    status: 'active',
    approvalHeight: 10n,
    ...fields,
  }
}

/** How the decoder reports a record that is none. */
export interface MalformedContents {
  readonly ok: false
  readonly key: string
  readonly reason: string
  readonly knownAs?: string
}

/** What a pointer of the registry holds. */
type Pointer<R> = { readonly ok: true; readonly record: R } | MalformedContents | R3mesError

type Overrides = Partial<Pick<Snapshot, 'chainId' | 'height' | 'appHash' | 'endpoint' | 'knownAdapters'>>

export interface RegistryContents extends Overrides {
  readonly models?: readonly (ModelRecord | MalformedContents)[]
  readonly versions?: readonly (VersionRecord | MalformedContents)[]
  readonly datasets?: readonly (DatasetRecord | MalformedContents)[]
  readonly adapters?: readonly AdapterRecord[]
  readonly malformedAdapters?: readonly string[]
  /** Ids of which nothing can be proven. */
  readonly unprovableAdapters?: readonly string[]
  /** An error: it cannot be proven. */
  readonly primaryVersion?: Pointer<ActiveVersion>
  readonly globalModelVersion?: Pointer<GlobalModelState>
  readonly completeness?: Partial<Snapshot['completeness']>
}

/** Makes the store record that a registry record is read from. */
type Stored<T extends ReadTrust> = (name: string) => StoreRecord<T, Uint8Array>

const HEIGHT = 100n
const STORE = 'remes'
const utf8 = new TextEncoder()

export const believed: Stored<'rpc'> = (name) => ({
  trust: 'rpc',
  store: STORE,
  key: utf8.encode(name),
  value: utf8.encode(name),
  height: HEIGHT,
})

/** Proven without a proof, through the door that only the proof check uses: what is tested here begins after that check. */
export const proven: Stored<'light-client'> = (name) =>
  mintProvenRecord({ ...believed(name), trust: 'light-client' })

function isMalformed(record: object): record is MalformedContents {
  return 'ok' in record && record.ok === false
}

export function unprovable(): R3mesError {
  return new R3mesError('UNPROVABLE', 'Its neighbour has an empty value.')
}

function snapshotOf<T extends ReadTrust>(
  trust: T,
  stored: Stored<T>,
  contents: RegistryContents,
): Snapshot<T> {
  const { models = [aModel()], versions = [], datasets = [], adapters = [], knownAdapters } = contents
  const { chainId = 'remes-testnet-1', height = HEIGHT, endpoint = 'https://rpc.example.org' } = contents
  const decoded = <R extends object>(record: R | MalformedContents, name: string): Decoded<R, T> =>
    isMalformed(record)
      ? { ...record, source: stored(record.key) }
      : { ok: true, record, source: stored(name) }
  const pointer = <R extends object>(
    held: Pointer<R> | undefined,
    name: string,
  ): Lookup<R, T> | undefined => {
    if (held === undefined) return undefined
    if (held instanceof R3mesError) return { state: 'unprovable', problem: held }
    return {
      state: 'present',
      decoded: held.ok ? { ...held, source: stored(name) } : { ...held, source: stored(name) },
    }
  }
  const lookups: (readonly [string, Lookup<AdapterRecord, T>])[] = [
    ...adapters.map(
      (adapter) =>
        [adapter.id, { state: 'present', decoded: decoded(adapter, `adp_${adapter.id}`) }] as const,
    ),
    ...(contents.malformedAdapters ?? []).map(
      (id) =>
        [
          id,
          { state: 'present', decoded: decoded<AdapterRecord>(aMalformed(`adp_${id}`), `adp_${id}`) },
        ] as const,
    ),
    ...(contents.unprovableAdapters ?? []).map(
      (id) => [id, { state: 'unprovable', problem: unprovable() }] as const,
    ),
  ]
  const listed = trust === 'rpc' ? 'believed' : 'proven'
  return {
    trust,
    chainId,
    height,
    appHash: contents.appHash,
    endpoint,
    primaryVersion: pointer(contents.primaryVersion, 'amv_'),
    globalModelVersion: pointer(contents.globalModelVersion, 'gms_'),
    models: models.map((model) => decoded<ModelRecord>(model, 'modreg_')),
    versions: versions.map((version) => decoded<VersionRecord>(version, 'modver_')),
    datasets: datasets.map((dataset) => decoded<DatasetRecord>(dataset, 'ad_')),
    adapters: new Map(lookups),
    knownAdapters,
    malformedAdapters: 0,
    completeness: {
      models: listed,
      versions: listed,
      datasets: listed,
      adapters: listed,
      ...contents.completeness,
    },
  }
}

/** A believed snapshot at height 100. Without models of its own it holds the one of {@link aModel}. */
export function aSnapshot(contents: RegistryContents = {}): Snapshot<'rpc'> {
  return snapshotOf('rpc', believed, contents)
}

/** As {@link aSnapshot}, all of it proven and its listings complete, unless the contents say otherwise. */
export function aProvenSnapshot(contents: RegistryContents = {}): Snapshot<'light-client'> {
  return snapshotOf('light-client', proven, contents)
}

export function aMalformed(key: string, knownAs?: string): MalformedContents {
  return {
    ok: false,
    key,
    reason: 'its bytes are no such record',
    ...(knownAs === undefined ? {} : { knownAs }),
  }
}

export function aRequest(raw: RawRequest = {}): Request {
  return parseRequest({ modelVersion: '1.0.0', ...raw })
}

export function codesOf(problems: readonly R3mesError[]): string[] {
  return problems.map((problem) => problem.code)
}

/** The one problem of a plan; fails when there is another number of them. */
export function onlyProblem(plan: Plan): R3mesError {
  const [problem, ...others] = plan.problems
  if (problem === undefined || others.length > 0) {
    throw new Error(`expected one problem, got ${JSON.stringify(codesOf(plan.problems))}`)
  }
  return problem
}

/** The R3mesError that `work` throws. */
export function refusalOf(work: () => unknown): R3mesError {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof R3mesError) return thrown
    throw thrown
  }
  throw new Error('nothing was refused')
}
