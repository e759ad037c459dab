import type { ProofVerdict } from './types.ts'

/** Why a proof does not hold. The checks of this room return undefined when they find nothing. */
export type Refusal = Extract<ProofVerdict, { ok: false }>

export function invalid(why: string): Refusal {
  return { ok: false, kind: 'invalid', why }
}

export function unprovable(why: string): Refusal {
  return { ok: false, kind: 'unprovable', why }
}
