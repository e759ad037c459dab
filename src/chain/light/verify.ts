/**
 * The light client's verification of one light block: CometBFT 0.38, `light/verifier.go`; in the specification
 * `spec/light-client/verification`, `ValidAndVerified`. Pure: it asks nobody and reads no clock.
 */
import { equalBytes } from '../bytes.ts'
import {
  DEFAULT_TRUST_LEVEL,
  type VoteCheck,
  verifyCommitLight,
  verifyCommitLightTrusting,
  voteCheck,
} from './commit.ts'
import { nanosecondsOf } from './time.ts'
import type { LightBlock, SignedHeader, TrustedBlock, Verdict } from './types.ts'
import { validateSignedHeader } from './validate-basic.ts'
import { hashValidatorSet } from './validator-set.ts'

export interface VerifyOptions {
  /** Height X, with the validators of X+1. Both are trusted. */
  readonly trusted: TrustedBlock
  /** Height Y, with the validators of Y. */
  readonly untrusted: LightBlock
  /** Nanoseconds. Shorter than the chain's unbonding time. */
  readonly trustingPeriodNs: bigint
  /** Nanoseconds that the header's time may lie ahead of `nowNs`. */
  readonly maxClockDriftNs: bigint
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  readonly nowNs: bigint
}

/** One rule. Undefined: it holds. */
type Step = () => Extract<Verdict, { readonly ok: false }> | undefined

/** The verdict of the first rule that does not hold. */
function inOrder(...steps: readonly Step[]): Verdict {
  for (const step of steps) {
    const refused = step()
    if (refused !== undefined) return refused
  }
  return { ok: true }
}

const invalid = (why: string) => ({ ok: false, kind: 'invalid', why }) as const
const refusal = (verdict: Verdict) => (verdict.ok ? undefined : verdict)
const timeOf = ({ header }: SignedHeader) => nanosecondsOf(header.time)

/** `HeaderExpired` */
export function isExpired(trusted: SignedHeader, trustingPeriodNs: bigint, nowNs: bigint): boolean {
  return timeOf(trusted) + trustingPeriodNs <= nowNs
}

const withinTrustingPeriod =
  ({ trusted, trustingPeriodNs, nowNs }: VerifyOptions): Step =>
  () =>
    isExpired(trusted.signedHeader, trustingPeriodNs, nowNs)
      ? { ok: false, kind: 'expired', why: 'the trusted header is older than the trusting period' }
      : undefined

const basicallyValid =
  (chainId: string, { signedHeader }: LightBlock): Step =>
  () => {
    const wrong = validateSignedHeader(chainId, signedHeader)
    return wrong === undefined ? undefined : invalid(wrong)
  }

const heightIncreases =
  ({ trusted, untrusted }: VerifyOptions): Step =>
  () => {
    const [from, to] = [trusted.signedHeader.header.height, untrusted.signedHeader.header.height]
    return to > from ? undefined : invalid(`its height ${to} is not above the trusted height ${from}`)
  }

const timeIncreases =
  ({ trusted, untrusted }: VerifyOptions): Step =>
  () =>
    timeOf(untrusted.signedHeader) > timeOf(trusted.signedHeader)
      ? undefined
      : invalid('its time is not after the time of the trusted header')

const notFromFuture =
  ({ signedHeader }: LightBlock, maxClockDriftNs: bigint, nowNs: bigint): Step =>
  () =>
    timeOf(signedHeader) < nowNs + maxClockDriftNs ? undefined : invalid('its time lies in the future')

const validatorsMatch =
  ({ signedHeader, validators }: LightBlock): Step =>
  () =>
    equalBytes(signedHeader.header.validatorsHash, hashValidatorSet(validators))
      ? undefined
      : invalid('its validators are not those that its validators_hash names')

