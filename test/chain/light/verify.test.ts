import { describe, expect, it } from 'vitest'
import { hashHeader } from '../../../src/chain/light/header-hash.ts'
import type { LightBlock, TrustedBlock, Verdict } from '../../../src/chain/light/types.ts'
import { type VerifyOptions, verify, verifySelf } from '../../../src/chain/light/verify.ts'
import {
  aLightBlock,
  CHAIN_ID,
  filled,
  type LightBlockOptions,
  type Signer,
  setOf,
  signers,
  withCommit,
  withHeader,
} from '../../support/signed-blocks.ts'

const SECOND = 1_000_000_000n
const OK: Verdict = { ok: true }
const invalid = (why: string): Verdict => ({ ok: false, kind: 'invalid', why })
const FOUR = signers(1, 4)

function trustedBlock(options: Partial<LightBlockOptions> = {}): TrustedBlock {
  const { signedHeader } = aLightBlock({ height: 10n, validators: FOUR, ...options })
  return { signedHeader, nextValidators: setOf(options.next ?? options.validators ?? FOUR) }
}

/** Verifies a block at second 100, with a trusting period of 1,000 s and 10 s of drift. */
function step(untrusted: LightBlock, options: Partial<VerifyOptions> = {}): Verdict {
  return verify({
    trusted: trustedBlock(),
    untrusted,
    trustingPeriodNs: 1_000n * SECOND,
    maxClockDriftNs: 10n * SECOND,
    nowNs: 100n * SECOND,
    ...options,
  })
}

/** The rules hold for the next height and for one further on alike. */
describe.each([
  ['adjacent', 11n],
  ['skipping', 20n],
])('an %s step', (_name, height) => {
  const block = (options: Partial<LightBlockOptions> = {}) =>
    aLightBlock({ height, validators: FOUR, ...options })

  it('verifies a block that the trusted validators signed', () => {
    expect(step(block())).toEqual(OK)
  })

  it('needs a trusted header within the trusting period, to the nanosecond', () => {
    const age = 90n * SECOND
    expect(step(block(), { trustingPeriodNs: age + 1n })).toEqual(OK)
    expect(step(block(), { trustingPeriodNs: age })).toEqual({
      ok: false,
      kind: 'expired',
      why: 'the trusted header is older than the trusting period',
    })
  })

  it('says that trust expired before it says anything of the other header', () => {
    expect(step(withHeader(block(), { chainId: 'other' }), { trustingPeriodNs: 1n })).toMatchObject({
      kind: 'expired',
    })
  })

  it('refuses a header of another chain', () => {
    const other = trustedBlock({ header: { chainId: 'light-test-2' } })
    expect(step(block(), { trusted: other })).toEqual(invalid('it belongs to another chain'))
  })

  it('refuses a header that its commit was not for', () => {
    for (const change of [
      { appHash: filled(0) },
      { nextValidatorsHash: filled(0) },
      { dataHash: filled(0) },
    ]) {
      expect(step(withHeader(block(), change))).toEqual(invalid('its commit is for another block'))
    }
  })

  it('refuses a commit of another height', () => {
    const commit = { height: height + 1n }
    expect(step(withCommit(block(), commit))).toEqual(
      invalid(`its commit is for height ${height + 1n}, the header has ${height}`),
    )
  })

  it('refuses a commit for nil, or for half a block id', () => {
    const nil = { hash: new Uint8Array(), partSetHeader: { total: 0, hash: new Uint8Array() } }
    expect(step(withCommit(block(), { blockId: nil }))).toEqual(invalid('its commit is for nil'))
    const { blockId } = block().signedHeader.commit
    const half = { ...blockId, partSetHeader: { total: 0, hash: new Uint8Array() } }
    expect(step(withCommit(block(), { blockId: half }))).toEqual(
      invalid('the block id of its commit is incomplete'),
    )
  })

  it('refuses a time that is not after the trusted one', () => {
    expect(step(block({ seconds: 11n }))).toEqual(OK)
    for (const seconds of [10n, 9n]) {
      expect(step(block({ seconds }))).toEqual(
        invalid('its time is not after the time of the trusted header'),
      )
    }
  })

  it('refuses a time in the future, to the nanosecond', () => {
    expect(step(block({ header: { time: { seconds: 109n, nanos: 999_999_999 } } }))).toEqual(OK)
    expect(step(block({ seconds: 110n }))).toEqual(invalid('its time lies in the future'))
  })

  it('refuses validators that the header does not name', () => {
    expect(step({ ...block(), validators: setOf(signers(1, 5)) })).toEqual(
      invalid('its validators are not those that its validators_hash names'),
    )
  })

  it('refuses a block that no more than two thirds signed', () => {
    let votes = 0
    const vote = () => {
      votes += 1
      return votes > 2 ? 1 : 2
    }
    expect(step(block({ vote }))).toEqual(
      invalid('its commit is signed by 20 of 40 voting power, where more than 2/3 is needed'),
    )
  })

  it('refuses a block of another version', () => {
    expect(step(block({ header: { version: { block: 12n, app: 0n } } }))).toEqual(
      invalid('its block version is 12 instead of 11'),
    )
  })
})

