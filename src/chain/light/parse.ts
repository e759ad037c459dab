/**
 * CometBFT 0.38's JSON answers to `commit` and `validators`, read field by field into the light client's data. Everything is the
 * node's to choose. What is read has the one form CometBFT writes; fields we do not know are ignored and never used.
 */

import { equalBytes } from '../bytes.ts'
import type { Checked } from '../node/answers.ts'
import {
  type Fields,
  fieldsOf,
  readBase64,
  readHeight,
  readHex,
  readInteger,
  readUint64,
} from '../node/json-fields.ts'
import { parseTime, ZERO_TIME } from './time.ts'
import {
  BLOCK_ID_FLAG,
  type BlockId,
  type BlockIdFlag,
  type Commit,
  type CommitSig,
  type Header,
  type PublicKey,
  type SignedHeader,
  type Timestamp,
  type Validator,
} from './types.ts'
import { validateCommit, validateHeader } from './validate-basic.ts'
import { addressOf } from './validator-set.ts'

/** `types.MaxVotesCount`: no validator set and no commit is larger. */
const MAX_VALIDATORS = 10_000
const MAX_INT32 = 2 ** 31 - 1
const MAX_UINT32 = 2 ** 32 - 1
const ADDRESS_LENGTH = 20
/** The application chooses its app hash; the Cosmos SDK's has 32 bytes. More than this is refused. */
const MAX_APP_HASH_LENGTH = 64
/** An unknown kind of key may be large. More than this is refused. */
const MAX_KEY_LENGTH = 1024

/** Thrown inside this file only, to leave nested readers; it never gets out. */
class Malformed extends Error {}

function checked<T>(what: string, read: () => T): Checked<T> {
  try {
    return { ok: true, value: read() }
  } catch (thrown) {
    if (thrown instanceof Malformed) return { ok: false, why: `\`${what}\` ${thrown.message}` }
    throw thrown
  }
}

/** @param path of the field, in CometBFT's names */
function required<T>(value: T | undefined, path: string): T {
  if (value === undefined) throw new Malformed(`has no valid ${path}`)
  return value
}

function readObject(value: unknown, path: string): Fields {
  return required(fieldsOf(value), path)
}

function readList(value: unknown, path: string): readonly unknown[] {
  // Go writes an empty list as null.
  const list = value ?? []
  if (!Array.isArray(list) || list.length > MAX_VALIDATORS) throw new Malformed(`has no valid ${path}`)
  return list
}

function readTime(value: unknown, path: string): Timestamp {
  return required(typeof value === 'string' ? parseTime(value) : undefined, path)
}

/** Bytes in hex, of one of these lengths. */
function readHexOf(value: unknown, lengths: readonly number[], path: string): Uint8Array {
  const bytes = required(readHex(value), path)
  if (!lengths.includes(bytes.length)) throw new Malformed(`has no valid ${path}`)
  return bytes
}

const readHash = (value: unknown, path: string) => readHexOf(value, [32], path)
/** The protocol leaves some hashes empty, at the first block for one. */
const readHashOrNone = (value: unknown, path: string) => readHexOf(value, [0, 32], path)

function readBlockId(value: unknown, path: string): BlockId {
  const fields = readObject(value, path)
  const parts = readObject(fields['parts'], `${path}.parts`)
  return {
    hash: readHashOrNone(fields['hash'], `${path}.hash`),
    partSetHeader: {
      total: required(readInteger(parts['total'], MAX_UINT32), `${path}.parts.total`),
      hash: readHashOrNone(parts['hash'], `${path}.parts.hash`),
    },
  }
}

function readChainId(value: unknown): string {
  // Lone surrogates have no UTF-8 form, so they cannot be hashed.
  return required(typeof value === 'string' && value.isWellFormed() ? value : undefined, 'header.chain_id')
}

function readAppHash(value: unknown): Uint8Array {
  const bytes = required(readHex(value), 'header.app_hash')
  return required(bytes.length <= MAX_APP_HASH_LENGTH ? bytes : undefined, 'header.app_hash')
}

function readHeader(value: unknown): Header {
  const fields = readObject(value, 'header')
  const version = readObject(fields['version'], 'header.version')
  const hash = (name: string) => readHash(fields[name], `header.${name}`)
  const hashOrNone = (name: string) => readHashOrNone(fields[name], `header.${name}`)
  return {
    // Go leaves a version out when it is zero.
    version: {
      block: required(readUint64(version['block'] ?? '0'), 'header.version.block'),
      app: required(readUint64(version['app'] ?? '0'), 'header.version.app'),
    },
    chainId: readChainId(fields['chain_id']),
    height: required(readHeight(fields['height']), 'header.height'),
    time: readTime(fields['time'], 'header.time'),
    lastBlockId: readBlockId(fields['last_block_id'], 'header.last_block_id'),
    lastCommitHash: hashOrNone('last_commit_hash'),
    dataHash: hashOrNone('data_hash'),
    validatorsHash: hash('validators_hash'),
    nextValidatorsHash: hash('next_validators_hash'),
    consensusHash: hashOrNone('consensus_hash'),
    appHash: readAppHash(fields['app_hash']),
    lastResultsHash: hashOrNone('last_results_hash'),
    evidenceHash: hashOrNone('evidence_hash'),
    proposerAddress: readHexOf(fields['proposer_address'], [ADDRESS_LENGTH], 'header.proposer_address'),
  }
}

