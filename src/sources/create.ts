import { R3mesError, type Reporter, type SourceName } from '../core/index.ts'
import type { Network } from '../transfer/index.ts'
import { type HttpSettings, httpSource } from './http.ts'
import { type HuggingFaceSettings, HuggingFaceSource } from './huggingface/index.ts'
import { type IpfsSettings, ipfsSource } from './ipfs.ts'
import type { Source } from './types.ts'

export interface SourceOptions {
  /** Sources in the order to ask; what is left out is off. */
  readonly order: readonly SourceName[]
  readonly huggingface: HuggingFaceSettings
  readonly ipfs: IpfsSettings
  readonly http: HttpSettings
  /** The Actions cache, where there is one. */
  readonly cache?: Source | undefined
  readonly network: Network
  /** Told what a source finds out before a file is asked for. */
  readonly reporter?: Reporter
}

/**
 * The sources of a run, in the user's order. Asks nobody anything yet.
 *
 * @throws R3mesError `INPUT_INVALID` for a mirror template that is none, or a source that is named twice
 */
export function createSources(options: SourceOptions): readonly Source[] {
  const { order, huggingface, ipfs, http, cache, network, reporter } = options
  if (new Set(order).size !== order.length) {
    throw new R3mesError('INPUT_INVALID', '`sources` names a source twice. Name each one once.')
  }
  const make: Readonly<Record<SourceName, () => Source | undefined>> = {
    cache: () => cache,
    huggingface: () => new HuggingFaceSource(huggingface, network, reporter),
    ipfs: () => ipfsSource(ipfs, network),
    http: () => httpSource(http),
  }
  return order.map((name) => make[name]()).filter((source) => source !== undefined)
}
