import { describe, expect, it } from 'vitest'
import { hashHeader } from '../../../src/chain/light/header-hash.ts'
import { parseCommitAnswer } from '../../../src/chain/light/parse.ts'
import { ZERO_TIME } from '../../../src/chain/light/time.ts'
import { filled } from '../../support/signed-blocks.ts'

const H = (byte: string, length = 32) => byte.repeat(length)
const SIGNATURE = Buffer.alloc(64, 3).toString('base64')

type Json = Readonly<Record<string, unknown>>

/** As CometBFT 0.38 writes it: `app` left out when zero, 64-bit numbers as text, an absent vote with Go's zero values. */
function header(changes: Json = {}): Json {
  return {
    version: { block: '11' },
    chain_id: 'remes-testnet-1',
    height: '1234567',
    time: '2024-02-29T23:59:58.120000003Z',
    last_block_id: { hash: H('01'), parts: { total: 3, hash: H('02') } },
    last_commit_hash: H('03'),
    data_hash: H('04'),
    validators_hash: H('05'),
    next_validators_hash: H('06'),
    consensus_hash: H('07'),
    app_hash: H('08'),
    last_results_hash: H('09'),
    evidence_hash: H('0A'),
    proposer_address: H('0B', 20),
    ...changes,
  }
}

const VOTE: Json = {
  block_id_flag: 2,
  validator_address: H('01', 20),
  timestamp: '2024-02-29T23:59:59Z',
  signature: SIGNATURE,
}
const ABSENT: Json = {
  block_id_flag: 1,
  validator_address: '',
  timestamp: '0001-01-01T00:00:00Z',
  signature: null,
}

function commit(changes: Json = {}): Json {
  return {
    height: '1234567',
    round: 0,
    block_id: { hash: H('0C'), parts: { total: 1, hash: H('0D') } },
    signatures: [VOTE, { ...VOTE, block_id_flag: 3 }, ABSENT],
    ...changes,
  }
}

const answer = (changes: { readonly header?: Json; readonly commit?: Json } = {}): Json => ({
  signed_header: { header: header(changes.header), commit: commit(changes.commit) },
  canonical: true,
})

const refusedHeader = (changes: Json) => parseCommitAnswer(answer({ header: changes }))
const refusedCommit = (changes: Json) => parseCommitAnswer(answer({ commit: changes }))
const refusedVote = (changes: Json) => refusedCommit({ signatures: [VOTE, { ...VOTE, ...changes }] })
const whyNot = (field: string) => ({ ok: false, why: `\`commit\` has no valid ${field}` })

