/** Lockfiles of plans, and of random contents. */
import fc from 'fast-check'
import type { SafePath, Sha256Hex } from '../../src/core/index.ts'
import {
  type KindFacts,
  type LockedArtifact,
  type LockFacts,
  type Lockfile,
  lockOf,
  plan,
  type RawRequest,
} from '../../src/registry/index.ts'
import { ANCHOR_HASH, ANCHOR_TIME } from './locked.ts'
import { aDataset, aModel, anAdapter, aProvenSnapshot, aRequest, type RegistryContents } from './registry.ts'

const DAY_SECONDS = 24 * 60 * 60

/** A registry with one model, two adapters of one domain and a dataset. */
export function aRegistry(): RegistryContents {
  return {
    models: [aModel({ name: 'bitnet' })],
    adapters: [anAdapter({ version: '1.2.0' }), anAdapter({ id: 'writer', domain: 'text' })],
    datasets: [aDataset({ datasetId: 7n })],
  }
}

export const FULL_REQUEST: RawRequest = {
  modelVersion: '1.0.0',
  adapters: ['coder', 'writer@1.0.0'],
  datasets: ['training_dataset_v1'],
}

export function lockFacts(raw: RawRequest = FULL_REQUEST): LockFacts {
  return {
    request: aRequest(raw),
    anchor: {
      height: 101n,
      hash: ANCHOR_HASH,
      time: ANCHOR_TIME,
      origin: 'quorum of https://rpc-a.example.org, https://rpc-b.example.org',
    },
    trustingPeriodSeconds: 14 * DAY_SECONDS,
    unbondingSeconds: 21 * DAY_SECONDS,
  }
}

export function planOf(contents: RegistryContents = aRegistry(), raw: RawRequest = FULL_REQUEST) {
  return plan(aRequest(raw), aProvenSnapshot(contents))
}

/** The lockfile that a proven run of the request would write. */
export function lockOfRegistry(
  contents: RegistryContents = aRegistry(),
  raw: RawRequest = FULL_REQUEST,
): Lockfile {
  return lockOf(planOf(contents, raw), lockFacts(raw))
}

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/).filter((text) => !/^(?:con|prn|aux|nul)$/.test(text))
const version = fc
  .tuple(fc.nat(99), fc.nat(99), fc.nat(99))
  .map(([major, minor, patch]) => `${major}.${minor}.${patch}`)
const anyText = fc.string({ unit: 'grapheme', maxLength: 60 })
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const hex = fc.stringMatching(/^[0-9a-f]{64}$/)
const bytes = fc.option(fc.nat(Number.MAX_SAFE_INTEGER), { nil: undefined })

const facts: Record<LockedArtifact['kind'], fc.Arbitrary<KindFacts>> = {
  model: fc.record({
    kind: fc.constant('model'),
    modelId: u64,
    name: anyText,
    versionNumber: fc.option(u64, { nil: undefined }),
  }),
  adapter: fc.record({
    kind: fc.constant('adapter'),
    domain: anyText,
    fit: fc.record({
      compatibleModelVersions: fc.array(anyText, { maxLength: 4 }),
      minModelVersion: anyText,
      maxModelVersion: anyText,
      targetModules: fc.array(anyText, { maxLength: 4 }),
    }),
  }),
  dataset: fc.record({ kind: fc.constant('dataset'), datasetId: u64 }),
}

/** `as`: fast-check knows nothing of brands; the forms are those that the brands stand for. */
function artifactOf(kind: LockedArtifact['kind']): fc.Arbitrary<LockedArtifact> {
  const isOneFile = fc.boolean()
  return fc
    .record({
      id: kind === 'model' ? version : name,
      version: kind === 'dataset' ? fc.constant('') : version,
      status: fc.constantFrom('active', 'migration', 'deprecated'),
      isOneFile,
      hex,
      cid: fc.constantFrom(undefined, 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'),
      size: bytes,
      diskBytes: bytes,
      fileName: name,
      places: fc.constantFrom([], ['hf://o/n/x'], ['https://host.example/##[error]?a=::b']),
      approvedAtHeight: u64,
      containerHash: fc.constantFrom(undefined, 'sha256:1'),
      facts: facts[kind],
    })
    .map(({ isOneFile: one, hex: digest, size, fileName, ...rest }) => ({
      ...rest,
      kind,
      id: kind === 'model' ? rest.version : rest.id,
      digest: { kind: one ? 'sha256' : 'manifest', hex: digest as Sha256Hex },
      size: one ? size : undefined,
      fileName: one ? (fileName as SafePath) : undefined,
    }))
}

/** A chain gives each number once, and a request may name a dataset by either. */
function areOneDataset(one: LockedArtifact, other: LockedArtifact): boolean {
  const names = ({ id, facts }: LockedArtifact) => [id, facts.kind === 'dataset' ? `${facts.datasetId}` : id]
  return names(one).some((name) => names(other).includes(name))
}

/** Any lockfile that could be written. */
export const anyLockfile: fc.Arbitrary<Lockfile> = fc
  .record({
    chainId: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
    registry: fc.constant('module'),
    authority: fc.constant(null),
    anchor: fc.record({
      height: fc.bigInt({ min: 2n, max: 2n ** 63n - 1n }),
      hash: hex.map((text) => text.toUpperCase()),
      time: fc.date({ min: new Date('2020-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
      origin: fc.stringMatching(/^[A-Za-z][A-Za-z0-9 .,:/_()[\]-]{0,60}$/),
    }),
    trustingPeriodSeconds: fc.integer({ min: 1, max: 365 * DAY_SECONDS }),
    longer: fc.option(fc.integer({ min: 1, max: 2 ** 40 }), { nil: undefined }),
    request: fc.record({
      modelVersion: fc.constantFrom('active', '1.0.0', '^1.2'),
      modelName: fc.constantFrom(undefined, 'bitnet'),
      adapters: fc.uniqueArray(
        fc.oneof(
          name,
          name.map((text) => `domain:${text}`),
        ),
        { maxLength: 4 },
      ),
      datasets: fc.uniqueArray(name, { maxLength: 4 }),
      requireDataset: fc.boolean(),
    }),
    artifacts: fc
      .tuple(
        fc.array(artifactOf('model'), { maxLength: 1 }),
        fc.uniqueArray(artifactOf('adapter'), { maxLength: 4, selector: ({ id }) => id }),
        fc.uniqueArray(artifactOf('dataset'), { maxLength: 3, comparator: areOneDataset }),
      )
      .map((kinds) => kinds.flat()),
  })
  .map(({ longer, ...lock }) => ({
    ...lock,
    unbondingSeconds: longer === undefined ? undefined : lock.trustingPeriodSeconds + longer,
  }))
