/** All models of a request, side by side. */
import { asR3mesError, R3mesError } from '../core/index.ts'
import { checkKeys } from './keys.ts'
import { scaleText } from './lora-prompt.ts'
import { assertStill, type PlacedModel } from './still.ts'
import type {
  GotModel,
  LoraRequest,
  ModelFailure,
  ModelKind,
  ModelRequest,
  PreparedRequest,
  PrepareOptions,
  Scale,
  VolumeRequest,
} from './types.ts'

/** Gets one model; several are asked for at the same time. */
export type GetModel = (kind: ModelKind, request: ModelRequest) => Promise<PlacedModel>

/** A model of a request. */
export interface Asked {
  readonly kind: ModelKind
  readonly request: ModelRequest
}

const REQUEST_KEYS: readonly (keyof VolumeRequest)[] = ['checkpoint', 'loras', 'embeddings', 'prompt']

type Outcome<T> = { readonly got: T } | { readonly failure: ModelFailure }

/** How a failure calls what may be no model at all. */
function nameIn(request: unknown): string {
  const isNamed = typeof request === 'object' && request !== null && 'name' in request
  return isNamed && typeof request.name === 'string' ? request.name : ''
}

/** @throws R3mesError `INPUT_INVALID` */
export function scaleOf({ scale }: LoraRequest): Scale {
  const given = scale ?? 1
  scaleText(given)
  return given
}

async function outcomeOf(
  { kind, request }: Asked,
  get: GetModel,
  signal: AbortSignal,
): Promise<Outcome<PlacedModel>> {
  try {
    if (kind === 'lora' && typeof request === 'object' && request !== null) scaleOf(request)
    return { got: await get(kind, request) }
  } catch (thrown) {
    signal.throwIfAborted()
    return { failure: { kind, name: nameIn(request), error: asR3mesError(thrown) } }
  }
}

/** What was checked first may have been replaced while the last one was on its way. */
async function stillThere(outcome: Outcome<PlacedModel>): Promise<Outcome<GotModel>> {
  if ('failure' in outcome) return outcome
  const { model } = outcome.got
  try {
    await assertStill(outcome.got)
    return { got: model }
  } catch (thrown) {
    return { failure: { kind: model.kind, name: model.name, error: asR3mesError(thrown) } }
  }
}

/**
 * The models of a request, in its order.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export function askedOf(request: VolumeRequest): readonly Asked[] {
  checkKeys('The request', request, REQUEST_KEYS)
  const { checkpoint, loras, embeddings } = request
  if (!isList(loras) || !isList(embeddings)) {
    throw new R3mesError('INPUT_INVALID', '`loras` and `embeddings` of a request have to be lists of models.')
  }
  return [
    ...(checkpoint === undefined || checkpoint === null
      ? []
      : [{ kind: 'checkpoint' as const, request: checkpoint }]),
    ...(loras ?? []).map((lora) => ({ kind: 'lora' as const, request: lora })),
    ...(embeddings ?? []).map((embedding) => ({ kind: 'embedding' as const, request: embedding })),
  ]
}

function isList(value: unknown): boolean {
  return value === undefined || value === null || Array.isArray(value)
}

/**
 * Gets what a request asks for. What fails is among the failures, and the rest goes on.
 *
 * @param onFailure told of each failure, in the order of the request
 * @throws R3mesError `INPUT_INVALID` for a request that is none; with `onError: 'fail'` the first failure in the order of the request,
 * when nothing is on its way any more; the reason of the signal
 */
export async function prepare(
  request: VolumeRequest,
  get: GetModel,
  signal: AbortSignal,
  options: PrepareOptions,
  onFailure: (failure: ModelFailure) => void,
): Promise<PreparedRequest> {
  const { onError = 'continue' } = options
  checkKeys('`options` of a request', options, ['onError', 'signal'])
  if (onError !== 'continue' && onError !== 'fail') {
    throw new R3mesError('INPUT_INVALID', '`onError` has to be `continue` or `fail`.')
  }
  const asked = askedOf(request)
  const settled = await Promise.allSettled(asked.map((each) => outcomeOf(each, get, signal)))
  const placed = settled.map((each) => {
    if (each.status === 'rejected') throw each.reason
    return each.value
  })
  const outcomes = await Promise.all(placed.map(stillThere))
  const failures = outcomes.flatMap((outcome) => ('failure' in outcome ? [outcome.failure] : []))
  const [first] = failures
  if (onError === 'fail' && first !== undefined) throw first.error
  for (const failure of failures) onFailure(failure)
  const got = (kind: ModelKind): readonly GotModel[] =>
    outcomes.flatMap((outcome) => ('got' in outcome && outcome.got.kind === kind ? [outcome.got] : []))
  const loras = asked.flatMap(({ kind, request: lora }, at) => {
    const outcome = outcomes[at]
    if (kind !== 'lora' || outcome === undefined || !('got' in outcome)) return []
    return [{ ...outcome.got, scale: scaleOf(lora) }]
  })
  return { checkpoint: got('checkpoint')[0] ?? null, loras, embeddings: got('embedding'), failures }
}
