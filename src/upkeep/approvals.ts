/** Asking the chain about what lies in a store. */
import { type ErrorCode, R3mesError, safeName } from '../core/index.ts'
import { askApprovals, type EnsureResult, type Ports, type Settings } from '../ensure/index.ts'
import { parseRequest, type Request } from '../registry/index.ts'
import type { RecordedArtifact } from './recorded.ts'
import type { Approval } from './verify-types.ts'

/** Problems of artifacts that do not go together. Each of them may be approved all the same. */
const TOGETHER_ONLY: ReadonlySet<string> = new Set(['ADAPTER_CONFLICT', 'ADAPTER_INCOMPATIBLE'])

const NOT_APPROVED: Readonly<Record<RecordedArtifact['kind'], ErrorCode>> = {
  model: 'MODEL_NOT_APPROVED',
  adapter: 'ADAPTER_NOT_APPROVED',
  dataset: 'DATASET_NOT_APPROVED',
}

const NOTHING = { adapters: [], adapterDomains: [], loadedAdapters: [], datasets: [], requireDataset: true }

/**
 * The request for exactly this artifact. An adapter is asked for without a model: it was put there for one that it fits.
 *
 * @throws R3mesError `ID_UNSAFE`, `VERSION_INVALID` when nothing is approved under such a name
 */
export function requestFor({ kind, id }: RecordedArtifact, { request }: Pick<Settings, 'request'>): Request {
  const { modelName } = request
  switch (kind) {
    case 'model': {
      const { modelVersion } = parseRequest({ modelVersion: id })
      if (modelVersion.kind !== 'version') {
        throw new R3mesError(
          'VERSION_INVALID',
          'The usage index names a model without saying which version.',
          {
            detail: id,
          },
        )
      }
      return { ...NOTHING, modelVersion, ...(modelName === undefined ? {} : { modelName }) }
    }
    case 'adapter':
      return { ...NOTHING, modelVersion: { kind: 'none' }, adapters: [{ id: safeName(id, 'adapter id') }] }
    case 'dataset':
      return { ...NOTHING, modelVersion: { kind: 'none' }, datasets: [safeName(id, 'dataset')] }
  }
}

/** One request for several artifacts, which has room for one model. */
function together(requests: readonly Request[]): Request {
  const model = requests.find(({ modelVersion }) => modelVersion.kind !== 'none')
  const once = <T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] => [
    ...new Map(items.map((item) => [nameOf(item), item])).values(),
  ]
  return {
    ...(model ?? { ...NOTHING, modelVersion: { kind: 'none' } }),
    adapters: once(
      requests.flatMap(({ adapters }) => adapters),
      ({ id }) => id,
    ),
    datasets: once(
      requests.flatMap(({ datasets }) => datasets),
      (name) => name,
    ),
  }
}

function isPlanned({ kind, id, digest }: RecordedArtifact, { planned }: EnsureResult): boolean {
  return planned.some((each) => each.kind === kind && each.id === id && each.digest === digest)
}

/** What the chain says of one artifact, when it was asked for that one alone. */
function judge(artifact: RecordedArtifact, result: EnsureResult): Approval {
  const { error, planned } = result
  if (error !== undefined) {
    return error.errorClass === 'approval'
      ? { state: 'unapproved', reason: error }
      : { state: 'unknown', reason: error }
  }
  if (isPlanned(artifact, result)) return { state: 'approved' }
  const other = planned.find(({ kind, id }) => kind === artifact.kind && id === artifact.id)
  const what = other === undefined ? '' : `: ${other.digest}`
  return {
    state: 'unapproved',
    reason: new R3mesError(
      NOT_APPROVED[artifact.kind],
      `The chain approves other content under this name now${what}. Fetch that with \`r3mes ensure\`.`,
    ),
  }
}

function problemsOf({ error }: EnsureResult): readonly R3mesError[] {
  if (error === undefined) return []
  return error.problems.length > 0 ? error.problems : [error]
}

/**
 * Whether the chain approves these artifacts now, as the settings say whom to ask and what to trust. Asked together where that
 * answers it, else one by one. Never throws an R3mesError: what could not be learned is `unknown`, with the reason.
 *
 * @returns by final path
 */
export async function approvalsOf(
  artifacts: readonly RecordedArtifact[],
  settings: Settings,
  ports: Ports,
): Promise<ReadonlyMap<string, Approval>> {
  const approvals = new Map<string, Approval>()
  const askable: { readonly artifact: RecordedArtifact; readonly request: Request }[] = []
  for (const artifact of artifacts) {
    try {
      askable.push({ artifact, request: requestFor(artifact, settings) })
    } catch (reason) {
      if (!(reason instanceof R3mesError)) throw reason
      approvals.set(artifact.path, { state: 'unknown', reason })
    }
  }
  const ask = (request: Request): Promise<EnsureResult> =>
    askApprovals({ ...settings, request, planOnly: true }, ports)

  const models = askable.filter(({ artifact }) => artifact.kind === 'model')
  const others = askable.filter(({ artifact }) => artifact.kind !== 'model')
  const [first, ...further] = models
  const groups = [[...(first === undefined ? [] : [first]), ...others], ...further.map((model) => [model])]
  for (const group of groups.filter(({ length }) => length > 0)) {
    const result = await ask(together(group.map(({ request }) => request)))
    const problems = problemsOf(result)
    const isAnswer = problems.every(({ code }) => TOGETHER_ONLY.has(code))
    const unheard = problems.find(({ errorClass }) => errorClass !== 'approval')
    for (const { artifact, request } of group) {
      if (isAnswer && isPlanned(artifact, result)) approvals.set(artifact.path, { state: 'approved' })
      // Who did not answer once is not asked again for each of them.
      else if (unheard !== undefined) approvals.set(artifact.path, { state: 'unknown', reason: unheard })
      else approvals.set(artifact.path, judge(artifact, group.length === 1 ? result : await ask(request)))
    }
    ports.signal?.throwIfAborted()
  }
  return approvals
}
