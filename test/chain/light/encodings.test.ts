/**
 * Hashes and sign bytes against values that CometBFT 0.38.21's own Go code computed for the same data, and properties that hold for
 * all data.
 */
import { createHash } from 'node:crypto'
import { fromBinary } from '@bufbuild/protobuf'
import { sizeDelimitedPeek } from '@bufbuild/protobuf/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { voteSignBytes } from '../../../src/chain/light/canonical-vote.ts'
import { hashCommit } from '../../../src/chain/light/commit.ts'
import { hashHeader } from '../../../src/chain/light/header-hash.ts'
import { merkleRoot } from '../../../src/chain/light/merkle.ts'
import { ZERO_TIME } from '../../../src/chain/light/time.ts'
import { BLOCK_ID_FLAG, type Commit, type Header } from '../../../src/chain/light/types.ts'
import { addressOf, hashValidatorSet } from '../../../src/chain/light/validator-set.ts'
import { CanonicalVoteSchema } from '../../../src/gen/tendermint/types/canonical_pb.js'
import { filled } from '../../support/signed-blocks.ts'

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex')
const fromHex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const none = new Uint8Array()

/** 2024-02-29T23:59:58.120000003Z */
const LEAP_DAY = { seconds: 1_709_251_198n, nanos: 120_000_003 }

const header: Header = {
  version: { block: 11n, app: 7n },
  chainId: 'remes-testnet-1',
  height: 1_234_567n,
  time: LEAP_DAY,
  lastBlockId: { hash: filled(1), partSetHeader: { total: 3, hash: filled(2) } },
  lastCommitHash: filled(3),
  dataHash: filled(4),
  validatorsHash: filled(5),
  nextValidatorsHash: filled(6),
  consensusHash: filled(7),
  appHash: filled(8),
  lastResultsHash: filled(9),
  evidenceHash: filled(10),
  proposerAddress: filled(11, 20),
}

const commit: Commit = {
  height: 1_234_567n,
  round: 2,
  blockId: { hash: filled(1), partSetHeader: { total: 300, hash: filled(2) } },
  signatures: [
    { blockIdFlag: 2, validatorAddress: filled(1, 20), timestamp: LEAP_DAY, signature: filled(3, 64) },
    { blockIdFlag: 3, validatorAddress: filled(2, 20), timestamp: LEAP_DAY, signature: filled(4, 64) },
    { blockIdFlag: 1, validatorAddress: none, timestamp: ZERO_TIME, signature: none },
    {
      blockIdFlag: 2,
      validatorAddress: filled(5, 20),
      timestamp: { seconds: 0n, nanos: 0 },
      signature: filled(6, 64),
    },
  ],
}

describe('the Merkle tree', () => {
  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, '5397b75fcd025549e5c6c04c86b73ee49d8a3135745f4e082f08397d79fa37b3'],
    [3, '12c35e40e6189d661c70a762621a48f8bac032746c1712e8d6e73d7c1ef0beb1'],
    [5, 'db6d52ab524f99f572fb0198a6a87357ae59e2cbc2d54866ed2a7eee7b801c18'],
    [8, 'c596bdd1cd29b0aec1e58487d6f764fc058a66ec9b3b17836e08338c844c6bc1'],
    [13, '6299c5be9d3e70d3a62defbe4580d462368e8e03784415fdcbcc8d2b7fcc8f8b'],
  ])('has the root that CometBFT computes for %i leaves', (count, root) => {
    const leaves = Array.from({ length: count }, (_, index) => filled(index, index))
    expect(hex(merkleRoot(leaves))).toBe(root)
  })

  /** Built from the bottom up, level by level, an odd node carried over: another way to the same tree. */
  function rootByLevels(leaves: readonly Uint8Array[]): string {
    const sha256 = (...parts: readonly Uint8Array[]) =>
      createHash('sha256').update(Buffer.concat(parts)).digest()
    let level: readonly Uint8Array[] = leaves.map((leaf) => sha256(Uint8Array.of(0), leaf))
    while (level.length > 1) {
      const pairs = level.flatMap((left, index) =>
        index % 2 === 0 ? [[left, level[index + 1]] as const] : [],
      )
      level = pairs.map(([left, right]) =>
        right === undefined ? left : sha256(Uint8Array.of(1), left, right),
      )
    }
    return hex(level[0] ?? sha256())
  }

  const someLeaves = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 })

  it('is the tree that is built from the bottom up', () => {
    fc.assert(fc.property(someLeaves, (leaves) => hex(merkleRoot(leaves)) === rootByLevels(leaves)))
  })

  it('has another root for any other leaves, order or count', () => {
    const different = fc
      .tuple(someLeaves, someLeaves)
      .filter(([a, b]) => JSON.stringify(a.map(hex)) !== JSON.stringify(b.map(hex)))
    fc.assert(fc.property(different, ([a, b]) => hex(merkleRoot(a)) !== hex(merkleRoot(b))))
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.uint8Array({ minLength: 1 }), { minLength: 2, selector: hex }),
        (leaves) => {
          const [first, ...others] = leaves
          const swapped = first === undefined ? [] : [...others, first]
          return hex(merkleRoot(leaves)) !== hex(merkleRoot(swapped))
        },
      ),
    )
    fc.assert(
      fc.property(someLeaves, fc.uint8Array(), (leaves, more) => {
        return hex(merkleRoot(leaves)) !== hex(merkleRoot([...leaves, more]))
      }),
    )
  })

  it('takes no inner node for a leaf', () => {
    const [a, b] = [filled(1), filled(2)]
    const leafHash = (leaf: Uint8Array) => createHash('sha256').update(Uint8Array.of(0)).update(leaf).digest()
    const innerNode = Buffer.concat([leafHash(a), leafHash(b)])
    expect(hex(merkleRoot([innerNode]))).not.toBe(hex(merkleRoot([a, b])))
  })
})

