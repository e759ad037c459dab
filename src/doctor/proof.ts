/** The very way a run proves what is approved, as far as one record. */
import { type ChainEvidence, readProvenChain } from '../chain/index.ts'
import { silentReporter } from '../core/index.ts'
import { formatPeriod, type Settings, type TrustDecision } from '../ensure/index.ts'
import { ACTIVE_VERSIONS_KEY, REGISTRY_STORE } from '../registry/index.ts'
import { ANSWER_MS, type Asking } from './ask.ts'
import { problemOf } from './remedies.ts'
import { asProblem } from './thrown.ts'
import type { Finding } from './types.ts'

const topic = 'chain'
/** Milliseconds that endpoints which are behind may take to catch up. */
const PATIENCE_MS = 1_500
/** For the whole proof, in milliseconds. */
const LIMIT_MS = 12_000

/** Proves a header and a record from the basis of trust that a run would have. */
export async function examineProof(
  { rpcUrls, chainId, trust }: Pick<Settings, 'rpcUrls' | 'chainId' | 'trust'>,
  decision: TrustDecision,
  { dispatcher, signal }: Asking,
): Promise<readonly Finding[]> {
  const { basis } = decision
  if (basis.kind !== 'proven') return []
  try {
    const proven = await readProvenChain(
      {
        urls: rpcUrls,
        chainId,
        dispatcher,
        reporter: silentReporter,
        signal,
        basis: basis.basis,
        minWitnesses: trust.minWitnesses,
        maxHeaderAgeMs: trust.maxHeaderAge,
        timeoutMs: ANSWER_MS,
        patienceMs: PATIENCE_MS,
        pauseMs: 500,
        limitMs: LIMIT_MS,
      },
      async (reader, evidence) => {
        const record = await reader.get(REGISTRY_STORE, ACTIVE_VERSIONS_KEY)
        return { evidence, isEmpty: record.value === undefined }
      },
    )
    return judgeProof(proven.evidence, basis.trustingPeriod, new Date(), proven.isEmpty)
  } catch (thrown) {
    signal.throwIfAborted()
    return [problemOf(topic, 'Proof', asProblem(thrown))]
  }
}

/**
 * @param trustingPeriod milliseconds
 * @param isEmpty the chain is proven to have no active model
 */
export function judgeProof(
  { trust, target, anchor, trace, witnesses }: ChainEvidence,
  trustingPeriod: number,
  now: Date,
  isEmpty: boolean,
): readonly Finding[] {
  const from =
    anchor === undefined
      ? ''
      : ` from block ${anchor.height} in ${trace.length} ${trace.length === 1 ? 'step' : 'steps'}`
  const left = (anchor ?? target).time.getTime() + trustingPeriod - now.getTime()
  const record = isEmpty ? 'that no model is active' : 'which models are active'
  const findings: Finding[] = [
    {
      topic,
      subject: 'Proof',
      verdict: 'ok',
      text: `${trust}: block ${target.height} was proven${from}, and by it ${record}`,
    },
  ]
  if (left * 3 < trustingPeriod) {
    findings.push({
      topic,
      subject: 'Proof',
      verdict: 'note',
      text: `The block that trust starts from counts for ${formatPeriod(Math.max(0, left))} more.`,
      remedy: 'r3mes lock --update',
    })
  }
  return [...findings, ...witnesses.map(judgeWitness)]
}

function judgeWitness({ endpoint, verdict, why }: ChainEvidence['witnesses'][number]): Finding {
  const subject = `Witness ${endpoint}`
  if (verdict === 'agrees') return { topic, subject, verdict: 'ok', text: 'has the same block' }
  if (verdict !== 'conflicting') return { topic, subject, verdict: 'note', text: `${verdict}: ${why}` }
  return {
    topic,
    subject,
    verdict: 'problem',
    code: 'QUORUM_DISAGREES',
    text: `It showed another block and could not prove it: ${why}. A run goes on without it.`,
    remedy: 'take this endpoint out of `rpc-urls`, and keep what it said: it may be an attack',
  }
}
