import { R3mesError } from '../../core/index.ts'

/**
 * The endpoint cannot be the primary of this run, through no lie that was seen: another one may take its place. What an endpoint
 * cannot answer at all (`CHAIN_UNREACHABLE`, `CHAIN_RESPONSE_INVALID`, `HEIGHT_PRUNED`) means the same.
 */
export class EndpointUnfit extends R3mesError {}

/** Whether another endpoint may be asked instead of the one that failed like this. */
export function isUnfit(thrown: unknown): thrown is R3mesError {
  return thrown instanceof EndpointUnfit || (thrown instanceof R3mesError && thrown.errorClass === 'chain')
}
