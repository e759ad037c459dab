/** From one approved record to the artifact that a run brings: digest, name, places, size. */
import type { ReadTrust, StoreRecord, Trust } from '../chain/index.ts'
import { foldCase, type Place, R3mesError, type SafePath, safeName, safePath } from '../core/index.ts'
import { approvedDigest, type DigestClaims } from './digests.ts'
import { lastSegment, placeOf } from './places.ts'
import type { ApprovedStatus, ArtifactKind, KindFacts, PlannedArtifact } from './types.ts'

/** The machine's own settings that a plan depends on. */
export interface PlanOptions {
  /** The configured hub: its `/resolve/` URLs are HuggingFace places. */
  readonly hfEndpoint?: URL
  /** Bytes; no limit when absent. */
  readonly maxArtifactSize?: number
}

/** What a record says, whatever its kind. */
export interface ArtifactFacts<T extends ReadTrust> extends DigestClaims {
  readonly kind: ArtifactKind
  readonly id: string
  readonly version: string
  /** Unchecked name below the kind's folder. */
  readonly storeName: string
  /** 0: none approved. */
  readonly sizeBytes: bigint
  readonly claimedDiskBytes: number | undefined
  /** Empty: the place's last segment names the file. */
  readonly fileName: string
  readonly downloadSource: string
  readonly approvedAtHeight: bigint
  readonly status: ApprovedStatus
  readonly facts: KindFacts
  readonly approvedBy: readonly StoreRecord<T, Uint8Array>[]
  readonly containerHash: string | undefined
  readonly required: boolean
}

/** What planning found: artifacts to bring, what stands in the way, what is worth saying. */
export interface Findings<T extends Trust = Trust> {
  readonly artifacts: readonly PlannedArtifact<T>[]
  readonly problems: readonly R3mesError[]
  readonly notices: readonly string[]
}

export const NOTHING_FOUND: Findings<never> = { artifacts: [], problems: [], notices: [] }

export function aProblem(problem: R3mesError): Findings<never> {
  return { ...NOTHING_FOUND, problems: [problem] }
}

export function mergeFindings<T extends Trust>(findings: readonly Findings<T>[]): Findings<T> {
  return {
    artifacts: findings.flatMap((found) => found.artifacts),
    problems: findings.flatMap((found) => found.problems),
    notices: findings.flatMap((found) => found.notices),
  }
}

/** The problem again, saying which artifact it is about. */
function about(subject: string, problem: R3mesError): R3mesError {
  if (problem.message.includes(subject)) return problem
  const named = `${subject[0]?.toUpperCase() ?? ''}${subject.slice(1)}`
  return new R3mesError(problem.code, `${named}: ${problem.message}`, {
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    cause: problem,
  })
}

/** The name of the one file. It stands alone: a record cannot choose a folder. */
function nameOfFile(facts: ArtifactFacts<ReadTrust>, places: readonly Place[], storeName: string): SafePath {
  const fromPlaces = places.map(lastSegment).find((name) => name !== undefined)
  const name = facts.fileName.trim() === '' ? (fromPlaces ?? storeName) : facts.fileName
  return safePath(safeFileSegment(name), 'file name')
}

function safeFileSegment(name: string): string {
  if (!name.includes('/')) return name
  throw new R3mesError(
    'ID_UNSAFE',
    'The file name cannot be used: it names a folder too. The registry has to approve a plain one.',
    { detail: name },
  )
}

export function tooLarge(subject: string, size: number, limit: number): R3mesError {
  return new R3mesError(
    'ARTIFACT_TOO_LARGE',
    `The approved size of ${subject} is ${size} bytes, more than the ${limit} that \`max-artifact-size\` allows. Raise it if that is meant.`,
  )
}

/** Where `T` is a way to read a chain, `Extract<T, ReadTrust>` is `T`, which the compiler does not see. */
function approvals<T extends ReadTrust>(
  records: readonly StoreRecord<T, Uint8Array>[],
): PlannedArtifact<T>['approvedBy'] {
  return records as PlannedArtifact<T>['approvedBy']
}

/** The artifact of a record, or every reason why it cannot be brought. Never throws an R3mesError. */
export function planArtifact<T extends ReadTrust>(
  facts: ArtifactFacts<T>,
  options: PlanOptions,
): Findings<T> {
  const problems: R3mesError[] = []
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch (thrown) {
      if (!(thrown instanceof R3mesError)) throw thrown
      problems.push(about(facts.subject, thrown))
      return undefined
    }
  }

  const approved = attempt(() => approvedDigest(facts))
  const storeName = attempt(() => safeName(facts.storeName, `${facts.kind} name`))
  const named = placeOf(facts.downloadSource, options.hfEndpoint)
  const cid = approved?.cid
  const places: Place[] = [
    ...(named === undefined ? [] : [named]),
    ...(cid === undefined ? [] : [{ kind: 'ipfs', cid, path: '' } as const]),
  ]
  const isOneFile = approved?.digest.kind === 'sha256'
  const fileName =
    isOneFile && storeName !== undefined ? attempt(() => nameOfFile(facts, places, storeName)) : undefined
  const size = isOneFile && facts.sizeBytes > 0n ? Number(facts.sizeBytes) : undefined
  if (size !== undefined && options.maxArtifactSize !== undefined && size > options.maxArtifactSize) {
    problems.push(tooLarge(facts.subject, size, options.maxArtifactSize))
  }

  const noPlace =
    facts.downloadSource.trim() !== '' && named === undefined
      ? [`The record of ${facts.subject} names a download source that is no place to ask. It is not used.`]
      : []
  const notices = [...noPlace, ...(approved?.notices ?? [])]
  if (problems.length > 0 || approved === undefined || storeName === undefined) {
    return { artifacts: [], problems, notices }
  }
  const artifact: PlannedArtifact<T> = {
    kind: facts.kind,
    id: facts.id,
    version: facts.version,
    storeName,
    digest: approved.digest,
    cid,
    size,
    claimedDiskBytes: facts.claimedDiskBytes,
    fileName,
    places,
    downloadSource: facts.downloadSource,
    approvedAtHeight: facts.approvedAtHeight,
    status: facts.status,
    facts: facts.facts,
    approvedBy: approvals(facts.approvedBy),
    containerHash: facts.containerHash,
    required: facts.required,
  }
  return { artifacts: [artifact], problems, notices }
}

/**
 * Problems of artifacts that would share a path: two of one kind whose names are one where case folds.
 *
 * @param nameOf the name below the kind's folder
 */
export function findNameCollisions<A extends Pick<PlannedArtifact, 'kind'>>(
  artifacts: readonly A[],
  nameOf: (artifact: A) => string,
): { readonly artifact: A; readonly problem: R3mesError }[] {
  const taken = new Map<string, string>()
  return artifacts.flatMap((artifact) => {
    const name = nameOf(artifact)
    const path = `${artifact.kind}/${foldCase(name)}`
    const other = taken.get(path)
    taken.set(path, name)
    if (other === undefined) return []
    const problem = new R3mesError(
      'ID_UNSAFE',
      `The ${artifact.kind} \`${name}\` would take the place of \`${other}\` on file systems that fold case. Request only one of them.`,
    )
    return [{ artifact, problem }]
  })
}
