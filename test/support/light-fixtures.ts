/**
 * The model-based light-client cases of tendermint-rs, read through our own parser. They are not part of this project:
 * `CONFORMANCE_FIXTURES` names the folder that holds them.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseCommitAnswer, parseValidatorsAnswer } from '../../src/chain/light/parse.ts'
import { nanosecondsOf, parseTime } from '../../src/chain/light/time.ts'
import {
  BLOCK_ID_FLAG,
  type LightBlock,
  type TrustedBlock,
  type ValidatorSet,
} from '../../src/chain/light/types.ts'
import { compareValidators, validatorSetOf } from '../../src/chain/light/validator-set.ts'
import type { Checked } from '../../src/chain/node/answers.ts'
import { FIXTURES, fixture } from './conformance.ts'

export type FixtureVerdict = 'SUCCESS' | 'NOT_ENOUGH_TRUST' | 'INVALID'

export interface FixtureStep {
  /** Not ok: what the parser refuses, which is a verdict too. */
  readonly untrusted: Checked<LightBlock>
  readonly nextValidators: Checked<ValidatorSet>
  readonly nowNs: bigint
  readonly verdict: FixtureVerdict
  /** The answers as a node would give them, for mutations of JSON. */
  readonly answers: { readonly commit: Json; readonly validators: Json }
}

export interface LightFixture {
  readonly name: string
  readonly trusted: TrustedBlock
  readonly trustingPeriodNs: bigint
  readonly steps: readonly FixtureStep[]
}

type Json = Readonly<Record<string, unknown>>

interface RawBlockId {
  readonly hash: string
  readonly part_set_header: unknown
}

interface RawSignedHeader {
  readonly header: Json
  readonly commit: Json & { readonly block_id: RawBlockId; readonly signatures: readonly Json[] | null }
}

interface RawValidatorSet {
  readonly validators: readonly Json[]
}

interface RawFixture {
  readonly initial: {
    readonly signed_header: RawSignedHeader
    readonly next_validator_set: RawValidatorSet
    readonly trusting_period: string
  }
  readonly input: readonly {
    readonly block: {
      readonly signed_header: RawSignedHeader
      readonly validator_set: RawValidatorSet
      readonly next_validator_set: RawValidatorSet
    }
    readonly now: string
    readonly verdict: FixtureVerdict
  }[]
}

/** @throws Error when there is none: the fixtures are not what we took them for */
export function accepted<T>(checked: Checked<T>): T {
  if (!checked.ok) throw new Error(checked.why)
  return checked.value
}

/**
 * The fixtures follow tendermint-rs where its JSON differs from a node's: another name for the part set header, null for the
 * zero block id, 1970 as the time of an absent vote.
 */
function commitAnswer({ header, commit }: RawSignedHeader): Json {
  const { hash, part_set_header } = commit.block_id
  const lastBlockId = header['last_block_id'] ?? { hash: '', parts: { total: 0, hash: '' } }
  const signatures = commit.signatures?.map((vote) =>
    vote['block_id_flag'] === BLOCK_ID_FLAG.absent ? { ...vote, timestamp: '0001-01-01T00:00:00Z' } : vote,
  )
  return {
    signed_header: {
      header: { ...header, last_block_id: lastBlockId },
      commit: { ...commit, block_id: { hash, parts: part_set_header }, signatures: signatures ?? null },
    },
    canonical: true,
  }
}

type ValidatorsAnswer = Json & RawValidatorSet

function validatorsAnswer({ validators }: RawValidatorSet, height: unknown): ValidatorsAnswer {
  const count = String(validators.length)
  return { block_height: height, validators, count, total: count }
}

/** As the chain orders them: the fixtures list validators as they please. */
export function sortedSet(validators: ValidatorSet['validators']): Checked<ValidatorSet> {
  return validatorSetOf([...validators].sort(compareValidators))
}

function validatorSetFrom(raw: RawValidatorSet): Checked<ValidatorSet> {
  return sortedSet(accepted(parseValidatorsAnswer(validatorsAnswer(raw, '1'))).validators)
}

function lightBlockFrom(header: RawSignedHeader, validators: RawValidatorSet): Checked<LightBlock> {
  const signedHeader = parseCommitAnswer(commitAnswer(header))
  const set = validatorSetFrom(validators)
  if (!signedHeader.ok) return signedHeader
  return set.ok ? { ok: true, value: { signedHeader: signedHeader.value, validators: set.value } } : set
}

function nanoseconds(text: string): bigint {
  const time = parseTime(text)
  if (time === undefined) throw new Error(`no time: ${text}`)
  return nanosecondsOf(time)
}

/** As a node lists validators: by power, then by address. */
function inChainOrder(answer: ValidatorsAnswer): ValidatorsAnswer {
  const address = (validator: Json) => String(validator['address'])
  const power = (validator: Json) => Number(validator['voting_power'])
  const validators = answer.validators.toSorted(
    (a, b) => power(b) - power(a) || address(a).localeCompare(address(b), 'en'),
  )
  return { ...answer, validators }
}

function fixtureFrom(name: string, { initial, input }: RawFixture): LightFixture {
  return {
    name,
    trusted: {
      signedHeader: accepted(parseCommitAnswer(commitAnswer(initial.signed_header))),
      nextValidators: accepted(validatorSetFrom(initial.next_validator_set)),
    },
    trustingPeriodNs: BigInt(initial.trusting_period),
    steps: input.map(({ block, now, verdict }) => ({
      untrusted: lightBlockFrom(block.signed_header, block.validator_set),
      nextValidators: validatorSetFrom(block.next_validator_set),
      nowNs: nanoseconds(now),
      verdict,
      answers: {
        commit: commitAnswer(block.signed_header),
        validators: inChainOrder(validatorsAnswer(block.validator_set, block.signed_header.header['height'])),
      },
    })),
  }
}

/** Undefined when the folder is not named: tests that need the cases are skipped then. */
export function readLightFixtures(): readonly LightFixture[] | undefined {
  if (FIXTURES === undefined) return undefined
  return readdirSync(join(FIXTURES, 'light-client'))
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => fixtureFrom(file.replace(/\.json$/, ''), fixture('light-client', file) as RawFixture))
}

/** A step that verifies, with what is trusted before it. */
export interface AcceptedStep extends Omit<FixtureStep, 'untrusted' | 'verdict' | 'nextValidators'> {
  readonly name: string
  readonly trusted: TrustedBlock
  readonly trustingPeriodNs: bigint
  readonly untrusted: LightBlock
}

/** The steps of a case whose verdict is SUCCESS. Each trusts what the one before it verified. */
export function acceptedSteps(of: LightFixture): readonly AcceptedStep[] {
  let { trusted } = of
  return of.steps.flatMap((step, index) => {
    if (step.verdict !== 'SUCCESS') return []
    const { answers, nowNs } = step
    const untrusted = accepted(step.untrusted)
    const name = `${of.name}, step ${index + 1}`
    const found = { name, trusted, trustingPeriodNs: of.trustingPeriodNs, untrusted, answers, nowNs }
    trusted = { signedHeader: untrusted.signedHeader, nextValidators: accepted(step.nextValidators) }
    return [found]
  })
}
