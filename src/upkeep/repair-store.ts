/** Fetches again what a check of the store found corrupt or missing, by the way that every run goes. */
import { R3mesError } from '../core/index.ts'
import { type EnsureResult, ensure, type Ports, type Settings } from '../ensure/index.ts'
import { approvalsOf, requestFor } from './approvals.ts'
import type { RecordedArtifact } from './recorded.ts'
import { saidOnce } from './said-once.ts'
import type { StoreVerdict } from './verify-types.ts'

/** What became of one artifact, or of a file that belongs to none. */
export interface Repair {
  /** Absolute: the artifact's final path, or the file. */
  readonly path: string
  /** Undefined for a file of which nothing tells what it belonged to. */
  readonly artifact: RecordedArtifact | undefined
  /** Undefined when it is whole again. */
  readonly error: R3mesError | undefined
  /** Where it is now, when its own place held something else as well. */
  readonly beside: string | undefined
  /** Bytes that came over the network for it. */
  readonly bytesDownloaded: number
}

/** The artifacts of which something is corrupt or missing, and the files like that which belong to none. */
export function brokenIn({ files }: StoreVerdict): {
  readonly artifacts: readonly RecordedArtifact[]
  readonly strays: readonly string[]
} {
  const broken = files.filter(({ state }) => state === 'corrupt' || state === 'missing')
  const artifacts = broken.flatMap(({ artifact }) => artifact ?? [])
  return {
    artifacts: [...new Map(artifacts.map((artifact) => [artifact.path, artifact])).values()],
    strays: broken.filter(({ artifact }) => artifact === undefined).map(({ path }) => path),
  }
}

/**
 * Brings back every broken artifact that the chain still approves with the same digest, one after the other, so that one that
 * cannot be had keeps none of the others away. It never throws an R3mesError.
 *
 * @param settings where to ask and to fetch from; what they request does not matter
 */
export async function repairStore(
  found: StoreVerdict,
  settings: Settings,
  { reporter, ...others }: Ports,
): Promise<readonly Repair[]> {
  // Each artifact has a run of its own, and all of them read the same approvals.
  const ports: Ports = { ...others, reporter: saidOnce(reporter) }
  const { artifacts, strays } = brokenIn(found)
  const approvals = await approvalsOf(artifacts, settings, ports)
  const repairs: Repair[] = strays.map((path) => ({
    ...NOTHING_DONE,
    path,
    artifact: undefined,
    error: UNKNOWN,
  }))
  for (const artifact of artifacts) {
    const approval = approvals.get(artifact.path)
    const { path } = artifact
    if (approval?.state === 'approved') {
      const request = requestFor(artifact, settings)
      const result = await ensure({ ...settings, request, planOnly: false, force: false }, ports)
      repairs.push(repairOf(artifact, result))
      ports.signal?.throwIfAborted()
    } else repairs.push({ ...NOTHING_DONE, path, artifact, error: approval?.reason ?? UNKNOWN })
  }
  return repairs
}

const NOTHING_DONE = { beside: undefined, bytesDownloaded: 0 }

const UNKNOWN = new R3mesError(
  'STORE_CORRUPT',
  'Nothing tells which artifact this file belonged to, so it cannot be asked for. Run `r3mes ensure` for what should be there.',
)

function repairOf(artifact: RecordedArtifact, result: EnsureResult): Repair {
  const { path } = artifact
  const now = result.artifacts[0]
  return {
    path,
    artifact,
    error: result.error,
    beside: now === undefined || now.path === path ? undefined : now.path,
    bytesDownloaded: result.bytesDownloaded,
  }
}
