/** How a run must end under each lie of a node, by what it trusts. */
import { expect } from 'vitest'
import type { LieMode } from '../../src/devnet/index.ts'
import type { EnsureResult } from '../../src/ensure/index.ts'

/** Whom a refusal names: the node that lied, or the one it was told to. */
type Named = 'rpc' | 'rpc2'

export type LieEnd =
  /** The run succeeds: the lie is noticed and gone around, or does not touch the run. */
  | { readonly survived: true }
  | { readonly survived: false; readonly code: string; readonly names?: readonly Named[] }

const survived = { survived: true } as const
const refused = (code: string, ...names: Named[]): LieEnd => ({ survived: false, code, names })

/** By mode: what becomes of a run from an anchor, and of one by quorum. Two nodes, one witness demanded. */
export const LIE_ENDS: Readonly<Record<LieMode, { readonly anchored: LieEnd; readonly quorum: LieEnd }>> = {
  'forged-value': both(refused('PROOF_INVALID', 'rpc')),
  'forged-proof': both(refused('PROOF_INVALID', 'rpc')),
  'other-key-proof': both(refused('PROOF_INVALID', 'rpc')),
  'other-height-proof': both(refused('PROOF_INVALID', 'rpc')),
  'hidden-key': both(refused('PROOF_INVALID', 'rpc')),
  'wrong-neighbours': both(refused('PROOF_INVALID', 'rpc')),
  // The domain or version cannot be proven complete; what is asked for by name is not touched.
  'empty-neighbour': both(survived),
  'stale-height': both(refused('CHAIN_STALE', 'rpc')),
  'frozen-tip': both(refused('CHAIN_STALE', 'rpc')),
  'other-chain': both(refused('CHAIN_ID_MISMATCH', 'rpc')),
  'fork-full': {
    anchored: refused('FORK_DETECTED', 'rpc', 'rpc2'),
    quorum: refused('QUORUM_DISAGREES', 'rpc', 'rpc2'),
  },
  'fork-third': {
    anchored: refused('HEADER_INVALID', 'rpc'),
    quorum: refused('QUORUM_DISAGREES', 'rpc', 'rpc2'),
  },
  // Its only witness is dropped, and one is demanded.
  'lying-witness': both(refused('WITNESS_MISSING', 'rpc2')),
  'lagging-witness': both(survived),
  'expired-header': { anchored: refused('TRUST_EXPIRED'), quorum: survived },
  'future-header': both(refused('CHAIN_STALE', 'rpc')),
  // Another primary takes over, but the first one is no witness either.
  'endless-pages': both(survived),
  'truncated-json': both(refused('WITNESS_MISSING', 'rpc')),
  'wrong-rpc-id': both(refused('WITNESS_MISSING', 'rpc')),
  'missing-batch-member': both(survived),
  'pruned-height': both(survived),
  'revoked-after-lock': both(refused('ADAPTER_REVOKED')),
  'command-in-error': both(refused('WITNESS_MISSING', 'rpc')),
}

function both(end: LieEnd) {
  return { anchored: end, quorum: end }
}

/** @param origins of the two nodes as the run knew them */
export function expectEnd(
  end: LieEnd,
  result: EnsureResult,
  origins: Readonly<Record<Named, string>>,
  contentRequests: number,
): void {
  if (end.survived) {
    expect(result.error).toBeUndefined()
    expect(result.success).toBe(true)
    return
  }
  expect(result.error?.code).toBe(end.code)
  for (const name of end.names ?? []) expect(result.error?.message).toContain(origins[name])
  expect(contentRequests).toBe(0)
  expect(result.artifacts).toEqual([])
}
