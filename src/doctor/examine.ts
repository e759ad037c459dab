/** Looks at everything that a run depends on, side by side, and changes nothing. */
import { type Environment, type RawInputs, refusePrivateKeys, type Settings } from '../ensure/index.ts'
import { openNetwork } from '../transfer/index.ts'
import { ANSWER_MS, type Asking, type ClockReading } from './ask.ts'
import { judgeCache } from './cache.ts'
import { examineEndpoints } from './chain.ts'
import { judgeClock } from './clock.ts'
import { diagnose } from './diagnosis.ts'
import { examineHub } from './hub.ts'
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
}

/** Milliseconds for all of it. Every question has its own, shorter limit. */
const WHOLE_MS = 25_000

/**
 * @param raw inputs as typed; variables and defaults fill in as in a run
 * @throws the signal's reason once it is aborted; else only for a bug
 */
export async function examine(raw: RawInputs, options: ExamineOptions): Promise<Diagnosis> {
  const { environment } = options
  const signal = AbortSignal.any([
    AbortSignal.timeout(WHOLE_MS),
    ...(options.signal === undefined ? [] : [options.signal]),
  ])
  const { settings, problems } = readableSettings(raw, environment)
  const proxies = judgeProxies(environment)
  const trust = await examineTrust(settings, environment, new Date())
  const groups = await Promise.all([
    judgeMachine(machineFacts()),
    examineCertificates(environment),
    proxies.findings,
    [...judgeTyped(raw), ...problems.map((problem) => problemOf('settings', 'Inputs', problem))],
    judgePrivateKeys(environment),
    examineStore(settings, signal),
    trust.findings,
    [judgeCache(environment, settings)],
    options.offline || !proxies.usable
      ? unasked(options.offline)
      : examineNetwork(settings, trust, environment, proxies.set, signal),
  ])
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
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const network = openNetwork({
    allowHosts: [],
    maxArtifactSize: settings.maxArtifactSize,
    environment,
    signal,
    timeouts: { connectMs: ANSWER_MS, firstByteMs: ANSWER_MS, stallMs: ANSWER_MS },
  })
  const clocks = new Map<string, ClockReading>()
  const asking: Asking = {
    dispatcher: network.dispatcher,
    signal,
    throughProxy,
    heardClock: (host, reading) => void clocks.set(host, reading),
  }
  try {
    const asksChain = decision?.basis.kind !== 'lockfile'
    const groups = await Promise.all([
      asksChain ? examineEndpoints(settings, asking) : unaskedChain(),
      decision === undefined ? [] : examineProof(settings, decision, asking),
      examineHub(settings, asking),
      examineGateways(settings, asking),
      examineMirrors(settings, asking),
      settings.sources.includes('ipfs') ? examineKubo(environment, asking).then((found) => [found]) : [],
    ])
    return [...groups.flat(), ...judgeClock(clocks, process.platform)]
  } finally {
    await network.close()
  }
}

function unaskedChain(): readonly Finding[] {
  return [{ topic: 'chain', subject: 'Endpoints', verdict: 'ok', text: 'not asked under `trust: lockfile`' }]
}