describe('an adjacent step', () => {
  it('refuses validators that the trusted header did not name, however many of the trusted ones signed', () => {
    const block = aLightBlock({ height: 11n, validators: [...FOUR, ...signers(5, 5)] })
    expect(step(block)).toEqual(
      invalid('its validators are not those that the trusted header names as the next ones'),
    )
  })

  it('follows the trusted header to entirely other validators', () => {
    const next = signers(50, 53)
    const block = aLightBlock({ height: 11n, validators: next })
    expect(step(block, { trusted: trustedBlock({ next }) })).toEqual(OK)
  })
})

describe('a skipping step', () => {
  const skipTo = (validators: readonly Signer[]) => step(aLightBlock({ height: 20n, validators }))

  it('needs more than a third of the validators that come after the trusted header', () => {
    expect(skipTo([...signers(1, 2), ...signers(50, 60)])).toEqual(OK)
    expect(skipTo([...signers(1, 1), ...signers(50, 60)])).toMatchObject({
      ok: false,
      kind: 'not-enough-trust',
    })
  })

  it('trusts the next validators of the trusted header, not its own', () => {
    const trusted = trustedBlock({ next: signers(50, 53) })
    expect(step(aLightBlock({ height: 20n, validators: FOUR }), { trusted })).toMatchObject({
      kind: 'not-enough-trust',
    })
    expect(step(aLightBlock({ height: 20n, validators: signers(50, 53) }), { trusted })).toEqual(OK)
  })

  it('refuses a trusted set that the trusted header does not name', () => {
    const liars = signers(50, 53)
    const trusted = { ...trustedBlock(), nextValidators: setOf(liars) }
    expect(step(aLightBlock({ height: 20n, validators: liars }), { trusted })).toEqual(
      invalid('the trusted validators are not those that the trusted header names as the next ones'),
    )
  })

  it.each([10n, 9n, 1n])('refuses height %s after trusted height 10', (height) => {
    expect(step(aLightBlock({ height, seconds: 50n, validators: FOUR }))).toEqual(
      invalid(`its height ${height} is not above the trusted height 10`),
    )
  })
})

describe('a block without a trusted one', () => {
  const self = (block: LightBlock, chainId = CHAIN_ID) =>
    verifySelf(chainId, block, 10n * SECOND, 100n * SECOND)

  it('is signed by its own validators', () => {
    expect(self(aLightBlock({ height: 20n, validators: FOUR }))).toEqual(OK)
  })

  it('is refused when it breaks any rule that needs no trusted one', () => {
    const block = aLightBlock({ height: 20n, validators: FOUR })
    expect(self(block, 'light-test-2')).toEqual(invalid('it belongs to another chain'))
    expect(self(aLightBlock({ height: 110n, validators: FOUR }))).toEqual(
      invalid('its time lies in the future'),
    )
    expect(self(withHeader(block, { appHash: filled(0) }))).toEqual(
      invalid('its commit is for another block'),
    )
    expect(self({ ...block, validators: setOf(signers(1, 5)) })).toEqual(
      invalid('its validators are not those that its validators_hash names'),
    )
    expect(self(aLightBlock({ height: 20n, validators: FOUR, vote: () => 3 }))).toMatchObject({ ok: false })
  })

  it('is refused when another chain id was put into a header that keeps its commit', () => {
    const block = aLightBlock({ height: 20n, validators: FOUR })
    const header = { ...block.signedHeader.header, chainId: 'light-test-2' }
    const blockId = { ...block.signedHeader.commit.blockId, hash: hashHeader(header) }
    const moved = withCommit(withHeader(block, header), { blockId })
    expect(self(moved, 'light-test-2')).toEqual(invalid('signature 0 of its commit is wrong'))
  })
})
