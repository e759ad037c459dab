/** A fork of a real chain, made with its own validators' keys: the same headers but for their app hash, signed anew. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import {
  type Commit,
  hashHeader,
  parseCommitAnswer,
  type SignedHeader,
  voteSignBytes,
  ZERO_TIME,
} from '../../src/chain/index.ts'
import { commitJson, headerJson } from '../../src/devnet/comet-json.ts'
import type { Liar } from '../../src/devnet/rpc.ts'
import type { RealValidator } from './real-chain.ts'

const PKCS8_ED25519 = '302e020100300506032b657004220420'
const NOTHING = new Uint8Array()

function keyOf({ privateKey }: RealValidator): KeyObject {
  const seed = privateKey.slice(0, 64)
  return createPrivateKey({ key: Buffer.from(PKCS8_ED25519 + seed, 'hex'), format: 'der', type: 'pkcs8' })
}

/** @param from the first height that is forged */
export function forgingLiar(chainId: string, from: bigint, validators: readonly RealValidator[]): Liar {
  const keys = new Map(validators.map((validator) => [validator.address, keyOf(validator)] as const))
  return {
    async run(method, params, ask) {
      const honest = await ask(method, params)
      if (method !== 'commit') return honest
      const parsed = parseCommitAnswer(honest)
      if (!parsed.ok || parsed.value.header.height < from) return honest
      const { header, commit } = forged(chainId, parsed.value, keys)
      return { signed_header: { header: headerJson(header), commit: commitJson(commit) }, canonical: true }
    },
  }
}

function forged(chainId: string, honest: SignedHeader, keys: ReadonlyMap<string, KeyObject>): SignedHeader {
  const appHash = honest.header.appHash.with(0, (honest.header.appHash[0] ?? 0) ^ 1)
  const header = { ...honest.header, appHash }
  const unsigned: Commit = {
    ...honest.commit,
    blockId: { ...honest.commit.blockId, hash: hashHeader(header) },
    // Who will not sign the fork did not vote.
    signatures: honest.commit.signatures.map((vote) =>
      keys.has(addressOf(vote.validatorAddress))
        ? { ...vote, blockIdFlag: 2 }
        : { blockIdFlag: 1, validatorAddress: NOTHING, timestamp: ZERO_TIME, signature: NOTHING },
    ),
  }
  const signatures = unsigned.signatures.map((vote, index) => {
    const key = keys.get(addressOf(vote.validatorAddress))
    if (key === undefined) return vote
    return { ...vote, signature: new Uint8Array(sign(null, voteSignBytes(chainId, unsigned, index), key)) }
  })
  return { header, commit: { ...unsigned, signatures } }
}

function addressOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase()
}
