/** From a registry's options to the settings of a run. */
import { R3mesError } from '../core/index.ts'
import {
  type Environment,
  type InputName,
  inputText,
  type RawInputs,
  readSettings,
  type Settings,
} from '../ensure/index.ts'

/**
 * As {@link readSettings}. Where the environment names the gRPC endpoint that the Python registry asked and no other, the error
 * says what to name in its place.
 *
 * @throws R3mesError with every problem at once
 */
export function settingsOf(raw: RawInputs, environment: Environment): Settings {
  try {
    return readSettings(raw, environment)
  } catch (thrown) {
    const problems = thrown instanceof R3mesError ? [thrown, ...thrown.problems] : []
    const isMissing = problems.some(({ code }) => code === 'RPC_URL_MISSING')
    if (!isMissing || !environment['BLOCKCHAIN_GRPC_URL']?.trim()) throw thrown
    throw new R3mesError(
      'RPC_URL_MISSING',
      'BLOCKCHAIN_GRPC_URL is set, and gRPC is not there yet. Name CometBFT RPC endpoints in `rpcUrls`, such as `https://rpc.example.org`, or set BLOCKCHAIN_RPC_URL.',
      { cause: thrown },
    )
  }
}

/** These inputs with what the environment says in place of those that are not set. */
export function resolvedInputs(
  names: readonly InputName[],
  raw: RawInputs,
  environment: Environment,
): RawInputs {
  return Object.fromEntries(names.map((name) => [name, inputText(name, raw, environment)]))
}
