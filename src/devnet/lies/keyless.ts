import type { Liar } from '../rpc.ts'
import {
  commandInError,
  endlessPages,
  missingBatchMember,
  prunedHeight,
  truncatedJson,
  wrongRpcId,
} from './answer-lies.ts'
import { laggingWitness, staleHeight } from './height-lies.ts'
import { lyingWitness } from './lying-witness.ts'
import type { KeylessLie } from './modes.ts'
import {
  forgedProof,
  forgedValue,
  hiddenKey,
  otherHeightProof,
  otherKeyProof,
  wrongNeighbours,
} from './record-lies.ts'

const LIARS: Readonly<Record<KeylessLie, (newBlock: () => void) => Liar>> = {
  'forged-value': forgedValue,
  'forged-proof': forgedProof,
  'other-key-proof': otherKeyProof,
  'other-height-proof': otherHeightProof,
  'hidden-key': hiddenKey,
  'wrong-neighbours': wrongNeighbours,
  'stale-height': staleHeight,
  'frozen-tip': staleHeight,
  'lying-witness': lyingWitness,
  'lagging-witness': laggingWitness,
  'endless-pages': endlessPages,
  'truncated-json': truncatedJson,
  'wrong-rpc-id': wrongRpcId,
  'missing-batch-member': missingBatchMember,
  'pruned-height': prunedHeight,
  'command-in-error': commandInError,
}

/**
 * What stands before one node while it lies. Some lies remember what they have told: each node needs a liar of its own.
 *
 * @param newBlock makes a block on the chain, where the lie can do so
 */
export function liarFor(mode: KeylessLie, newBlock: () => void): Liar {
  return LIARS[mode](newBlock)
}
