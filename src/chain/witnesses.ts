/**
 * Asking the witnesses (CometBFT light client specification, `detector`): the primary may show a header that is properly signed
 * and yet of a fork, which only another endpoint can reveal.
 */
import { R3mesError, type Reporter } from '../core/index.ts'
import { MAX_CLOCK_DRIFT_NS } from './clock.ts'
import { ForkDetected } from './fork.ts'
import { nanosecondsOf } from './light/time.ts'
import type { LightBlock, SignedHeader, TrustedBlock } from './light/types.ts'
import { verifySelf } from './light/verify.ts'
import type { Endpoint } from './node/endpoint.ts'
import { headerHash } from './node/light-blocks.ts'
import { isUnfit } from './node/unfit.ts'
import type { Patience } from './patience.ts'
import { type SkippingRules, verifySkipping } from './skipping.ts'
import type { WitnessReport } from './types.ts'

export interface Examination {
  readonly chainId: string
  readonly primary: Endpoint
  /** The primary's header, verified from the trust root, or by itself under `quorum`. */
  readonly target: LightBlock
  /**
   * What a witness has to prove another header from. `quorum`: there is nothing to start from. `anchor`: the target is the anchor
   * itself.
   */
  readonly root: TrustedBlock | 'quorum' | 'anchor'
  readonly rules: SkippingRules
  readonly patience: Patience
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

/** A witness and its newest height, or why there is none. */
export interface AskedWitness {
  readonly endpoint: Endpoint
  readonly height: bigint | { readonly silent: string }
}

/**
 * Compares the target with what each witness has at its height.
 *
 * @throws R3mesError `FORK_DETECTED` when a witness proves another chain, `QUORUM_DISAGREES` when one shows another under `quorum`
 */
export async function examineWitnesses(
  examination: Examination,
  witnesses: readonly AskedWitness[],
): Promise<readonly WitnessReport[]> {
  const ended = new AbortController()
  const signal = AbortSignal.any([examination.signal, ended.signal])
  try {
    const reports = await Promise.all(
      witnesses.map((witness) => examine({ ...examination, signal }, witness)),
    )
    for (const { endpoint, verdict, why } of reports) {
      if (verdict !== 'agrees') {
        examination.reporter.warning(`The witness ${endpoint} does not count: ${why}.`)
      }
    }
    return reports
  } finally {
    // One that waits for its witness must not outlive the others' verdict.
    ended.abort()
  }
}

async function examine(examination: Examination, witness: AskedWitness): Promise<WitnessReport> {
  const report = (verdict: WitnessReport['verdict'], why = ''): WitnessReport => ({
    endpoint: witness.endpoint.provider.endpoint,
    verdict,
    why,
  })
  if (typeof witness.height !== 'bigint') return report('silent', witness.height.silent)
  const { height } = examination.target.signedHeader.header
  try {
    const reached = await waitFor(examination, witness.endpoint, witness.height)
    const shown = await witness.endpoint.provider.signedHeader(reached < height ? reached : height)
    if (isOnTheWay(shown, examination.target.signedHeader)) {
      return report('lagging', `it is at height ${reached}, below ${height}`)
    }
    if (headerHash(shown) === headerHash(examination.target.signedHeader)) return report('agrees')
    return report('conflicting', await whyUnproven(examination, witness.endpoint, shown))
  } catch (thrown) {
    if (isUnfit(thrown)) return report('silent', silence(thrown))
    throw thrown
  }
}

/**
 * Whether a chain with the target may have this header below it. Time rises with the height, so a lower header that is no older is
 * of another chain. Without this look a forged target far above the real chain would make every honest witness one that is behind
 * (CometBFT, `detector`: forward lunatic attack).
 */
function isOnTheWay({ header }: SignedHeader, { header: target }: SignedHeader): boolean {
  return header.height < target.height && nanosecondsOf(header.time) < nanosecondsOf(target.time)
}

/** Why an endpoint does not answer: the code and the first sentence, as a clause. */
export function silence(error: R3mesError): string {
  return `${error.code}, ${error.message.replace(/\.(?: .*)?$/s, '')}`
}

/** The witness's newest height, once it has reached the target's or the run's patience is over. */
async function waitFor(
  { target, patience, signal, reporter }: Examination,
  { provider }: Endpoint,
  height: bigint,
): Promise<bigint> {
  const wanted = target.signedHeader.header.height
  let reached = height
  if (reached < wanted) {
    reporter.info(`The witness ${provider.endpoint} is at height ${reached}; waiting for ${wanted}.`)
  }
  while (reached < wanted && (await patience.pause(signal))) {
    reached = (await provider.status()).latestHeight
  }
  return reached
}

/** Lets the witness prove the header that it showed. @returns why it could not, as a clause */
async function whyUnproven(
  examination: Examination,
  { provider }: Endpoint,
  signedHeader: SignedHeader,
): Promise<string> {
  const { target, root, rules, primary, chainId } = examination
  const wanted = target.signedHeader.header.height
  const { height } = signedHeader.header
  const isLower = height < wanted
  const other = isLower
    ? `its block ${height} is no older than block ${wanted}`
    : `it shows another header at height ${height}`
  if (root === 'anchor') return `${other}, which is the one you trust`
  // Not asked for a second time: the answer could be another one, and no conflict at all.
  const shown: LightBlock = { signedHeader, validators: await provider.validators(height) }
  if (root === 'quorum') {
    const verdict = verifySelf(chainId, shown, MAX_CLOCK_DRIFT_NS, rules.nowNs())
    if (!verdict.ok) return `${other}, but ${verdict.why}`
    const difference = isLower
      ? `show two chains: block ${wanted} of the first is no newer than block ${height} of the second`
      : `show different headers at height ${height}`
    throw new R3mesError(
      'QUORUM_DISAGREES',
      `The RPC endpoints ${primary.provider.endpoint} and ${provider.endpoint} ${difference}, and without an anchor nobody can say who is right. Name a \`trusted-height\` and \`trusted-hash\` from a source you trust, or remove the endpoint that you do not.`,
    )
  }
  try {
    await verifySkipping(provider, root, shown, rules)
  } catch (thrown) {
    const isFailure = thrown instanceof R3mesError && ['chain', 'trust'].includes(thrown.errorClass)
    if (!isFailure) throw thrown
    return `${other} and cannot prove it (${thrown.code})`
  }
  throw new ForkDetected(
    root.signedHeader,
    { endpoint: primary.provider.endpoint, block: target },
    { endpoint: provider.endpoint, block: shown },
  )
}
