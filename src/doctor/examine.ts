/** Looks at everything that a run depends on, side by side, and changes nothing. */
import { type Environment, type RawInputs, refusePrivateKeys, type Settings } from '../ensure/index.ts'
import { openNetwork } from '../transfer/index.ts'
import { ANSWER_MS, type Asking, type ClockReading } from './ask.ts'
import { judgeCache } from './cache.ts'
import { examineEndpoints } from './chain.ts'
import { judgeClock } from './clock.ts'
import { diagnose } from './diagnosis.ts'
import { examineHub } from './hub.ts'
import { type Check, inTime, type Limits } from './in-time.ts'
import { examineCertificates, judgeMachine, judgePrivateKeys, judgeProxies, machineFacts } from './machine.ts'
import { examineGateways, examineKubo, examineMirrors } from './places.ts'
import { examineProof } from './proof.ts'
import { readableSettings } from './readable-settings.ts'
import { problemOf } from './remedies.ts'
import { examineStore } from './store.ts'
import { asProblem } from './thrown.ts'
import { type ExaminedTrust, examineTrust } from './trust.ts'
import type { Diagnosis, Finding } from './types.ts'

export interface ExamineOptions {
  readonly environment: Environment
  /** True: nobody is asked over a network, this machine's own ports included. */
  readonly offline: boolean
  readonly signal?: AbortSignal
  /** Milliseconds for all of it. */
  readonly limitMs?: number
}

/** Milliseconds for all of it. Every question has its own, shorter limit. */
const WHOLE_MS = 25_000

/**
 * @param raw inputs as typed; variables and defaults fill in as in a run
 * @throws the signal's reason once it is aborted; else only for a bug
 */
export async function examine(raw: RawInputs, options: ExamineOptions): Promise<Diagnosis> {
  const { environment, signal, limitMs = WHOLE_MS } = options
  const limits: Limits = { whole: AbortSignal.timeout(limitMs), signal }
  const { settings, problems } = readableSettings(raw, environment)
  const proxies = judgeProxies(environment)
  const trust = await examineTrust(settings, environment, new Date())
  const groups = await Promise.all([
    judgeMachine(machineFacts()),
    examineCertificates(environment),
    proxies.findings,
    [...judgeTyped(raw), ...problems.map((problem) => problemOf('settings', 'Inputs', problem))],
    judgePrivateKeys(environment),
    inTime(
      {
        topic: 'store',
        subject: 'Disk',
        code: 'STORE_NOT_WRITABLE',
        work: (either) => examineStore(settings, either),
      },
      limits,
    ),
    trust.findings,
    [judgeCache(environment, settings)],
    options.offline || !proxies.usable
      ? unasked(options.offline)
      : examineNetwork(settings, trust, environment, proxies.set, limits),
  ])
  signal?.throwIfAborted()
  return diagnose(groups.flat())
}

/** A key on the command line would be refused by a run. */
function judgeTyped(raw: RawInputs): readonly Finding[] {
  try {
    refusePrivateKeys(raw)
    return []
  } catch (thrown) {
    return [problemOf('settings', 'Private key', asProblem(thrown))]
  }
}

function unasked(offline: boolean): readonly Finding[] {
  const text = offline ? 'not asked (`--offline`)' : 'not asked, since the proxy variables cannot be read'
  return [
    { topic: 'chain', subject: 'Endpoints', verdict: 'note', text },
    { topic: 'content', subject: 'Hosts', verdict: 'note', text },
  ]
}

async function examineNetwork(
  settings: Settings,
  { decision }: ExaminedTrust,
  environment: Environment,
  throughProxy: boolean,
  limits: Limits,
): Promise<readonly Finding[]> {
  const network = openNetwork({
    allowHosts: [],
    maxArtifactSize: settings.maxArtifactSize,
    environment,
    timeouts: { connectMs: ANSWER_MS, firstByteMs: ANSWER_MS, stallMs: ANSWER_MS },
  })
  const clocks = new Map<string, ClockReading>()
  const { dispatcher } = network
  const heardClock: Asking['heardClock'] = (host, reading) => void clocks.set(host, reading)
  const asking = (signal: AbortSignal): Asking => ({ dispatcher, signal, throughProxy, heardClock })
  const chain = { topic: 'chain', code: 'CHAIN_UNREACHABLE' } as const
  const content = { topic: 'content', code: 'SOURCES_EXHAUSTED' } as const
  const checks: readonly Check[] = [
    {
      ...chain,
      subject: 'Endpoints',
      work: async (signal) =>
        decision?.basis.kind === 'lockfile' ? unaskedChain() : examineEndpoints(settings, asking(signal)),
    },
    {
      ...chain,
      subject: 'Proof',
      work: async (signal) =>
        decision === undefined ? [] : examineProof(settings, decision, asking(signal)),
    },
    { ...content, subject: 'HuggingFace', work: (signal) => examineHub(settings, asking(signal)) },
    { ...content, subject: 'IPFS', work: (signal) => examineGateways(settings, asking(signal)) },
    { ...content, subject: 'Mirrors', work: (signal) => examineMirrors(settings, asking(signal)) },
    {
      ...content,
      subject: 'Kubo API',
      work: async (signal) =>
        settings.sources.includes('ipfs') ? [await examineKubo(environment, asking(signal))] : [],
    },
  ]
  try {
    const groups = await Promise.all(checks.map((check) => inTime(check, limits)))
    return [...groups.flat(), ...judgeClock(clocks, process.platform)]
  } finally {
    await network.close()
  }
}

function unaskedChain(): readonly Finding[] {
  return [{ topic: 'chain', subject: 'Endpoints', verdict: 'ok', text: 'not asked under `trust: lockfile`' }]
}
