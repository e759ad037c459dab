/** Builders of registry records, snapshots and requests: a sensible default for every field, none of them shared. */

import { R3mesError } from '../../src/core/index.ts'
import {
  type AdapterRecord,
  type DatasetRecord,
  type Decoded,
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

type Overrides = Omit<Partial<Snapshot>, 'models' | 'versions' | 'datasets' | 'adapters'>

/** How the decoder reports a record that is none. */
export interface Malformed {
  readonly ok: false
  readonly key: string
  readonly reason: string
  readonly knownAs?: string
}

export interface RegistryContents extends Overrides {
  readonly models?: readonly (ModelRecord | Malformed)[]
  readonly versions?: readonly (VersionRecord | Malformed)[]
  readonly datasets?: readonly (DatasetRecord | Malformed)[]
  readonly adapters?: readonly AdapterRecord[]
  readonly malformedAdapters?: readonly string[]
}

function isMalformed(record: object): record is Malformed {
  return 'ok' in record
}

function decoded<R extends object>(record: R | Malformed): Decoded<R> {
  return isMalformed(record) ? record : { ok: true, record }
}

/** A snapshot at height 100. Without models of its own it holds the one of {@link aModel}. */
export function aSnapshot(contents: RegistryContents = {}): Snapshot {
  const {
    models = [aModel()],
    versions = [],
    datasets = [],
    adapters = [],
    malformedAdapters = [],
    ...rest
  } = contents
  return {
    trust: 'rpc',
    chainId: 'remes-testnet-1',
    height: 100n,
    appHash: undefined,
    endpoint: 'https://rpc.example.org',
    globalModelVersion: undefined,
    primaryVersion: undefined,
    models: models.map((model) => decoded<ModelRecord>(model)),
    versions: versions.map((version) => decoded<VersionRecord>(version)),
    datasets: datasets.map((dataset) => decoded<DatasetRecord>(dataset)),
    adapters: new Map<string, Decoded<AdapterRecord>>([
      ...adapters.map((adapter) => [adapter.id, decoded<AdapterRecord>(adapter)] as const),
      ...malformedAdapters.map((id) => [id, aMalformed(`adp_${id}`)] as const),
    ]),
    knownAdapters: undefined,
    ...rest,
  }
}

export function aMalformed(key: string, knownAs?: string): Malformed {
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