/** `verifyNewHeaderAndVals` */
const newHeaderAndValidators = (options: VerifyOptions): readonly Step[] => [
  basicallyValid(options.trusted.signedHeader.header.chainId, options.untrusted),
  heightIncreases(options),
  timeIncreases(options),
  notFromFuture(options.untrusted, options.maxClockDriftNs, options.nowNs),
  validatorsMatch(options.untrusted),
]

const namedByTrustedHeader =
  ({ trusted, untrusted }: VerifyOptions): Step =>
  () =>
    equalBytes(untrusted.signedHeader.header.validatorsHash, trusted.signedHeader.header.nextValidatorsHash)
      ? undefined
      : invalid('its validators are not those that the trusted header names as the next ones')

/** Not in CometBFT, whose light store holds checked sets only: here a caller's mistake must not become trust. */
const trustedSetNamedByTrustedHeader =
  ({ trusted }: VerifyOptions): Step =>
  () =>
    equalBytes(trusted.signedHeader.header.nextValidatorsHash, hashValidatorSet(trusted.nextValidators))
      ? undefined
      : invalid('the trusted validators are not those that the trusted header names as the next ones')

const trustedByOneThird =
  ({ trusted, untrusted }: VerifyOptions, isSignedBy: VoteCheck): Step =>
  () =>
    refusal(
      verifyCommitLightTrusting(
        trusted.nextValidators,
        untrusted.signedHeader.commit,
        DEFAULT_TRUST_LEVEL,
        isSignedBy,
      ),
    )

const signedByTwoThirds =
  ({ signedHeader, validators }: LightBlock, isSignedBy: VoteCheck): Step =>
  () =>
    refusal(verifyCommitLight(validators, signedHeader.commit, isSignedBy))

/** `VerifyAdjacent`: the trusted header names the validators of the next block, so their signatures suffice. */
function verifyAdjacent(options: VerifyOptions): Verdict {
  const { trusted, untrusted } = options
  const isSignedBy = voteCheck(trusted.signedHeader.header.chainId, untrusted.signedHeader.commit)
  return inOrder(
    withinTrustingPeriod(options),
    ...newHeaderAndValidators(options),
    namedByTrustedHeader(options),
    signedByTwoThirds(untrusted, isSignedBy),
  )
}

/**
 * `VerifyNonAdjacent`: a skipping step. More than a third of the power that the trusted header names signed the block too,
 * so at least one correct validator did.
 */
function verifyNonAdjacent(options: VerifyOptions): Verdict {
  const { trusted, untrusted } = options
  const isSignedBy = voteCheck(trusted.signedHeader.header.chainId, untrusted.signedHeader.commit)
  return inOrder(
    withinTrustingPeriod(options),
    ...newHeaderAndValidators(options),
    trustedSetNamedByTrustedHeader(options),
    trustedByOneThird(options, isSignedBy),
    // Last, since a node may give a very large set of its own.
    signedByTwoThirds(untrusted, isSignedBy),
  )
}

/** `Verify`: whether the trusted block is reason enough to trust the other one. */
export function verify(options: VerifyOptions): Verdict {
  const { trusted, untrusted } = options
  const next = trusted.signedHeader.header.height + 1n
  return untrusted.signedHeader.header.height === next ? verifyAdjacent(options) : verifyNonAdjacent(options)
}

/**
 * All that can be said of a light block without a trusted one: it is well-formed, of this chain, not from the future, and
 * more than 2/3 of the validators that it names itself signed it. CometBFT does this to the first block of a light client
 * (`light/client.go`, `initializeWithTrustOptions`), where something else must say that these validators are the chain's.
 */
export function verifySelf(
  chainId: string,
  block: LightBlock,
  maxClockDriftNs: bigint,
  nowNs: bigint,
): Verdict {
  const isSignedBy = voteCheck(chainId, block.signedHeader.commit)
  return inOrder(
    basicallyValid(chainId, block),
    notFromFuture(block, maxClockDriftNs, nowNs),
    validatorsMatch(block),
    signedByTwoThirds(block, isSignedBy),
  )
}
