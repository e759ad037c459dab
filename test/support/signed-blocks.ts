/** Light blocks with real signatures, built as a chain builds them, so that tests can bend one thing at a time. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { voteSignBytes } from '../../src/chain/light/canonical-vote.ts'
import { hashHeader } from '../../src/chain/light/header-hash.ts'
import { timestampOf, ZERO_TIME } from '../../src/chain/light/time.ts'
import {
  BLOCK_ID_FLAG,
  type BlockIdFlag,
  type Commit,
  type CommitSig,
  type Header,
  type LightBlock,
  type PublicKey,
  type Timestamp,
  type Validator,
  type ValidatorSet,
} from '../../src/chain/light/types.ts'
import { addressOf, compareValidators, hashValidatorSet } from '../../src/chain/light/validator-set.ts'

export const CHAIN_ID = 'light-test-1'

/** A validator that can sign. */
export interface Signer {
  readonly validator: Validator
  sign(message: Uint8Array): Uint8Array
}

const ED25519_SEED_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

function signerOf(key: KeyObject, publicKey: PublicKey, votingPower: bigint): Signer {
  const address = addressOf(publicKey)
  if (address === undefined) throw new Error('a signer needs a known kind of key')
  return {
    validator: { address, publicKey, votingPower },
    sign: (message) => new Uint8Array(sign(null, message, key)),
  }
}

/** @param number makes the key: the same number is the same validator */
export function aSigner(number: number, votingPower = 10n): Signer {
  const seed = Buffer.alloc(32)
  seed.writeUInt32BE(number, 0)
  const key = createPrivateKey({
    key: Buffer.concat([ED25519_SEED_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return signerOf(key, { kind: 'ed25519', bytes: new Uint8Array(spki.subarray(-32)) }, votingPower)
}

/** Validators `from` to `to`, both included, of equal power. */
export function signers(from: number, to: number, votingPower = 10n): readonly Signer[] {
  return Array.from({ length: to - from + 1 }, (_, index) => aSigner(from + index, votingPower))
}

/** The order `n` of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

function scalar(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

/** The other signature that ECDSA calls valid: R and order − S. */
export function withOtherS(signature: Uint8Array): Uint8Array {
  const other = (ORDER - scalar(signature.subarray(32))).toString(16).padStart(64, '0')
  return new Uint8Array([...signature.subarray(0, 32), ...Buffer.from(other, 'hex')])
}

/** A validator with a fresh secp256k1 key, which signs as CometBFT does: SHA-256, R and S, the lower S. */
export function aSecp256k1Signer(votingPower = 10n): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-64)
  const compressed = new Uint8Array([2 + ((point[63] ?? 0) & 1), ...point.subarray(0, 32)])
  return {
    ...signerOf(privateKey, { kind: 'secp256k1', bytes: compressed }, votingPower),
    sign(message) {
      const signature = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })
      return scalar(signature.subarray(32)) > ORDER / 2n ? withOtherS(signature) : new Uint8Array(signature)
    },
  }
}

/** A validator whose kind of key we do not know. It signs anything at all. */
export function aSignerOfUnknownKind(number: number, votingPower = 10n): Signer {
  return {
    validator: {
      address: new Uint8Array(20).fill(number),
      publicKey: { kind: 'unknown', bytes: new Uint8Array(96).fill(number) },
      votingPower,
    },
    sign: () => new Uint8Array(64).fill(number),
  }
}

function inOrder(some: readonly Signer[]): readonly Signer[] {
  return some.toSorted((a, b) => compareValidators(a.validator, b.validator))
}

export function setOf(some: readonly Signer[]): ValidatorSet {
  const validators = inOrder(some).map(({ validator }) => validator)
  return { validators, totalVotingPower: validators.reduce((sum, { votingPower }) => sum + votingPower, 0n) }
}

export interface LightBlockOptions {
  readonly height?: bigint
  /** Seconds since 1970; the height when not given. */
  readonly seconds?: bigint
  readonly validators: readonly Signer[]
  /** Of the next height; the same when not given. */
  readonly next?: readonly Signer[]
  /** How each validator votes, for the block when not given. */
  readonly vote?: (signer: Signer) => BlockIdFlag
  readonly header?: Partial<Header>
  /** What the commit says, before it is signed. */
  readonly commit?: Partial<Commit>
}

export const filled = (byte: number, length = 32): Uint8Array => new Uint8Array(length).fill(byte)

function headerOf({ height = 1n, seconds = height, validators, next, header }: LightBlockOptions): Header {
  return {
    version: { block: 11n, app: 0n },
    chainId: CHAIN_ID,
    height,
    time: timestampOf(seconds * 1_000_000_000n),
    lastBlockId: { hash: filled(1), partSetHeader: { total: 1, hash: filled(2) } },
    lastCommitHash: filled(3),
    dataHash: filled(4),
    validatorsHash: hashValidatorSet(setOf(validators)),
    nextValidatorsHash: hashValidatorSet(setOf(next ?? validators)),
    consensusHash: filled(5),
    appHash: filled(6),
    lastResultsHash: filled(7),
    evidenceHash: filled(8),
    proposerAddress: filled(9, 20),
    ...header,
  }
}

function unsigned(blockIdFlag: BlockIdFlag, { validator }: Signer, timestamp: Timestamp): CommitSig {
  if (blockIdFlag === BLOCK_ID_FLAG.absent) {
    return {
      blockIdFlag,
      validatorAddress: new Uint8Array(),
      timestamp: ZERO_TIME,
      signature: new Uint8Array(),
    }
  }
  return { blockIdFlag, validatorAddress: validator.address, timestamp, signature: new Uint8Array() }
}

/** A light block that its validators signed. */
export function aLightBlock(options: LightBlockOptions): LightBlock {
  const header = headerOf(options)
  const ordered = inOrder(options.validators)
  const vote = options.vote ?? (() => BLOCK_ID_FLAG.commit)
  const commit: Commit = {
    height: header.height,
    round: 0,
    blockId: { hash: hashHeader(header), partSetHeader: { total: 1, hash: filled(10) } },
    signatures: ordered.map((signer) => unsigned(vote(signer), signer, header.time)),
    ...options.commit,
  }
  const signatures = commit.signatures.map((entry, index) => {
    const signer = ordered[index]
    if (entry.blockIdFlag === BLOCK_ID_FLAG.absent || signer === undefined) return entry
    return { ...entry, signature: signer.sign(voteSignBytes(header.chainId, commit, index)) }
  })
  return {
    signedHeader: { header, commit: { ...commit, signatures } },
    validators: setOf(options.validators),
  }
}

/** The block with another commit: what a liar makes of it without the keys. */
export function withCommit(block: LightBlock, commit: Partial<Commit>): LightBlock {
  const { signedHeader } = block
  return { ...block, signedHeader: { ...signedHeader, commit: { ...signedHeader.commit, ...commit } } }
}

/** The block with another header under the same commit. */
export function withHeader(block: LightBlock, header: Partial<Header>): LightBlock {
  const { signedHeader } = block
  return { ...block, signedHeader: { ...signedHeader, header: { ...signedHeader.header, ...header } } }
}

/** The block with one vote changed, its signature left as it is. */
export function withVote(block: LightBlock, index: number, vote: Partial<CommitSig>): LightBlock {
  const { signatures } = block.signedHeader.commit
  return withCommit(block, {
    signatures: signatures.map((entry, at) => (at === index ? { ...entry, ...vote } : entry)),
  })
}
