import { hashHeader, parseCommitAnswer, type SignedHeader } from '../../chain/index.ts'
import { commitJson, headerJson, upperHex } from '../comet-json.ts'
import { sha256 } from '../iavl.ts'
import type { Liar } from '../rpc.ts'
import { isObject } from '../rpc-protocol.ts'
import { fieldOf } from './height-lies.ts'

/** Heights below the newest one that are lied about, so that older headers agree with everybody's. */
const NEWEST = 10n

/** Another app hash in the newest headers, hashed anew; the votes are those for the honest block. */
export function lyingWitness(): Liar {
  return {
    async run(method, params, ask) {
      const honest = await ask(method, params)
      if (method === 'status') {
        const signed = await ask('commit', {})
        const forged = forgedFrom(signed)
        const info = fieldOf(honest, 'sync_info')
        if (forged === undefined || !isObject(honest) || !isObject(info)) return honest
        return {
          ...honest,
          sync_info: {
            ...info,
            latest_block_height: String(forged.header.height),
            latest_block_hash: upperHex(forged.commit.blockId.hash),
            latest_app_hash: upperHex(forged.header.appHash),
          },
        }
      }
      if (method !== 'commit') return honest
      const latest = BigInt(String(fieldOf(await ask('status', {}), 'sync_info', 'latest_block_height')))
      const forged = forgedFrom(honest)
      if (forged === undefined || forged.header.height <= latest - NEWEST) return honest
      return {
        signed_header: { header: headerJson(forged.header), commit: commitJson(forged.commit) },
        canonical: fieldOf(honest, 'canonical'),
      }
    },
  }
}

function forgedFrom(result: unknown): SignedHeader | undefined {
  const parsed = parseCommitAnswer(result)
  if (!parsed.ok) return undefined
  const { header, commit } = parsed.value
  const lied = { ...header, appHash: sha256(header.appHash) }
  return { header: lied, commit: { ...commit, blockId: { ...commit.blockId, hash: hashHeader(lied) } } }
}
