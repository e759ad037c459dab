/** IPFS gateways, the Kubo node of this machine, mirrors: whether they answer. Nothing is downloaded. */
import type { Environment, Settings } from '../ensure/index.ts'
import { below, gatewayUrl, LOCAL_GATEWAY, PUBLIC_GATEWAYS } from '../sources/index.ts'
import { type Answered, type Asked, type Asking, ask } from './ask.ts'
import type { Explained } from './failure-words.ts'
import type { Finding } from './types.ts'

const topic = 'content'

/** The empty file, whose bytes are in the CID itself: what the gateway specification has probes ask for. */
const PROBE_PATH = 'ipfs/bafkqaaa'
/** Milliseconds for what would be on this machine. */
const LOCAL_MS = 1_000
const LOCAL_KUBO = new URL('http://127.0.0.1:5001')

export function unreachable(subject: string, { why, remedy, detail }: Explained): Finding {
  return {
    topic,
    subject,
    verdict: 'problem',
    code: 'SOURCES_EXHAUSTED',
    text: `It cannot be asked: ${why}.`,
    remedy,
    detail,
  }
}

interface AskedGateway {
  readonly url: URL
  readonly answer: Asked
}

/** The gateways that a run would ask. */
export async function examineGateways(
  { ipfsGateways, sources }: Pick<Settings, 'ipfsGateways' | 'sources'>,
  asking: Asking,
): Promise<readonly Finding[]> {
  if (!sources.includes('ipfs')) {
    return [{ topic, subject: 'IPFS', verdict: 'ok', text: 'not asked: `sources` leaves it out' }]
  }
  const askAt = async (url: URL, timeoutMs?: number): Promise<AskedGateway> => ({
    url,
    answer: await ask(asking, {
      url: below(url, PROBE_PATH),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    }),
  })
  if (ipfsGateways !== undefined) {
    const asked = await Promise.all(ipfsGateways.map((url) => askAt(gatewayUrl(url))))
    return asked.map(judgeGateway)
  }
  const [local, ...others] = await Promise.all([
    askAt(LOCAL_GATEWAY, LOCAL_MS),
    ...PUBLIC_GATEWAYS.map((url) => askAt(url)),
  ])
  return [judgeLocalGateway(local), ...judgeDefaults(others, local.answer.kind === 'answered')]
}

export function judgeGateway({ url, answer }: AskedGateway): Finding {
  const subject = `IPFS ${url.origin}`
  return answer.kind === 'failed' ? unreachable(subject, answer) : judgeAnswer(subject, answer)
}

function judgeAnswer(subject: string, { status, ms }: Answered): Finding {
  const answered = `answered in ${Math.round(ms)} ms`
  if (status === 429) {
    return {
      topic,
      subject,
      verdict: 'note',
      text: `${answered}, but has had too many requests from this address (HTTP 429).`,
    }
  }
  if (status >= 500) {
    return {
      topic,
      subject,
      verdict: 'problem',
      code: 'SOURCES_EXHAUSTED',
      text: `It answered HTTP ${status}.`,
      remedy: 'try again later, or name another one',
    }
  }
  return { topic, subject, verdict: 'ok', text: answered }
}

function judgeLocalGateway({ url, answer }: AskedGateway): Finding {
  const subject = `IPFS ${url.origin}`
  return answer.kind === 'answered'
    ? judgeAnswer(subject, answer)
    : { topic, subject, verdict: 'ok', text: 'no node on this machine; the public gateways are asked' }
}

/** A run needs one of the public gateways, and nobody chose them: one that is down is no problem beside another. */
function judgeDefaults(asked: readonly AskedGateway[], isLocalThere: boolean): readonly Finding[] {
  const findings = asked.map(judgeGateway)
  const isOneThere = isLocalThere || findings.some(({ verdict }) => verdict !== 'problem')
  if (!isOneThere) return findings
  return findings.map((finding) => {
    if (finding.verdict !== 'problem') return finding
    const { code: _code, ...rest } = finding
    return { ...rest, verdict: 'note' }
  })
}

/** A node whose files could be put into its own blockstore one day. Asked, and used for nothing yet. */
export async function examineKubo(environment: Environment, asking: Asking): Promise<Finding> {
  const subject = 'Kubo API'
  const typed = URL.parse(environment['IPFS_API_URL']?.trim() || LOCAL_KUBO.href)
  if (typed === null || !/^https?:$/.test(typed.protocol)) {
    return {
      topic,
      subject,
      verdict: 'note',
      text: 'IPFS_API_URL is no http or https URL. Nothing uses it yet.',
      remedy: 'export IPFS_API_URL=http://127.0.0.1:5001, or unset IPFS_API_URL',
    }
  }
  const base = gatewayUrl(typed)
  const url = below(base, 'api/v0/version')
  const answer = await ask(asking, { url, method: 'POST', timeoutMs: LOCAL_MS })
  if (answer.kind === 'failed') {
    return { topic, subject, verdict: 'ok', text: `none at ${base.origin}; nothing uses it yet` }
  }
  const version = /"Version"\s*:\s*"(\d{1,4}\.\d{1,4}\.\d{1,4}[0-9A-Za-z.-]{0,20})"/.exec(answer.text)?.[1]
  const found = version === undefined ? 'something that is no Kubo node answers' : `Kubo ${version}`
  return { topic, subject, verdict: 'ok', text: `${found} at ${base.origin}; nothing uses it yet` }
}

/** No file has this digest. */
const NOBODYS_DIGEST = '0'.repeat(64)

/** Whether each mirror answers, asked for a file that it cannot have. */
export async function examineMirrors(
  { mirrors, sources }: Pick<Settings, 'mirrors' | 'sources'>,
  asking: Asking,
): Promise<readonly Finding[]> {
  if (!sources.includes('http')) return []
  return await Promise.all(
    mirrors.map(async (template) => {
      const url = new URL(template.replaceAll(/\{\w+\}/g, NOBODYS_DIGEST))
      const answer = await ask(asking, { url, method: 'HEAD' })
      return judgeMirror(`Mirror ${url.origin}`, answer)
    }),
  )
}

export function judgeMirror(subject: string, answer: Asked): Finding {
  if (answer.kind === 'failed') return unreachable(subject, answer)
  if (answer.status === 401 || answer.status === 403) {
    return {
      topic,
      subject,
      verdict: 'note',
      text: `It answered HTTP ${answer.status} for a file that nobody has: perhaps it wants a password, which runs do not send.`,
    }
  }
  return judgeAnswer(subject, answer)
}