describe('the answer to `commit`', () => {
  it('is read as CometBFT wrote it', () => {
    const parsed = parseCommitAnswer(answer())
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        header: {
          version: { block: 11n, app: 0n },
          chainId: 'remes-testnet-1',
          height: 1_234_567n,
          time: { seconds: 1_709_251_198n, nanos: 120_000_003 },
          lastBlockId: { hash: filled(1), partSetHeader: { total: 3, hash: filled(2) } },
          appHash: filled(8),
          proposerAddress: filled(11, 20),
        },
        commit: {
          height: 1_234_567n,
          round: 0,
          blockId: { hash: filled(12), partSetHeader: { total: 1, hash: filled(13) } },
          signatures: [
            { blockIdFlag: 2, validatorAddress: filled(1, 20), signature: filled(3, 64) },
            { blockIdFlag: 3 },
            { blockIdFlag: 1, timestamp: ZERO_TIME, signature: new Uint8Array() },
          ],
        },
      },
    })
  })

  it("gives the header of a chain's first block the hash that CometBFT gives it", () => {
    const first = refusedHeader({
      chain_id: 'c',
      height: '1',
      time: '1970-01-01T00:00:00Z',
      last_block_id: { hash: '', parts: { total: 0, hash: '' } },
      last_commit_hash: '',
      data_hash: '',
      consensus_hash: '',
      app_hash: '',
      last_results_hash: '',
      evidence_hash: '',
    })
    if (!first.ok) throw new Error(first.why)
    expect(Buffer.from(hashHeader(first.value.header)).toString('hex')).toBe(
      '02894131dc7b70657071126b473973d253678454b7bcf451802bb12388ab4153',
    )
  })

  it('may hold fields that we do not know', () => {
    const known = parseCommitAnswer(answer())
    const extended = parseCommitAnswer({
      ...answer({ header: { dah_hash: H('00') }, commit: { hash: [], bit_array: null } }),
      canonical: false,
      other: 1,
    })
    expect(extended).toEqual(known)
  })

  it.each([
    ['no object', null],
    ['a list', []],
    ['text', 'signed_header'],
  ])('is refused when it is %s', (_what, result) => {
    expect(parseCommitAnswer(result)).toEqual(whyNot('result'))
  })

  it('is refused without header or commit', () => {
    expect(parseCommitAnswer({})).toEqual(whyNot('signed_header'))
    expect(parseCommitAnswer({ signed_header: { commit: commit() } })).toEqual(whyNot('header'))
    expect(parseCommitAnswer({ signed_header: { header: header() } })).toEqual(whyNot('commit'))
  })

  it.each([
    ['header.height', { height: 1_234_567 }],
    ['header.height', { height: '01' }],
    ['header.height', { height: '-1' }],
    ['header.height', { height: '+1' }],
    ['header.height', { height: '1e3' }],
    ['header.height', { height: ' 1' }],
    ['header.height', { height: '9223372036854775808' }],
    ['header.version', { version: 11 }],
    ['header.version.block', { version: { block: 11 } }],
    ['header.version.app', { version: { block: '11', app: '18446744073709551616' } }],
    ['header.chain_id', { chain_id: 7 }],
    ['header.chain_id', { chain_id: 'lone \ud800 surrogate' }],
    ['header.time', { time: 1_709_251_198 }],
    ['header.time', { time: '2023-02-29T00:00:00Z' }],
    ['header.time', { time: '0001-01-01T00:00:00Z' }],
    ['header.last_block_id', { last_block_id: null }],
    ['header.last_block_id.parts', { last_block_id: { hash: '' } }],
    ['header.last_block_id.hash', { last_block_id: { hash: H('01', 31), parts: { total: 0, hash: '' } } }],
    [
      'header.last_block_id.parts.total',
      { last_block_id: { hash: '', parts: { total: 2 ** 32, hash: '' } } },
    ],
    ['header.last_block_id.parts.total', { last_block_id: { hash: '', parts: { total: '1', hash: '' } } }],
    ['header.last_commit_hash', { last_commit_hash: H('03', 33) }],
    ['header.last_commit_hash', { last_commit_hash: null }],
    ['header.data_hash', { data_hash: `${H('04', 31)}0` }],
    ['header.data_hash', { data_hash: H('0G') }],
    ['header.data_hash', { data_hash: `0x${H('04')}` }],
    ['header.validators_hash', { validators_hash: '' }],
    ['header.next_validators_hash', { next_validators_hash: '' }],
    ['header.consensus_hash', { consensus_hash: H('07', 20) }],
    ['header.app_hash', { app_hash: H('08', 65) }],
    ['header.app_hash', { app_hash: '0' }],
    ['header.last_results_hash', { last_results_hash: H('09', 16) }],
    ['header.evidence_hash', { evidence_hash: [1] }],
    ['header.proposer_address', { proposer_address: H('0B', 32) }],
    ['header.proposer_address', { proposer_address: '' }],
  ])('is refused with a wrong %s: %j', (field, changes) => {
    expect(refusedHeader(changes)).toEqual(whyNot(field))
  })

  it.each([
    ['commit.height', { height: null }],
    ['commit.round', { round: '0' }],
    ['commit.round', { round: -1 }],
    ['commit.round', { round: 0.5 }],
    ['commit.round', { round: 2 ** 31 }],
    ['commit.block_id', { block_id: [] }],
    ['commit.block_id.hash', { block_id: { hash: H('0C', 20), parts: { total: 1, hash: H('0D') } } }],
    ['commit.signatures', { signatures: { length: 1 } }],
    ['commit.signatures', { signatures: Array.from({ length: 10_001 }, () => ABSENT) }],
    ['commit.signatures[0]', { signatures: [null] }],
  ])('is refused with a wrong %s', (field, changes) => {
    expect(refusedCommit(changes)).toEqual(whyNot(field))
  })

  it.each([
    ['block_id_flag', { block_id_flag: 0 }],
    ['block_id_flag', { block_id_flag: 4 }],
    ['block_id_flag', { block_id_flag: '2' }],
    ['block_id_flag', { block_id_flag: null }],
    ['validator_address', { validator_address: '' }],
    ['validator_address', { validator_address: H('01', 32) }],
    ['timestamp', { timestamp: '0001-01-01T00:00:00Z' }],
    ['timestamp', { timestamp: null }],
    ['signature', { signature: SIGNATURE.replace('==', '') }],
    ['signature', { signature: `${SIGNATURE.slice(0, -3)}x==` }],
    ['signature', { signature: '-_-_' }],
    ['signature', { signature: ` ${SIGNATURE}` }],
    ['signature', { signature: 3 }],
    ['validator_address', { ...ABSENT, validator_address: H('01', 20) }],
    ['timestamp', { ...ABSENT, timestamp: 'never' }],
  ])('is refused with a wrong %s of a vote: %j', (field, changes) => {
    expect(refusedVote(changes)).toEqual(whyNot(`commit.signatures[1].${field}`))
  })

  it.each([
    ['its block version is 10 instead of 11', refusedHeader({ version: { block: '10' } })],
    ['its block version is 0 instead of 11', refusedHeader({ version: {} })],
    ['its height is not positive', refusedHeader({ height: '0' })],
    ['its chain id is too long', refusedHeader({ chain_id: 'é'.repeat(26) })],
    ['its commit has no signatures', refusedCommit({ signatures: [] })],
    ['its commit has no signatures', refusedCommit({ signatures: null })],
    ['its commit is for nil', refusedCommit({ block_id: { hash: '', parts: { total: 0, hash: '' } } })],
    [
      'the block id of its commit is incomplete',
      refusedCommit({ block_id: { hash: H('0C'), parts: { total: 0, hash: H('0D') } } }),
    ],
    ['signature 1 of its commit is empty', refusedVote({ signature: null })],
    [
      'signature 1 of its commit is longer than 64 bytes',
      refusedVote({ signature: Buffer.alloc(65).toString('base64') }),
    ],
    ['signature 1 of its commit is absent and not empty', refusedVote({ ...ABSENT, signature: SIGNATURE })],
    [
      'signature 1 of its commit is absent and has a time',
      refusedVote({ ...ABSENT, timestamp: '1970-01-01T00:00:00Z' }),
    ],
  ])('is refused when a rule is broken: %s', (rule, parsed) => {
    expect(parsed).toEqual({
      ok: false,
      why: `\`commit\` has a signed header that breaks a rule: ${rule}`,
    })
  })

  it('takes an app hash of any length that an application may choose, up to 64 bytes', () => {
    expect(refusedHeader({ app_hash: H('08', 64) }).ok).toBe(true)
    expect(refusedHeader({ app_hash: H('08', 1) }).ok).toBe(true)
  })
})
