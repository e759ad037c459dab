import { createHash } from 'node:crypto'
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { sha256 } from 'multiformats/hashes/sha2'
import type { Content } from './types.ts'

const DAG_PB = 0x70

/**
 * The CID of a flat UnixFS directory that holds these files under these names, as IPFS computes it: a dag-pb node with a
 * link for each file, sorted by name, whose data says that it is a directory.
 */
export function directoryCid(files: readonly { readonly path: string; readonly content: Content }[]): string {
  const node = new BinaryWriter()
  const sorted = files.toSorted((one, other) =>
    Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)),
  )
  for (const { path, content } of sorted) {
    const link = new BinaryWriter()
    link.tag(1, 2).bytes(CID.parse(content.cid).bytes)
    link.tag(2, 2).string(path)
    link.tag(3, 0).uint64(content.size)
    node.tag(2, 2).bytes(link.finish())
  }
  // dag-pb writes the links before the data. UnixFS: type (field 1) is directory (1).
  node.tag(1, 2).bytes(new BinaryWriter().tag(1, 0).uint32(1).finish())
  const digest = createHash('sha256').update(node.finish()).digest()
  return CID.createV1(DAG_PB, Digest.create(sha256.code, digest)).toString()
}
