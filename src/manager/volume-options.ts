/** Reads what people type for a volume, as inputs of the sub-action or as flags: one reader for both. */
import { R3mesError } from '../core/index.ts'
import {
  type Environment,
  expandPath,
  flag,
  type InputSpec,
  integer,
  lines,
  oneOf,
  type RawInputs,
  VERIFY_MODES,
} from '../ensure/index.ts'
import type { ModelManagerOptions } from './types.ts'
import { ON_ERROR_MODES, VOLUME_INPUTS, type VolumeInputName } from './volume-inputs.ts'

/** What was typed, checked for form. */
export interface TypedVolume {
  /** The manager reads the environment for what nobody typed. */
  readonly options: ModelManagerOptions
  readonly onError: (typeof ON_ERROR_MODES)[number]
  /** JSON or a path; empty when there is none. */
  readonly request: string
}

/** The text that counts for an input: value, else environment, else default. */
export function volumeInputText(name: VolumeInputName, raw: RawInputs, environment: Environment): string {
  const spec: InputSpec | undefined = VOLUME_INPUTS.find((input) => input.name === name)
  const fromEnvironment = spec?.environment === undefined ? undefined : environment[spec.environment]
  return raw[name]?.trim() || fromEnvironment?.trim() || spec?.default || ''
}

/** @throws R3mesError `INPUT_INVALID` with every problem at once */
export function readVolumeInputs(raw: RawInputs, environment: Environment): TypedVolume {
  const problems: R3mesError[] = []
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch (thrown) {
      if (!(thrown instanceof R3mesError)) throw thrown
      problems.push(thrown)
      return undefined
    }
  }
  const text = (name: VolumeInputName): string => volumeInputText(name, raw, environment)
  const typed = {
    basePath: attempt(() => expandPath(text('base'), 'base')),
    allowUnpinned: attempt(() => flag(text('allow-unpinned'), 'allow-unpinned')),
    mirrors: lines(text('mirrors')),
    allowHosts: lines(text('allow-hosts')),
    hfEndpoint: text('hf-endpoint'),
    hfToken: text('hf-token'),
    civitaiToken: text('civitai-token'),
    parallelDownloads: attempt(() => integer(text('parallel-downloads'), 1, 64, 'parallel-downloads')),
    verify: attempt(() => oneOf(text('verify'), VERIFY_MODES, 'verify')),
  }
  const onError = attempt(() => oneOf(text('on-error'), ON_ERROR_MODES, 'on-error'))
  if (problems.length > 0) throw R3mesError.from(problems)
  const given = Object.entries(typed).filter(([, value]) => value !== '' && value !== undefined)
  return {
    options: { ...(Object.fromEntries(given) as ModelManagerOptions), environment },
    onError: onError ?? 'continue',
    request: text('request'),
  }
}
