/** The devnet's sample registry as the genesis of a real chain, so that one run can read the one and fetch from the other. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { readProvenChain } from '../../src/chain/index.ts'
import { type Devnet, versionKey } from '../../src/devnet/index.ts'
import { ModelVersionSchema } from '../../src/gen/remes/remes/v1/registry_pb.js'
import { proofOptions } from './proven-reads.ts'

type Entry = readonly [Uint8Array, Uint8Array]

/** All of the devnet's `remes` store. Versions are active from the first block, since a real chain starts there. */
export async function registryOf(devnet: Devnet): Promise<readonly Entry[]> {
  const world = { chainId: devnet.chainId, urls: [new URL(devnet.urls.rpc), new URL(devnet.urls.rpc2)] }
  const prefixes = ['a', 'g', 'm'].map((text) => Buffer.from(text))
  return await readProvenChain(proofOptions(world), async (reader) => {
    const lists = await Promise.all(prefixes.map((prefix) => reader.list('remes', prefix)))
    return lists.flatMap(({ entries }) => entries.map(({ key, value }) => fromStart([key, value])))
  })
}

const VERSION_PREFIX = Buffer.from(versionKey(0n)).subarray(0, -8)

function fromStart([key, value]: Entry): Entry {
  if (!Buffer.from(key).subarray(0, VERSION_PREFIX.length).equals(VERSION_PREFIX)) return [key, value]
  const version = fromBinary(ModelVersionSchema, value)
  return [key, toBinary(ModelVersionSchema, create(ModelVersionSchema, { ...version, activationHeight: 1n }))]
}
