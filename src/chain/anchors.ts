/** From the headers a user trusts to the block that verification starts from. */
import { R3mesError } from '../core/index.ts'
import { upperHexOf } from './bytes.ts'
import type { SignedHeader, TrustedBlock } from './light/types.ts'
import { headerHash, type LightBlockProvider, trustedBlockOf } from './node/light-blocks.ts'
import { EndpointUnfit } from './node/unfit.ts'
import { assertYoung, type SkippingRules, verifySkipping } from './skipping.ts'
import type { Anchor, TrustBasis } from './types.ts'

type Anchored = Extract<TrustBasis, { kind: 'light-client' }>

/** Longer than any chain is old, in nanoseconds: no header is ever too old. */
export const ANY_AGE_NS = 2n ** 62n

/**
 * Throws unless this is the header that the anchor names. Its hash is the proof: every field of it is trusted from here on.
 */
function assertIsAnchor(
  { endpoint }: LightBlockProvider,
  chainId: string,
  anchor: Anchor,
  found: SignedHeader,
): void {
  if (headerHash(found) !== upperHexOf(anchor.hash)) {
    throw new R3mesError(
      'HEADER_INVALID',
      `The RPC endpoint ${endpoint} has header ${headerHash(found)} at height ${anchor.height}, but ${anchor.origin} says ${upperHexOf(anchor.hash)}. One of them is wrong: compare with a source you trust before you go on.`,
    )
  }
  if (found.header.chainId !== chainId) {
    throw new R3mesError(
      'CHAIN_ID_MISMATCH',
      `The header that ${anchor.origin} names belongs to another chain than ${chainId}. Correct \`chain-id\` or the anchor.`,
      { detail: found.header.chainId },
    )
  }
}

async function readAnchor(provider: LightBlockProvider, anchor: Anchor): Promise<SignedHeader> {
  try {
    return await provider.signedHeader(anchor.height)
  } catch (thrown) {
    if (!(thrown instanceof R3mesError) || thrown.code !== 'HEIGHT_PRUNED') throw thrown
    throw new EndpointUnfit(
      'HEIGHT_PRUNED',
      `The RPC endpoint ${provider.endpoint} does not hold block ${anchor.height}, where trust starts (${anchor.origin}). Name an endpoint in \`rpc-urls\` that keeps older blocks, or a newer anchor.`,
      { cause: thrown, ...(thrown.detail === undefined ? {} : { detail: thrown.detail }) },
    )
  }
}

async function openAnchor(
  provider: LightBlockProvider,
  chainId: string,
  anchor: Anchor,
): Promise<TrustedBlock> {
  const [signedHeader, nextValidators] = await Promise.all([
    readAnchor(provider, anchor),
    provider.validators(anchor.height + 1n),
  ])
  assertIsAnchor(provider, chainId, anchor, signedHeader)
  return trustedBlockOf(provider.endpoint, signedHeader, nextValidators)
}

/** Where trust starts. */
export interface TrustRoot {
  readonly anchor: Anchor
  readonly signedHeader: SignedHeader
  /** Undefined when the anchor is the target itself, so that nothing is to be verified from it. */
  readonly block: TrustedBlock | undefined
}

/** The anchor of the greatest height. */
export function newestAnchor(anchors: Anchored['anchors']): Anchor {
  return anchors.reduce((best, each) => (each.height > best.height ? each : best))
}

/** An older anchor must lead to the newest by verification, whatever its age: the user trusts both, so they are of one chain. */
async function assertLeadsTo(
  provider: LightBlockProvider,
  chainId: string,
  older: Anchor,
  newest: Anchor,
  nowNs: SkippingRules['nowNs'],
): Promise<void> {
  const [from, to] = await Promise.all([
    openAnchor(provider, chainId, older),
    provider.lightBlock(newest.height),
  ])
  await verifySkipping(provider, from, to, { trustingPeriodNs: ANY_AGE_NS, nowNs })
  if (headerHash(to.signedHeader) !== upperHexOf(newest.hash)) {
    throw new R3mesError(
      'HEADER_INVALID',
      `What ${older.origin} trusts leads to another header at height ${newest.height} than ${newest.origin} names. Correct one of them.`,
    )
  }
}

/**
 * The newest anchor as a trusted block.
 *
 * @param target not below any anchor. When it is the anchor itself, it is compared here: nothing else of it is verified later.
 * @throws R3mesError `HEADER_INVALID`, `CHAIN_ID_MISMATCH`, `NOT_ENOUGH_TRUST`, `TRUST_EXPIRED`, and what the provider throws
 */
export async function openTrustRoot(
  provider: LightBlockProvider,
  chainId: string,
  { anchors }: Anchored,
  target: SignedHeader,
  rules: SkippingRules,
): Promise<TrustRoot> {
  const anchor = newestAnchor(anchors)
  for (const older of anchors.filter(({ height }) => height < anchor.height)) {
    await assertLeadsTo(provider, chainId, older, anchor, rules.nowNs)
  }
  if (anchor.height === target.header.height) {
    assertIsAnchor(provider, chainId, anchor, target)
    assertYoung(target, rules)
    return { anchor, signedHeader: target, block: undefined }
  }
  const block = await openAnchor(provider, chainId, anchor)
  return { anchor, signedHeader: block.signedHeader, block }
}
