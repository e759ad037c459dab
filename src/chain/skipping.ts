/**
 * Skipping verification (CometBFT light client specification, `verification`): from a trusted header straight to the wanted one
 * when more than a third of the trusted power signed it, else over headers between them.
 */
import { R3mesError } from '../core/index.ts'
import { MAX_CLOCK_DRIFT_NS } from './clock.ts'
import { dateOf } from './light/time.ts'
import type { LightBlock, SignedHeader, TrustedBlock, Verdict } from './light/types.ts'
import { isExpired, verify } from './light/verify.ts'
import { type LightBlockProvider, trustedBlockOf } from './node/light-blocks.ts'
import { EndpointUnfit } from './node/unfit.ts'

export interface SkippingRules {
  /** In nanoseconds. A header that is older counts no longer. */
  readonly trustingPeriodNs: bigint
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint
}

type Refusal = Extract<Verdict, { ok: false }>

/** @throws R3mesError `TRUST_EXPIRED` for a header that is older than the trusting period */
export function assertYoung(trusted: SignedHeader, { trustingPeriodNs, nowNs }: SkippingRules): void {
  if (isExpired(trusted, trustingPeriodNs, nowNs())) throw expired(trusted)
}

function expired({ header: { height, time } }: SignedHeader): R3mesError {
  return new R3mesError(
    'TRUST_EXPIRED',
    `The trusted header at height ${height} is from ${dateOf(time).toISOString()}: older than the trusting period, so it can vouch for nothing any more. Renew it with \`r3mes lock --renew\`, or name a newer \`trusted-height\` and \`trusted-hash\`.`,
  )
}

const ADVICE = 'Do not use this endpoint, and keep what it said: it may be an attack.'

function refusalError(
  endpoint: string,
  trusted: TrustedBlock,
  untrusted: LightBlock,
  verdict: Refusal,
): R3mesError {
  const wanted = untrusted.signedHeader.header.height
  if (verdict.kind === 'expired') return expired(trusted.signedHeader)
  return new R3mesError(
    'HEADER_INVALID',
    `The header that the RPC endpoint ${endpoint} gives for height ${wanted} cannot be trusted: ${verdict.why}. ${ADVICE}`,
  )
}

/** A header between is needed and not there: another endpoint may have it. */
function bridgeMissing(endpoint: string, height: bigint, why: string, cause: unknown): R3mesError {
  return new EndpointUnfit(
    'NOT_ENOUGH_TRUST',
    `The validators changed too much to skip to the newest header (${why}), and the RPC endpoint ${endpoint} does not hold height ${height}, which would lead there. Name an endpoint in \`rpc-urls\` that keeps older blocks, or a newer anchor.`,
    { cause },
  )
}

async function pivotBlock(provider: LightBlockProvider, height: bigint, why: string): Promise<LightBlock> {
  try {
    return await provider.lightBlock(height)
  } catch (thrown) {
    if (thrown instanceof R3mesError && thrown.code === 'HEIGHT_PRUNED') {
      throw bridgeMissing(provider.endpoint, height, why, thrown)
    }
    throw thrown
  }
}

/**
 * Verifies `target` from `root`, with as few headers between as it takes.
 *
 * @returns the heights that were verified, `root` first and `target` last
 * @throws R3mesError `HEADER_INVALID`, `TRUST_EXPIRED`, `NOT_ENOUGH_TRUST` (a header between is not to be had), and what the
 * provider throws
 */
export async function verifySkipping(
  provider: LightBlockProvider,
  root: TrustedBlock,
  target: LightBlock,
  rules: SkippingRules,
): Promise<readonly bigint[]> {
  const trace = [root.signedHeader.header.height]
  /** Headers still to be verified, the nearest last. Each is halfway to the one before it, so there are 63 at most. */
  const ahead = [target]
  let trusted = root
  for (let next = ahead.at(-1); next !== undefined; next = ahead.at(-1)) {
    const { height } = next.signedHeader.header
    const verdict = verify({
      trusted,
      untrusted: next,
      trustingPeriodNs: rules.trustingPeriodNs,
      maxClockDriftNs: MAX_CLOCK_DRIFT_NS,
      nowNs: rules.nowNs(),
    })
    if (verdict.ok) {
      trace.push(height)
      ahead.pop()
      if (ahead.length > 0) {
        trusted = trustedBlockOf(provider.endpoint, next.signedHeader, await provider.validators(height + 1n))
      }
    } else if (verdict.kind === 'not-enough-trust') {
      const from = trusted.signedHeader.header.height
      ahead.push(await pivotBlock(provider, from + (height - from) / 2n, verdict.why))
    } else {
      throw refusalError(provider.endpoint, trusted, next, verdict)
    }
  }
  return trace
}
