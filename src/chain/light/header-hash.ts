/** The hash of a header, which is what validators sign: CometBFT 0.38, `types/block.go` `Header.Hash`. */
import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  BytesValueSchema,
  Int64ValueSchema,
  StringValueSchema,
  TimestampSchema,
} from '@bufbuild/protobuf/wkt'
import { BlockIDSchema } from '../../gen/tendermint/types/types_pb.js'
import { ConsensusSchema } from '../../gen/tendermint/version/types_pb.js'
import { merkleRoot } from './merkle.ts'
import type { Header } from './types.ts'

function encode<T extends DescMessage>(schema: T, message: MessageInitShape<T>): Uint8Array {
  return toBinary(schema, create(schema, message))
}

/**
 * `types/encoding_helper.go` `cdcEncode`: each field in a protobuf wrapper. An empty field becomes an empty leaf, as protobuf
 * omits what is zero.
 */
const cdcEncode = {
  text: (value: string) => encode(StringValueSchema, { value }),
  int64: (value: bigint) => encode(Int64ValueSchema, { value }),
  bytes: (value: Uint8Array) => encode(BytesValueSchema, { value }),
}

/** The Merkle root over the header's fields in the order they stand in it, 32 bytes. */
export function hashHeader(header: Header): Uint8Array {
  return merkleRoot([
    encode(ConsensusSchema, header.version),
    cdcEncode.text(header.chainId),
    cdcEncode.int64(header.height),
    encode(TimestampSchema, header.time),
    encode(BlockIDSchema, header.lastBlockId),
    cdcEncode.bytes(header.lastCommitHash),
    cdcEncode.bytes(header.dataHash),
    cdcEncode.bytes(header.validatorsHash),
    cdcEncode.bytes(header.nextValidatorsHash),
    cdcEncode.bytes(header.consensusHash),
    cdcEncode.bytes(header.appHash),
    cdcEncode.bytes(header.lastResultsHash),
    cdcEncode.bytes(header.evidenceHash),
    cdcEncode.bytes(header.proposerAddress),
  ])
}