describe('the header hash', () => {
  it('is what CometBFT computes when every field is set', () => {
    expect(hex(hashHeader(header))).toBe('47775ef65352afc67b55f41dc23dfa4ccbcead724ae3fb96bc396eded07722d5')
  })

  it('is what CometBFT computes when fields are empty and the time is 1970', () => {
    const first: Header = {
      version: { block: 11n, app: 0n },
      chainId: 'c',
      height: 1n,
      time: { seconds: 0n, nanos: 0 },
      lastBlockId: { hash: none, partSetHeader: { total: 0, hash: none } },
      lastCommitHash: none,
      dataHash: none,
      validatorsHash: filled(5),
      nextValidatorsHash: filled(6),
      consensusHash: none,
      appHash: none,
      lastResultsHash: none,
      evidenceHash: none,
      proposerAddress: filled(11, 20),
    }
    expect(hex(hashHeader(first))).toBe('02894131dc7b70657071126b473973d253678454b7bcf451802bb12388ab4153')
  })

  const oneFieldOff: Readonly<Record<string, Partial<Header>>> = {
    'version.block': { version: { block: 10n, app: 7n } },
    'version.app': { version: { block: 11n, app: 8n } },
    chainId: { chainId: 'remes-testnet-2' },
    height: { height: 1_234_568n },
    'time.seconds': { time: { ...LEAP_DAY, seconds: LEAP_DAY.seconds + 1n } },
    'time.nanos': { time: { ...LEAP_DAY, nanos: 120_000_004 } },
    'lastBlockId.hash': { lastBlockId: { ...header.lastBlockId, hash: filled(0) } },
    'lastBlockId.total': { lastBlockId: { hash: filled(1), partSetHeader: { total: 4, hash: filled(2) } } },
    'lastBlockId.parts': { lastBlockId: { hash: filled(1), partSetHeader: { total: 3, hash: filled(3) } } },
    lastCommitHash: { lastCommitHash: filled(0) },
    dataHash: { dataHash: filled(0) },
    validatorsHash: { validatorsHash: filled(0) },
    nextValidatorsHash: { nextValidatorsHash: filled(0) },
    consensusHash: { consensusHash: filled(0) },
    appHash: { appHash: filled(0) },
    lastResultsHash: { lastResultsHash: filled(0) },
    evidenceHash: { evidenceHash: filled(0) },
    proposerAddress: { proposerAddress: filled(0, 20) },
    'two neighbours swapped': { dataHash: header.lastCommitHash, lastCommitHash: header.dataHash },
  }

  it.each(Object.entries(oneFieldOff))('changes with %s', (_name, change) => {
    expect(hex(hashHeader({ ...header, ...change }))).not.toBe(hex(hashHeader(header)))
  })
})

