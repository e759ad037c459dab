/** What came of a request, in the forms in which the command and the sub-action hand it on. Pure. */
import { printableJson, R3mesError } from '../core/index.ts'
import { fitsOutput, sentenceOutput } from '../ensure/index.ts'
import { buildLoraPrompt, scaleText } from './lora-prompt.ts'
import type { CacheStats, ModelFailure, PreparedRequest, Scale } from './types.ts'
import type { VolumeOutputName } from './volume-inputs.ts'

declare global {
  interface JSON {
    /** A value whose text stands in the JSON as it is given: https://tc39.es/proposal-json-parse-with-source */
    rawJSON(text: string): unknown
  }
}

/** What came of a request, as `r3mes volume prepare --json` prints it and the sub-action writes it down. */
export interface VolumeResult {
  readonly prepared: PreparedRequest
  /** With a tag for each LoRA that is in place. */
  readonly prompt: string
  /** Undefined when it did not come that far. */
  readonly stats: CacheStats | undefined
  /** Why not everything that was asked for is in place. */
  readonly error: R3mesError | undefined
  /** A signal ended it. */
  readonly interrupted: boolean
}

const INTERRUPTED = 'The run was stopped by a signal. What was brought until then is in place.'

const NOTHING: PreparedRequest = { checkpoint: null, loras: [], embeddings: [], failures: [] }

/** All failures as one error, which has the code of the first: that of the checkpoint if it failed. */
function errorOf(failures: readonly ModelFailure[]): R3mesError | undefined {
  return failures.length === 0 ? undefined : R3mesError.from(failures.map(({ error }) => error))
}

/** A request that was gone through. */
export function volumeResult(
  prepared: PreparedRequest,
  basePrompt: string,
  stats: CacheStats | undefined,
): VolumeResult {
  const prompt = buildLoraPrompt(
    basePrompt,
    prepared.loras.map(({ path, scale }) => [path, scale]),
  )
  return { prepared, prompt, stats, error: errorOf(prepared.failures), interrupted: false }
}

/** A request that came to nothing. */
export function failedVolume(error: R3mesError): VolumeResult {
  return { prepared: NOTHING, prompt: '', stats: undefined, error, interrupted: false }
}

/** A request that a signal ended. */
export function interruptedVolume(): VolumeResult {
  return { prepared: NOTHING, prompt: '', stats: undefined, error: undefined, interrupted: true }
}

/** Everything that was asked for is in place. */
export function isComplete({ error, interrupted }: VolumeResult): boolean {
  return error === undefined && !interrupted
}

/** Why it is not, in our own words; empty when it is. */
function messageOf({ error, interrupted }: VolumeResult): string {
  return interrupted ? INTERRUPTED : (error?.message ?? '')
}

/** JSON has no `0.80`, but its text may: programs get the number as it was written. */
function scaleJson(scale: Scale): unknown {
  const text = scaleText(scale)
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) ? JSON.rawJSON(text) : Number(text)
}

/** The result for programs, with the names of the outputs. */
export function volumeJson(result: VolumeResult): Record<string, unknown> {
  const { prepared, prompt, stats } = result
  return {
    success: isComplete(result),
    'checkpoint-path': prepared.checkpoint?.path ?? null,
    'lora-paths': prepared.loras.map(({ path, scale }) => [path, scaleJson(scale)]),
    'embedding-paths': prepared.embeddings.map(({ path }) => path),
    prompt,
    stats: stats ?? null,
    failures: prepared.failures.map(({ kind, name, error: { code, message } }) => ({
      kind,
      name,
      'error-code': code,
      'error-message': message,
    })),
    'error-code': result.error?.code ?? '',
    'error-message': messageOf(result),
  }
}

/**
 * Every output of the sub-action, on every path. What would be larger than 8 KiB is empty: half a list or half a prompt would look
 * like a whole one. The file of the result has all of it.
 *
 * @param resultPath that file; empty when there is none
 */
export function volumeOutputsOf(result: VolumeResult, resultPath: string): Record<VolumeOutputName, string> {
  const json = volumeJson(result)
  const limited = (text: string): string => (fitsOutput(text) ? text : '')
  const { prepared, prompt, stats, error } = result
  return {
    success: String(isComplete(result)),
    'checkpoint-path': prepared.checkpoint?.path ?? '',
    'lora-paths': limited(printableJson(json['lora-paths'])),
    'embedding-paths': limited(printableJson(json['embedding-paths'])),
    prompt: limited(prompt),
    stats: stats === undefined ? '' : limited(printableJson(stats)),
    result: resultPath,
    'error-code': error?.code ?? '',
    'error-message': sentenceOutput(messageOf(result)),
  }
}
