/** The inputs of commands that look after a store and may ask the chain about what is in it. */
import type { Command } from 'commander'
import {
  type Environment,
  INPUTS,
  type InputName,
  inputText,
  type RawInputs,
  readSettings,
  type Settings,
} from '../ensure/index.ts'
import { optionFor, privateKeyOption } from './options.ts'

/** Whom to ask and what to trust. */
const CHAIN_INPUTS = [
  'home',
  'rpc-urls',
  'chain-id',
  'model-name',
  'trust',
  'trusted-height',
  'trusted-hash',
  'trusting-period',
  'min-witnesses',
  'max-header-age',
  'lockfile',
  'frozen',
  'max-lock-age',
] as const satisfies readonly InputName[]

/** Where bytes may come from. */
const SOURCE_INPUTS = [
  'sources',
  'hf-token',
  'hf-endpoint',
  'ipfs-gateways',
  'mirrors',
  'allow-hosts',
  'parallel-downloads',
  'deadline-minutes',
  'max-artifact-size',
] as const satisfies readonly InputName[]

/** @param fetches false: it only asks what is approved */
export function addChainOptions(command: Command, fetches: boolean): void {
  const names: readonly string[] = fetches ? [...CHAIN_INPUTS, ...SOURCE_INPUTS] : CHAIN_INPUTS
  for (const spec of INPUTS) if (names.includes(spec.name)) command.addOption(optionFor(spec))
  command.addOption(privateKeyOption())
}

/**
 * The settings for asking the chain; undefined when nobody named an endpoint or a lockfile to ask.
 *
 * @throws R3mesError as {@link readSettings}
 */
export function chainSettings(raw: RawInputs, environment: Environment): Settings | undefined {
  const isNamed =
    inputText('rpc-urls', raw, environment) !== '' ||
    raw['lockfile'] !== undefined ||
    raw['trust']?.trim() === 'lockfile'
  return isNamed ? readSettings(raw, environment) : undefined
}

/** What a piece of work gave; undefined when a signal ended it, which is no failure of it. */
export async function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (thrown) {
    if (!signal.aborted) throw thrown
    process.stderr.write('Stopped by a signal. What was found corrupt until then is in quarantine.\n')
    return undefined
  }
}
