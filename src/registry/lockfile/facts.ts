/** What differs between two states of one artifact, and the words for it. Names from a record appear only when they are checked. */
import { formatDigest } from '../../core/index.ts'
import { describeNeeds } from '../compatibility.ts'
import type { AdapterFit } from '../types.ts'
import type { LockedArtifact } from './types.ts'

/**
 * What can change. The first four are what an approval is about: a frozen run refuses when one of them did. The others are where
 * bytes may be asked for and where the record stands, which digests make harmless.
 */
export const FROZEN_FACTS = ['digest', 'size', 'status', 'compatibility'] as const
export const LOOSE_FACTS = [
  'cid',
  'file name',
  'places',
  'disk space',
  'container hash',
  'approval height',
  'record',
] as const
export type LockedFact = (typeof FROZEN_FACTS)[number] | (typeof LOOSE_FACTS)[number]

function fitOf({ facts }: LockedArtifact): AdapterFit | undefined {
  return facts.kind === 'adapter' ? facts.fit : undefined
}

/** The part that the fact is about, as a value that compares by its JSON. */
function partOf(artifact: LockedArtifact, fact: LockedFact): unknown {
  const { facts } = artifact
  switch (fact) {
    case 'digest':
      return formatDigest(artifact.digest)
    case 'size':
      return artifact.size
    case 'status':
      return artifact.status
    case 'compatibility': {
      const fit = fitOf(artifact)
      return fit === undefined
        ? undefined
        : [fit.compatibleModelVersions, fit.minModelVersion, fit.maxModelVersion, fit.targetModules]
    }
    case 'cid':
      return artifact.cid
    case 'file name':
      return artifact.fileName
    case 'places':
      return artifact.places
    case 'disk space':
      return artifact.diskBytes
    case 'container hash':
      return artifact.containerHash
    case 'approval height':
      return artifact.approvedAtHeight.toString()
    case 'record':
      switch (facts.kind) {
        case 'model':
          return [facts.modelId.toString(), facts.name, facts.versionNumber?.toString()]
        case 'adapter':
          return facts.domain
        case 'dataset':
          return facts.datasetId.toString()
      }
  }
}

/** Which of these facts differ. */
export function changedFacts<F extends LockedFact>(
  before: LockedArtifact,
  after: LockedArtifact,
  facts: readonly F[],
): readonly F[] {
  return facts.filter((fact) => JSON.stringify(partOf(before, fact)) !== JSON.stringify(partOf(after, fact)))
}

/** `model 1.0.0`, `adapter coder 1.2.0`, `dataset training_dataset_v1`. Ids and versions of a lockfile are checked names. */
export function lockedName({ kind, id, version }: LockedArtifact): string {
  return kind === 'adapter' && version !== '' ? `adapter ${id} ${version}` : `${kind} ${id}`
}

/** The first characters of a digest or CID: enough to tell two apart. */
function short(text: string): string {
  const [, prefix = '', rest = ''] = /^((?:sha256:|manifest:)?)(.*)$/.exec(text) ?? []
  return rest.length > 16 ? `${prefix}${rest.slice(0, 12)}…` : text
}

export function formatCount(count: number | bigint): string {
  return count.toLocaleString('en-US')
}

function bytes(size: number | undefined): string {
  return size === undefined ? 'none' : `${formatCount(size)} bytes`
}

function needs(artifact: LockedArtifact): string {
  const fit = fitOf(artifact)
  return fit === undefined ? '' : describeNeeds(fit)
}

/** `new digest sha256:ab12… (was sha256:cd34…)`: one changed fact as people read it. */
export function describeFact(before: LockedArtifact, after: LockedArtifact, fact: LockedFact): string {
  switch (fact) {
    case 'digest':
      return `new digest ${short(formatDigest(after.digest))} (was ${short(formatDigest(before.digest))})`
    case 'size':
      return `approved size ${bytes(after.size)} (was ${bytes(before.size)})`
    case 'status':
      return `now ${after.status} (was ${before.status})`
    case 'compatibility':
      if (needs(before) !== needs(after)) return `${needs(after)} (before: ${needs(before)})`
      return JSON.stringify(fitOf(before)?.targetModules) === JSON.stringify(fitOf(after)?.targetModules)
        ? 'now approved for other model versions'
        : 'now changes other modules of the model'
    case 'cid':
      return `new CID ${short(after.cid ?? 'none')} (was ${short(before.cid ?? 'none')})`
    case 'file name':
      return `file name ${after.fileName ?? 'none'} (was ${before.fileName ?? 'none'})`
    case 'places':
      return 'other places to ask for it'
    case 'disk space':
      return `claims ${bytes(after.diskBytes)} on disk (was ${bytes(before.diskBytes)})`
    case 'container hash':
      return 'another runtime image'
    case 'approval height':
      return `approved at height ${formatCount(after.approvedAtHeight)} (was ${formatCount(before.approvedAtHeight)})`
    case 'record':
      return after.kind === 'adapter' ? 'moved to another domain' : 'stands in another record of the registry'
  }
}
