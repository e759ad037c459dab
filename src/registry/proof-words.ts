/** How sure a sentence about a registry may be: what is proven is called so, and what could not be proven is never stated. */
import { R3mesError } from '../core/index.ts'
import type { Completeness, Snapshot } from './types.ts'

type Read = Pick<Snapshot, 'trust' | 'chainId' | 'height'>

/** `is not approved on remes-testnet-1 at height 100`; under proof `is proven not to be approved on …`. */
export function isNotApproved({ trust, chainId, height }: Read): string {
  const words = trust === 'rpc' ? 'is not approved' : 'is proven not to be approved'
  return `${words} on ${chainId} at height ${height}`
}

/** `, as is proven at height 100`, behind what a record itself says; nothing when an endpoint was believed. */
export function asIsProven({ trust, height }: Read): string {
  return trust === 'rpc' ? '' : `, as is proven at height ${height}`
}

/**
 * Whether what a record set does not hold is not there at all. A listing that leaves out entries proves no absence.
 */
export function mayBeMissing(completeness: Completeness): boolean {
  return completeness === 'incomplete'
}

/**
 * `UNPROVABLE`, because a listing left out entries.
 *
 * @param what begins the sentence, in our own words: "The models of the registry"
 * @param consequence what cannot be said now: "whether model version `1.0.0` is approved cannot be proven"
 */
export function notListedCompletely(
  what: string,
  { chainId, height }: Read,
  consequence: string,
  advice: string,
): R3mesError {
  return new R3mesError(
    'UNPROVABLE',
    `${what} on ${chainId} could not be listed completely at height ${height}, so ${consequence}. ${advice}`,
  )
}

export const OTHER_ENDPOINT = 'Name another endpoint first in `rpc-urls`, or try again later.'

/** The problem of one record that cannot be proven, saying what it is about. */
export function cannotBeProven(subject: string, problem: R3mesError): R3mesError {
  return new R3mesError('UNPROVABLE', `${subject} cannot be proven. ${problem.message}`, {
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    cause: problem,
  })
}
