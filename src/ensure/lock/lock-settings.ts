/** The inputs of `r3mes lock`: those of a run that a lockfile depends on, with what an older lockfile says in place of defaults. */
import { R3mesError } from '../../core/index.ts'
import type { Lockfile } from '../../registry/index.ts'
import { expandPath } from '../forms.ts'
import type { InputName } from '../inputs.ts'
import { type Environment, inputText, type RawInputs, readSettings, type Settings } from '../settings.ts'

/** What is asked. A lockfile records it, so that nobody has to type it again. */
const REQUEST_INPUTS = [
  'model-version',
  'model-name',
  'adapters',
  'datasets',
  'require-dataset',
] as const satisfies readonly InputName[]

/** The inputs that `r3mes lock` takes, in the order of its help. */
export const LOCK_INPUTS = [
  ...REQUEST_INPUTS,
  'rpc-urls',
  'chain-id',
  'trust',
  'trusted-height',
  'trusted-hash',
  'trusting-period',
  'min-witnesses',
  'max-header-age',
  'lockfile',
  'home',
] as const satisfies readonly InputName[]

/** Absolute path of the lockfile. */
export function lockfilePath(raw: RawInputs, environment: Environment): string {
  return expandPath(inputText('lockfile', raw, environment), 'lockfile')
}

/** What a lockfile recorded, as inputs. */
function recordedInputs({ request, chainId }: Lockfile): RawInputs {
  return {
    'model-version': request.modelVersion,
    'model-name': request.modelName,
    adapters: request.adapters.join('\n'),
    datasets: request.datasets.join('\n'),
    'require-dataset': String(request.requireDataset),
    'chain-id': chainId,
  }
}

/** Whether the request is typed anew, as far as it is: an input that is typed empty counts. */
export function namesRequest(raw: RawInputs): boolean {
  return REQUEST_INPUTS.some((name) => raw[name] !== undefined)
}

/**
 * The settings of `r3mes lock`. What is typed replaces what the lockfile recorded, input by input.
 *
 * @throws R3mesError as {@link readSettings}
 */
export function readLockSettings(
  raw: RawInputs,
  environment: Environment,
  lock: Lockfile | undefined,
): Settings {
  const known: readonly string[] = LOCK_INPUTS
  const recorded = lock === undefined ? {} : recordedInputs(lock)
  const typed = Object.entries(raw).filter(([name, value]) => known.includes(name) && value !== undefined)
  const chainId = raw['chain-id']?.trim() || environment['CHAIN_ID']?.trim() || recorded['chain-id']
  const inputs = { ...recorded, ...Object.fromEntries(typed), 'chain-id': chainId }
  const settings = readSettings(inputs, environment)
  if (settings.rpcUrls.length === 0) {
    throw new R3mesError(
      'INPUT_INVALID',
      '`r3mes lock` proves what it writes, so it has to ask the chain. Remove `trust: lockfile`, and name `rpc-urls`.',
    )
  }
  return settings
}
