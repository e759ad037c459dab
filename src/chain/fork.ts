import { R3mesError } from '../core/index.ts'
import { upperHexOf } from './bytes.ts'
import type { LightBlock, SignedHeader } from './light/types.ts'

/** What one side of a fork showed. */
export interface ForkSide {
  readonly endpoint: string
  readonly block: LightBlock
}

/** What the two have in common that one chain cannot have. */
function contradictionOf(primary: ForkSide, witness: ForkSide): string {
  const [one, other] = [primary, witness].map(({ block }) => block.signedHeader.header.height)
  return one === other
    ? `show different headers at height ${one}`
    : `show two chains: block ${one} of the first is no newer than block ${other} of the second`
}

/**
 * Two headers of one height, or one above another that is no newer, each verified from the same trusted header. Validators with
 * a third of the power or more have signed both: someone has to look at it, so both are kept.
 */
export class ForkDetected extends R3mesError {
  /** Plain JSON: both light blocks and the trusted header, bytes in upper-case hex. */
  readonly evidence: unknown

  constructor(trusted: SignedHeader, primary: ForkSide, witness: ForkSide) {
    super(
      'FORK_DETECTED',
      `The RPC endpoints ${primary.endpoint} and ${witness.endpoint} ${contradictionOf(primary, witness)}, and both are properly signed. Either validators signed twice or someone holds their keys. Nothing was fetched: ask the chain's operators before you go on.`,
    )
    const { height } = primary.block.signedHeader.header
    this.evidence = plainJson({ height, trusted, primary, witness })
  }
}

/** Bytes as upper-case hex, 64-bit numbers as decimal text. */
function plainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return upperHexOf(value)
  if (Array.isArray(value)) return value.map(plainJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plainJson(each)]))
}
