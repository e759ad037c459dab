/** What the chain itself does to those who read it. */
import { fromBinary } from '@bufbuild/protobuf'
import { ApprovedAdapterSchema } from '../../gen/remes/remes/v1/registry_pb.js'
import { type Chain, REMES_STORE } from '../chain.ts'
import { adapterKey } from '../keys.ts'
import type { Ledger, Write } from '../ledger.ts'
import { type Registry, revokeAdapter } from '../seed.ts'
import { justAfter } from './store-answer.ts'

const ADAPTERS = adapterKey('')

/** One block writes empty entries left of every absent adapter; one more proves them. */
export function emptyNeighbours(chain: Chain, ledger: Ledger): () => void {
  const keys = [ADAPTERS, ...chain.list(ADAPTERS, chain.height).map(({ key }) => justAfter(key))]
  const write = (value: Uint8Array | undefined) => {
    ledger.append(keys.map((key): Write => ({ store: REMES_STORE, key, value })))
    ledger.append()
  }
  write(new Uint8Array())
  return () => write(undefined)
}

/** Revokes every adapter. @returns approves them again as they were */
export function revokeAll(chain: Chain, registry: Registry): () => void {
  const before = chain.list(ADAPTERS, chain.height)
  for (const { value } of before) {
    const { adapterId, status } = fromBinary(ApprovedAdapterSchema, value)
    if (status === 'active') revokeAdapter(registry, adapterId)
  }
  return () => {
    for (const { key, value } of before) registry.setRecord(key, value)
  }
}
