import type { ChainEvidence } from '../chain/index.ts'
import { asR3mesError, formatDigest, type R3mesError, type SourceName } from '../core/index.ts'
import type { Plan, PlannedArtifact } from '../registry/index.ts'
import type { FetchFailure } from '../sources/index.ts'
import type {
  ArtifactReport,
  EnsureResult,
  FailureReport,
  FileReport,
  LockOffer,
  PhaseName,
  PlannedReport,
} from './types.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Collects what happens during a run, so that even a run that fails can say how far it came. */
export class RunRecord {
  readonly #result: Mutable<EnsureResult>
  readonly #artifacts: ArtifactReport[] = []
  readonly #failures: FailureReport[] = []
  readonly #notices: string[] = []
  readonly #datasetProblems: R3mesError[] = []
  /** When files were waited for, as `[from, to]` of a monotonic clock. */
  readonly #waits: [number, number][] = []
  readonly #bytesBySource: Partial<Record<SourceName, number>> = {}
  readonly #phases: Partial<Record<PhaseName, number>> = {}

  constructor(run: { readonly home: string; readonly chainId: string; readonly planOnly: boolean }) {
    this.#result = {
      success: false,
      planOnly: run.planOnly,
      error: undefined,
      interrupted: false,
      home: run.home,
      chainId: run.chainId,
      trust: undefined,
      height: undefined,
      endpoint: undefined,
      evidence: undefined,
      trustingPeriod: undefined,
      trustExpiresAt: undefined,
      frozen: false,
      offer: undefined,
      forkEvidencePath: undefined,
      modelVersion: undefined,
      planned: [],
      artifacts: this.#artifacts,
      failures: this.#failures,
      notices: this.#notices,
      datasetProblems: this.#datasetProblems,
      bytesDownloaded: 0,
      bytesBySource: this.#bytesBySource,
      cacheStatus: 'disabled',
      cacheHit: false,
      phases: this.#phases,
      waited: 0,
      startedAt: new Date(),
      jobLease: undefined,
      receiptPath: undefined,
    }
  }

  /** A snapshot of the record as it stands. */
  get result(): EnsureResult {
    return { ...this.#result, waited: Math.round(lengthOfUnion(this.#waits)) }
  }

  async timed<T>(phase: PhaseName, work: () => Promise<T>): Promise<T> {
    const start = performance.now()
    try {
      return await work()
    } finally {
      this.#phases[phase] = Math.round(performance.now() - start)
    }
  }

  /** What the approvals stand on, as far as that is known before they are judged. */
  approvalsRead(plan: Pick<Plan, 'trust' | 'height' | 'endpoint'>): void {
    this.#result.trust = plan.trust
    this.#result.height = plan.height
    this.#result.endpoint = plan.endpoint
  }

  /** @param trustingPeriod milliseconds */
  proven(evidence: ChainEvidence, trustingPeriod: number): void {
    this.#result.evidence = evidence
    this.#result.trustingPeriod = trustingPeriod
  }

  trustEnds(at: Date): void {
    this.#result.trustExpiresAt = at
  }

  frozen(): void {
    this.#result.frozen = true
  }

  offers(offer: LockOffer): void {
    this.#result.offer = offer
  }

  forkKept(path: string): void {
    this.#result.forkEvidencePath = path
  }

  notice(text: string): void {
    this.#notices.push(text)
  }

  planned(plan: Plan): void {
    this.#result.modelVersion = plan.modelVersion
    this.#result.planned = plan.artifacts.map(plannedReport)
    this.#notices.push(...plan.notices)
    this.#datasetProblems.push(...plan.datasetProblems)
  }

  datasetFailed(error: R3mesError): void {
    this.#datasetProblems.push(error)
  }

  sourceFailed(subject: string, failure: FetchFailure): void {
    const { detail, ...named } = failure
    const reason = detail === undefined ? failure.reason : `${failure.reason} (${detail})`
    this.#failures.push({ subject, ...named, reason })
  }

  /** So many more bytes came from a source. */
  received(source: SourceName, bytes: number): void {
    this.#result.bytesDownloaded += bytes
    this.#bytesBySource[source] = (this.#bytesBySource[source] ?? 0) + bytes
  }

  /**
   * A file was waited for that another job was fetching.
   *
   * @param from milliseconds of `performance.now()`
   */
  waited(from: number): void {
    this.#waits.push([from, performance.now()])
  }

  inPlace(
    artifact: PlannedArtifact,
    change: ArtifactReport['change'],
    path: string,
    files: readonly FileReport[],
  ): void {
    this.#artifacts.push({
      kind: artifact.kind,
      id: artifact.id,
      version: artifact.version,
      digest: formatDigest(artifact.digest),
      cid: artifact.cid,
      approvedAtHeight: artifact.approvedAtHeight,
      containerHash: artifact.containerHash,
      path,
      change,
      files,
    })
  }

  /** Forgets what was in place: it was taken back. */
  rolledBack(): void {
    this.#artifacts.length = 0
  }

  cache(status: EnsureResult['cacheStatus'], onlyStoreAndCache: boolean): void {
    this.#result.cacheStatus = status
    this.#result.cacheHit = onlyStoreAndCache
  }

  keptForJob(lease: string): void {
    this.#result.jobLease = lease
  }

  receipt(path: string): void {
    this.#result.receiptPath = path
  }

  succeeded(): void {
    this.#result.success = true
  }

  failed(error: unknown): void {
    this.#result.error = asR3mesError(error)
  }

  interrupted(): void {
    this.#result.interrupted = true
  }
}

/** Length of what intervals cover together: files are waited for side by side. Pure. */
export function lengthOfUnion(intervals: readonly (readonly [from: number, to: number])[]): number {
  let length = 0
  let covered = Number.NEGATIVE_INFINITY
  for (const [from, to] of intervals.toSorted(([a], [b]) => a - b)) {
    length += Math.max(0, to - Math.max(from, covered))
    covered = Math.max(covered, to)
  }
  return length
}

function plannedReport(artifact: PlannedArtifact): PlannedReport {
  return {
    kind: artifact.kind,
    id: artifact.id,
    version: artifact.version,
    digest: formatDigest(artifact.digest),
    size: artifact.size,
  }
}
