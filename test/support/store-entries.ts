/** Raw entries of a `remes` store, as a chain lays them out. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { ApprovedAdapterSchema } from '../../src/gen/remes/remes/v1/registry_pb.js'

export type StoreEntry = readonly [key: Uint8Array, value: Uint8Array]

/** An approved adapter under its key. */
export function adapterEntry(
  adapterId: string,
  fields: MessageInitShape<typeof ApprovedAdapterSchema> = {},
): StoreEntry {
  const record = create(ApprovedAdapterSchema, { adapterId, status: 'active', ...fields })
  return [Buffer.from(`adp_${adapterId}`), toBinary(ApprovedAdapterSchema, record)]
}