describe('the sign bytes of a vote', () => {
  const BLOCK_ID =
    '22490a200101010101010101010101010101010101010101010101010101010101010101122508ac0212200202020202020202020202020202020202020202020202020202020202020202'
  const CHAIN = '320f72656d65732d746573746e65742d31'

  it.each([
    [
      'for the block',
      0,
      `7d08021187d6120000000000190200000000000000${BLOCK_ID}2a0b08feb484af0610839c9c39${CHAIN}`,
    ],
    [
      'for nil, without a block id',
      1,
      `3208021187d61200000000001902000000000000002a0b08feb484af0610839c9c39${CHAIN}`,
    ],
    ['that is absent', 2, `3208021187d61200000000001902000000000000002a0b088092b8c398feffffff01${CHAIN}`],
    ['in 1970, with an empty time', 3, `7208021187d6120000000000190200000000000000${BLOCK_ID}2a00${CHAIN}`],
  ])('%s are what CometBFT signs', (_name, index, bytes) => {
    expect(hex(voteSignBytes('remes-testnet-1', commit, index))).toBe(bytes)
  })

  it('leave out round 0, as CometBFT does', () => {
    expect(hex(voteSignBytes('remes-testnet-1', { ...commit, round: 0 }, 0))).toBe(
      `7408021187d6120000000000${BLOCK_ID}2a0b08feb484af0610839c9c39${CHAIN}`,
    )
  })

  it('decode to the fields they were made of, their length in front', () => {
    const vote = fc.record({
      chainId: fc.string({ maxLength: 50, unit: 'grapheme' }),
      height: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
      round: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      total: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      hash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      partsHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      seconds: fc.bigInt({ min: 0n, max: 253_402_300_799n }),
      nanos: fc.integer({ min: 0, max: 999_999_999 }),
      nil: fc.boolean(),
    })
    fc.assert(
      fc.property(vote, ({ chainId, height, round, total, hash, partsHash, seconds, nanos, nil }) => {
        const timestamp = { seconds, nanos }
        const bytes = voteSignBytes(
          chainId,
          {
            height,
            round,
            blockId: { hash, partSetHeader: { total, hash: partsHash } },
            signatures: [
              {
                blockIdFlag: nil ? BLOCK_ID_FLAG.nil : BLOCK_ID_FLAG.commit,
                validatorAddress: filled(1, 20),
                timestamp,
                signature: filled(1, 64),
              },
            ],
          },
          0,
        )
        const { size, offset } = sizeDelimitedPeek(bytes)
        expect(bytes.length).toBe((offset ?? 0) + (size ?? 0))
        const decoded = fromBinary(CanonicalVoteSchema, bytes.subarray(offset ?? 0))
        expect(decoded).toMatchObject({ type: 2, height, round: BigInt(round), chainId, timestamp })
        expect(decoded.blockId === undefined).toBe(nil)
        if (!nil) expect(decoded.blockId).toMatchObject({ hash, partSetHeader: { total, hash: partsHash } })
      }),
    )
  })
})

describe('the commit hash', () => {
  it('is what CometBFT computes, absent and nil votes included', () => {
    expect(hex(hashCommit(commit))).toBe('036169b36b900bbe02909100f9b72f131c752876cb9374138ef9dde3f8198039')
  })
})

describe('keys', () => {
  const ed25519 = {
    kind: 'ed25519',
    bytes: fromHex('7865728332e03a63b6442b42ef98eeb1d4befd1e9c5032b83d70f64e5f551a50'),
  } as const
  const secp256k1 = {
    kind: 'secp256k1',
    bytes: fromHex('02069b66b28711087b78dbf0e40bf9c93b1deeb08476e3eae1309d90f295487130'),
  } as const

  it('have the addresses that CometBFT derives', () => {
    expect(hex(addressOf(ed25519))).toBe('8c31dc5d886e28ffd48bbe6ee2e901c486794069')
    expect(hex(addressOf(secp256k1))).toBe('2a01ecfb888b0df7da104c7840bbf0358c1082d2')
    expect(addressOf({ kind: 'unknown', bytes: filled(1) })).toBeUndefined()
  })

  it('make the validator-set hash that CometBFT computes', () => {
    const validators = [
      { address: filled(0, 20), publicKey: secp256k1, votingPower: 2n ** 40n },
      { address: filled(0, 20), publicKey: ed25519, votingPower: 10n },
    ]
    expect(hex(hashValidatorSet({ validators, totalVotingPower: 2n ** 40n + 10n }))).toBe(
      '10eb58bb052bb3daa66e6f836da24701227d93fda234cd34b9c323d3f0798686',
    )
  })
})
