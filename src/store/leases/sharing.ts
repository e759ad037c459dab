import type { Reporter, Sha256Hex } from '../../core/index.ts'
import type { Layout } from '../layout.ts'
import { type Claim, type ClaimOptions, claimantOf, claimsIn } from './claims.ts'
import { mayLive } from './liveness.ts'
import type { OpenLeases } from './open-leases.ts'

/** Downloads that processes share. */
export interface Sharing {
  /** Never fails for want of a claim: then the blob is brought twice, at worst. @throws the reason of the signal */
  claim(sha256: Sha256Hex, options?: ClaimOptions): Promise<Claim>
  /** The living session that brings a blob right now. */
  bringerOf(sha256: Sha256Hex): Promise<string | undefined>
  /** Stores that died while they brought a blob that is claimed here by now. */
  leftBy(sha256: Sha256Hex): readonly string[]
}

export function sharingIn(
  layout: Layout,
  { session, liveness }: OpenLeases,
  bytesOf: (sha256: Sha256Hex, tag: string) => Promise<number>,
  reporter: Reporter,
): Sharing {
  const folders = layout.leases
  const claims = session === undefined ? undefined : claimsIn({ folders, liveness, id: session.id, bytesOf })
  const left = new Map<Sha256Hex, readonly string[]>()
  return {
    async claim(sha256, options = {}) {
      try {
        const claim = await claims?.claim(sha256, options)
        if (claim === undefined) return unclaimed
        if (claim.leftBy.length > 0) left.set(sha256, claim.leftBy)
        return { ...claim, release: () => claim.release().catch((thrown) => note(reporter, thrown)) }
      } catch (thrown) {
        options.signal?.throwIfAborted()
        note(reporter, thrown)
        return unclaimed
      }
    },
    async bringerOf(sha256) {
      const claimant = await claimantOf(folders, sha256)
      if (claimant === undefined || claimant === session?.id) return undefined
      return mayLive(await liveness.stateOf(claimant)) ? claimant : undefined
    },
    leftBy: (sha256) => left.get(sha256) ?? [],
  }
}

const unclaimed: Claim = { waited: false, leftBy: [], release: async () => {} }

function note(reporter: Reporter, thrown: unknown): void {
  reporter.debug(`A download could not be shared: ${String(thrown)}`)
}
