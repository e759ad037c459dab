/**
 * Every accepted step of the model-based cases, bent thousands of times: what is accepted still must mean the same. `SEED` in the
 * environment repeats a run, `MUTANTS` sets how many of each sort a step gets.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCommitAnswer, parseValidatorsAnswer } from '../../../src/chain/light/parse.ts'
import {
  BLOCK_ID_FLAG,
  type CommitSig,
  type LightBlock,
  type PublicKey,
  type Validator,
  type ValidatorSet,
} from '../../../src/chain/light/types.ts'
import { addressOf, validatorSetOf } from '../../../src/chain/light/validator-set.ts'
import { verify } from '../../../src/chain/light/verify.ts'
import { bendJson, bendText, bendValue, type Dice } from '../../support/bend.ts'
import { type AcceptedStep, acceptedSteps, readLightFixtures } from '../../support/light-fixtures.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const MUTANTS = Number(process.env['MUTANTS'] ?? 700)

const fixtures = readLightFixtures()
const steps = (fixtures ?? []).flatMap(acceptedSteps)

function throws(): readonly Dice[] {
  return fc.sample(fc.array(fc.nat(), { minLength: 16, maxLength: 16 }), { numRuns: MUTANTS, seed: SEED })
}

function isAccepted({ trusted, trustingPeriodNs, nowNs }: AcceptedStep, untrusted: LightBlock): boolean {
  return verify({ trusted, untrusted, trustingPeriodNs, maxClockDriftNs: 0n, nowNs }).ok
}

/** As a node's answers are read: undefined when they are refused before anything is verified. */
function readAnswers(commit: unknown, validators: unknown): LightBlock | undefined {
  const signedHeader = parseCommitAnswer(commit)
  const page = parseValidatorsAnswer(validators)
  if (!signedHeader.ok || !page.ok) return undefined
  const set = validatorSetOf(page.value.validators)
  return set.ok ? { signedHeader: signedHeader.value, validators: set.value } : undefined
}

interface PublicKeyAndPower {
  readonly bytes: Uint8Array
  readonly votingPower: bigint
}

function anEd25519Validator({ bytes, votingPower }: PublicKeyAndPower): Validator {
  const publicKey: PublicKey = { kind: 'ed25519', bytes }
  return { address: addressOf(publicKey) ?? new Uint8Array(), publicKey, votingPower }
}

const textOf = (value: unknown) =>
  JSON.stringify(value, (_key, entry) => {
    if (typeof entry === 'bigint') return `${entry}n`
    return entry instanceof Uint8Array ? Buffer.from(entry).toString('hex') : entry
  })

/** The power of the validators that signed both commits with the very same vote for the block. */
function commonPower(set: ValidatorSet, a: readonly CommitSig[], b: readonly CommitSig[]): bigint {
  const votes = new Set(a.filter(({ blockIdFlag }) => blockIdFlag === BLOCK_ID_FLAG.commit).map(textOf))
  const common = new Set(b.map(textOf).filter((vote) => votes.has(vote)))
  const addresses = new Set(
    b.filter((vote) => common.has(textOf(vote))).map(({ validatorAddress }) => textOf(validatorAddress)),
  )
  return set.validators
    .filter(({ address }) => addresses.has(textOf(address)))
    .reduce((sum, { votingPower }) => sum + votingPower, 0n)
}

/**
 * Why an accepted mutant is no lie: header, validators and what was signed are the same, and the votes that were left as they
 * were suffice by themselves. What may differ are votes that are not needed. Undefined: it means something else.
 */
function whyHarmless(
  { trusted }: AcceptedStep,
  original: LightBlock,
  mutant: LightBlock,
): string | undefined {
  const [a, b] = [original.signedHeader, mutant.signedHeader]
  if (textOf(a.header) !== textOf(b.header)) return undefined
  if (textOf(original.validators) !== textOf(mutant.validators)) return undefined
  const { signatures: votesA, ...signedA } = a.commit
  const { signatures: votesB, ...signedB } = b.commit
  if (textOf(signedA) !== textOf(signedB)) return undefined
  if (textOf(votesA) === textOf(votesB)) return 'it is the same'
  const own = commonPower(original.validators, votesA, votesB)
  if (own * 3n <= original.validators.totalVotingPower * 2n) return undefined
  if (b.header.height === trusted.signedHeader.header.height + 1n) return 'two thirds still sign it'
  const overlap = commonPower(trusted.nextValidators, votesA, votesB)
  return overlap * 3n > trusted.nextValidators.totalVotingPower ? 'enough still sign it' : undefined
}

/** Bends the step once for each throw of the dice and counts what became of it. @throws Error naming the first lie */
function bendAll(
  step: AcceptedStep,
  bend: (dice: Dice) => LightBlock | undefined,
): { refused: number; harmless: number } {
  const counts = { refused: 0, harmless: 0 }
  for (const dice of throws()) {
    const mutant = bend(dice)
    if (mutant === undefined || !isAccepted(step, mutant)) {
      counts.refused += 1
    } else if (whyHarmless(step, step.untrusted, mutant) !== undefined) {
      counts.harmless += 1
    } else {
      throw new Error(`accepted: dice ${dice.join(',')}, ${textOf(mutant)}`)
    }
  }
  return counts
}

describe(`a bent light block (SEED=${SEED})`, { timeout: 300_000 }, () => {
  it.skipIf(fixtures === undefined)('comes from accepted steps (CONFORMANCE_FIXTURES)', () => {
    expect(steps.length).toBeGreaterThan(41)
    for (const step of steps) {
      expect(isAccepted(step, step.untrusted)).toBe(true)
      expect(readAnswers(step.answers.commit, step.answers.validators)).toEqual(step.untrusted)
    }
  })

  for (const step of steps) {
    const { answers, untrusted } = step
    describe(`of ${step.name}`, () => {
      it('is refused or means the same when fields of the answers were changed', () => {
        const { refused } = bendAll(step, (dice) => {
          const [commit, validators] = bendJson([answers.commit, answers.validators], dice)
          return readAnswers(commit, validators)
        })
        expect(refused).toBeGreaterThan(0)
      })

      it('is refused or means the same when characters of the answers were changed', () => {
        const texts = [JSON.stringify(answers.commit), JSON.stringify(answers.validators)] as const
        const { refused } = bendAll(step, (dice) => {
          const [commit, validators] = bendText(texts, dice)
          return commit === undefined || validators === undefined
            ? undefined
            : readAnswers(commit, validators)
        })
        expect(refused).toBeGreaterThan(0)
      })

      it('is refused or means the same when parsed fields were changed', () => {
        const { signedHeader, validators } = untrusted
        // Addresses are not in it: no node chooses them, they follow from the keys.
        const keys = validators.validators.map(({ publicKey: { bytes }, votingPower }) => ({
          bytes,
          votingPower,
        }))
        const { refused } = bendAll(step, (dice) => {
          const bent = bendValue({ signedHeader, keys }, dice)
          const set = validatorSetOf(bent.keys.map(anEd25519Validator))
          return set.ok ? { signedHeader: bent.signedHeader, validators: set.value } : undefined
        })
        expect(refused).toBeGreaterThan(0)
      })
    })
  }
})
