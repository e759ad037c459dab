/** The state that the devnet's chain starts from: the modules a Cosmos SDK 0.50 chain has, with little in them. */
import { create, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { DurationSchema } from '@bufbuild/protobuf/wkt'
import { REMES_STORE } from './chain.ts'
import { type IavlTree, iavlSet } from './iavl.ts'
import type { Multistore } from './multistore.ts'
import type { Signer } from './validators.ts'

const GENESIS_VERSION = 1n
const DENOM = 'uremes'

/** Store of x/staking, and the key of its parameters. */
export const STAKING_STORE = 'staking'
export const STAKING_PARAMS_KEY = Uint8Array.of(0x51)

type Entries = readonly (readonly [Uint8Array, Uint8Array])[]

/** @param validators have an account, a balance and an entry in x/staking each */
export function genesisStores(unbondingSeconds: number, validators: readonly Signer[]): Multistore {
  const addresses = validators.map(({ validator }) => validator.address)
  return new Map([
    ['acc', tree([...addresses.map((address, number) => [after(0x01, address), u64(number)] as const)])],
    [
      'bank',
      tree([
        [after(0x00, Buffer.from(DENOM)), Buffer.from('1000000000000')],
        ...addresses.map((address) => [balanceKey(address), Buffer.from('250000000')] as const),
      ]),
    ],
    ['gov', tree([[Uint8Array.of(0x03), u64(1)]])],
    ['group', tree([])],
    [REMES_STORE, tree([])],
    [
      STAKING_STORE,
      tree([
        [STAKING_PARAMS_KEY, stakingParams(unbondingSeconds)],
        ...validators.map(({ validator }) => {
          const { address, votingPower } = validator
          return [after(0x20, Uint8Array.of(address.length), address), u64(Number(votingPower))] as const
        }),
      ]),
    ],
    ['upgrade', tree([])],
  ])
}

function tree(entries: Entries): IavlTree {
  return entries.reduce<IavlTree>(
    (grown, [key, value]) => iavlSet(grown, key, value, GENESIS_VERSION),
    undefined,
  )
}

/** `cosmos.staking.v1beta1.Params`: unbonding_time 1, max_validators 2, max_entries 3, historical_entries 4, bond_denom 5. */
function stakingParams(unbondingSeconds: number): Uint8Array {
  const unbonding = toBinary(DurationSchema, create(DurationSchema, { seconds: BigInt(unbondingSeconds) }))
  return new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .bytes(unbonding)
    .tag(2, WireType.Varint)
    .uint32(100)
    .tag(3, WireType.Varint)
    .uint32(7)
    .tag(4, WireType.Varint)
    .uint32(10_000)
    .tag(5, WireType.LengthDelimited)
    .string(DENOM)
    .finish()
}

/** `0x02`, the address after its length, the denomination. */
function balanceKey(address: Uint8Array): Uint8Array {
  return after(0x02, Uint8Array.of(address.length), address, Buffer.from(DENOM))
}

function after(prefix: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(prefix), ...parts])
}

function u64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
