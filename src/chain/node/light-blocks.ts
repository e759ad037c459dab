/** Light blocks as one endpoint serves them: `status`, `commit` and `validators` of CometBFT 0.38, parsed strictly. */
import { R3mesError } from '../../core/index.ts'
import { equalBytes, upperHexOf } from '../bytes.ts'
import { hashHeader } from '../light/header-hash.ts'
import { parseCommitAnswer, parseValidatorsAnswer } from '../light/parse.ts'
import type { LightBlock, SignedHeader, TrustedBlock, Validator, ValidatorSet } from '../light/types.ts'
import { hashValidatorSet, validatorSetOf } from '../light/validator-set.ts'
import { answeredWrongly } from './answered-wrongly.ts'
import { type Checked, checkStatus, type NodeStatus } from './answers.ts'
import type { JsonRpcClient } from './json-rpc.ts'

/** CometBFT's largest page. Nodes may give smaller ones. */
const PER_PAGE = 100
/** CometBFT's `MaxVotesCount`: no commit has more signatures. */
const MOST_VALIDATORS = 10_000
/** Pages smaller than this would be no help but to keep us asking. */
const LEAST_PER_PAGE = 10

/** What an endpoint can be asked about blocks. */
export interface LightBlockProvider {
  /** Origin. */
  readonly endpoint: string
  /** @throws R3mesError as the others; a node of another chain is not refused here */
  status(): Promise<NodeStatus>
  /**
   * @throws R3mesError `HEIGHT_PRUNED` when the node does not hold this height, or not yet; `CHAIN_UNREACHABLE`,
   * `CHAIN_RESPONSE_INVALID`
   */
  signedHeader(height: bigint): Promise<SignedHeader>
  /** The header with the validators of its height. Not verified. @throws R3mesError as {@link signedHeader} */
  lightBlock(height: bigint): Promise<LightBlock>
  /** The validators of a height. Not verified. @throws R3mesError as {@link signedHeader} */
  validators(height: bigint): Promise<ValidatorSet>
}

/** How nodes say that they do not hold a height: CometBFT's `commit`, `validators` and `block`. */
const NO_SUCH_HEIGHT =
  /height \d+ is not available|lowest height is|must be less than or equal to the current|could not find (?:validator set|commit|block)|no (?:commit|header|block) .*height/i

export function lightBlockProvider(client: JsonRpcClient): LightBlockProvider {
  const { endpoint } = client
  const invalid = (why: string, detail?: string) => answeredWrongly(endpoint, why, detail)

  /** @param height undefined for methods without one */
  async function ask<T>(
    method: string,
    params: Readonly<Record<string, string>>,
    check: (result: unknown) => Checked<T>,
  ): Promise<T> {
    const answer = await client.call(method, params)
    if (!answer.ok) {
      if (params['height'] !== undefined && NO_SUCH_HEIGHT.test(answer.text)) {
        throw new R3mesError(
          'HEIGHT_PRUNED',
          `The RPC endpoint ${endpoint} does not hold block ${params['height']}. Name an endpoint in \`rpc-urls\` that keeps older blocks.`,
          { detail: answer.text },
        )
      }
      throw invalid(`\`${method}\` failed`, answer.text)
    }
    const checked = check(answer.result)
    if (!checked.ok) throw invalid(checked.why)
    return checked.value
  }

  async function signedHeader(height: bigint): Promise<SignedHeader> {
    const found = await ask('commit', { height: height.toString() }, parseCommitAnswer)
    if (found.header.height !== height) {
      throw invalid(`\`commit\` has height ${found.header.height} instead of ${height}`)
    }
    return found
  }

  const validatorsPage = (height: bigint, page: number) =>
    ask(
      'validators',
      { height: height.toString(), page: String(page), per_page: String(PER_PAGE) },
      parseValidatorsAnswer,
    )

  /**
   * All pages of the validator set. The first page says how many there are and how large a page is; every other one must
   * agree, so a node can neither send us in circles nor make us ask without end.
   */
  async function validators(height: bigint): Promise<ValidatorSet> {
    const first = await validatorsPage(height, 1)
    const { total } = first
    const size = first.validators.length
    if (total < 1 || total > MOST_VALIDATORS) throw invalid(`\`validators\` claims ${total} validators`)
    if (size > PER_PAGE || size > total || (size < total && size < LEAST_PER_PAGE)) {
      throw invalid(`\`validators\` gives ${size} of ${total} validators on a page`)
    }
    const pages = Math.ceil(total / size)
    const others = await Promise.all(
      Array.from({ length: pages - 1 }, (_, index) => validatorsPage(height, index + 2)),
    )
    const all: Validator[] = []
    for (const [index, page] of [first, ...others].entries()) {
      const expected = Math.min(size, total - index * size)
      if (page.height !== height) {
        throw invalid(`\`validators\` answered for height ${page.height} instead of ${height}`)
      }
      if (page.total !== total || page.count !== expected || page.validators.length !== expected) {
        throw invalid(`page ${index + 1} of \`validators\` does not fit the others`)
      }
      all.push(...page.validators)
    }
    const set = validatorSetOf(all)
    if (!set.ok) throw invalid(`the validator set of height ${height} is none: ${set.why}`)
    return set.value
  }

  return {
    endpoint,
    status: () => ask('status', {}, checkStatus),
    signedHeader,
    validators,
    async lightBlock(height) {
      const [header, set] = await Promise.all([signedHeader(height), validators(height)])
      return { signedHeader: header, validators: set }
    },
  }
}

/**
 * A verified header with the validators of the next height, which it names: what the next verification starts from.
 *
 * @throws R3mesError `HEADER_INVALID` when the endpoint's validators are not those that the header names
 */
export function trustedBlockOf(
  endpoint: string,
  signedHeader: SignedHeader,
  nextValidators: ValidatorSet,
): TrustedBlock {
  const { header } = signedHeader
  if (!equalBytes(hashValidatorSet(nextValidators), header.nextValidatorsHash)) {
    throw new R3mesError(
      'HEADER_INVALID',
      `The RPC endpoint ${endpoint} gives validators for height ${header.height + 1n} that the header below does not name. Do not use it.`,
    )
  }
  return { signedHeader, nextValidators }
}

/** Upper-case hex, as CometBFT writes hashes. */
export function headerHash({ header }: SignedHeader): string {
  return upperHexOf(hashHeader(header))
}