const GO_ZERO_TIME = '0001-01-01T00:00:00Z'

function readCommitSig(value: unknown, index: number): CommitSig {
  const path = `commit.signatures[${index}]`
  const fields = readObject(value, path)
  const flag = fields['block_id_flag']
  const blockIdFlag: BlockIdFlag | undefined = Object.values(BLOCK_ID_FLAG).find((known) => known === flag)
  const absent = blockIdFlag === BLOCK_ID_FLAG.absent
  const time = fields['timestamp']
  return {
    blockIdFlag: required(blockIdFlag, `${path}.block_id_flag`),
    validatorAddress: readHexOf(
      fields['validator_address'],
      [absent ? 0 : ADDRESS_LENGTH],
      `${path}.validator_address`,
    ),
    timestamp: absent && time === GO_ZERO_TIME ? ZERO_TIME : readTime(time, `${path}.timestamp`),
    signature: required(readBase64(fields['signature']), `${path}.signature`),
  }
}

function readCommit(value: unknown): Commit {
  const fields = readObject(value, 'commit')
  return {
    height: required(readHeight(fields['height']), 'commit.height'),
    round: required(readInteger(fields['round'], MAX_INT32), 'commit.round'),
    blockId: readBlockId(fields['block_id'], 'commit.block_id'),
    signatures: readList(fields['signatures'], 'commit.signatures').map(readCommitSig),
  }
}

/** `commit`: `{signed_header: {header, commit}, canonical}`. Header and commit are well-formed, not yet verified. */
export function parseCommitAnswer(result: unknown): Checked<SignedHeader> {
  return checked('commit', () => {
    const signedHeader = readObject(readObject(result, 'result')['signed_header'], 'signed_header')
    const header = readHeader(signedHeader['header'])
    const commit = readCommit(signedHeader['commit'])
    const wrong = validateHeader(header) ?? validateCommit(commit)
    if (wrong !== undefined) throw new Malformed(`has a signed header that breaks a rule: ${wrong}`)
    return { header, commit }
  })
}

const KEY_KINDS = new Map([
  ['tendermint/PubKeyEd25519', { kind: 'ed25519', length: 32 }],
  ['tendermint/PubKeySecp256k1', { kind: 'secp256k1', length: 33 }],
] as const)
type KnownType = typeof KEY_KINDS extends Map<infer Name, unknown> ? Name : never

function readPublicKey(value: unknown, path: string): PublicKey {
  const fields = readObject(value, path)
  const type = required(typeof fields['type'] === 'string' ? fields['type'] : undefined, `${path}.type`)
  const bytes = required(readBase64(fields['value']), `${path}.value`)
  const known = KEY_KINDS.get(type as KnownType)
  const fits = known === undefined ? bytes.length <= MAX_KEY_LENGTH : bytes.length === known.length
  if (!fits) throw new Malformed(`has no valid ${path}.value`)
  return { kind: known?.kind ?? 'unknown', bytes }
}

function readValidator(value: unknown, index: number): Validator {
  const path = `validators[${index}]`
  const fields = readObject(value, path)
  const publicKey = readPublicKey(fields['pub_key'], `${path}.pub_key`)
  const claimed = readHexOf(fields['address'], [ADDRESS_LENGTH], `${path}.address`)
  const derived = addressOf(publicKey)
  if (derived !== undefined && !equalBytes(derived, claimed)) {
    throw new Malformed(`gives ${path} an address that is not the one of its key`)
  }
  const votingPower = required(readHeight(fields['voting_power']), `${path}.voting_power`)
  if (votingPower === 0n) throw new Malformed(`has no valid ${path}.voting_power`)
  return { address: derived ?? claimed, publicKey, votingPower }
}

/** One page of validators. */
export interface ValidatorsPage {
  readonly height: bigint
  readonly validators: readonly Validator[]
  /** As the node says: how many are on this page. */
  readonly count: number
  /** As the node says: how many the set has. Not limited here. */
  readonly total: number
}

function readCount(value: unknown, path: string): number {
  const count = required(readHeight(value), path)
  return required(count <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(count) : undefined, path)
}

/** `validators`: `{block_height, validators, count, total}`. */
export function parseValidatorsAnswer(result: unknown): Checked<ValidatorsPage> {
  return checked('validators', () => {
    const fields = readObject(result, 'result')
    return {
      height: required(readHeight(fields['block_height']), 'block_height'),
      validators: readList(fields['validators'], 'validators').map(readValidator),
      count: readCount(fields['count'], 'count'),
      total: readCount(fields['total'], 'total'),
    }
  })
}
