/** What this process runs on, and what its environment says. */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { arch, availableParallelism, release, totalmem, type } from 'node:os'
import { type Environment, formatSize, privateKeyNames } from '../ensure/index.ts'
import { type Proxies, readProxies } from '../transfer/index.ts'
import { problemOf } from './remedies.ts'
import { asProblem } from './thrown.ts'
import type { Finding } from './types.ts'

/** Facts of the machine, so that judging them can be tested anywhere. */
export interface MachineFacts {
  /** `24.11.1` */
  readonly node: string
  readonly system: string
  readonly cores: number
  /** Bytes. */
  readonly memory: number
}

const NEEDED_NODE = 24

export function machineFacts(): MachineFacts {
  return {
    node: process.versions.node,
    system: `${type()} ${release()}, ${arch()}`,
    cores: availableParallelism(),
    memory: totalmem(),
  }
}

export function judgeMachine({ node, system, cores, memory }: MachineFacts): readonly Finding[] {
  const topic = 'machine'
  const isOld = Number(node.split('.')[0]) < NEEDED_NODE
  return [
    isOld
      ? {
          topic,
          subject: 'Node',
          verdict: 'problem',
          code: 'INPUT_INVALID',
          text: `${node} is too old: ${NEEDED_NODE} or newer is needed.`,
          remedy: `install Node ${NEEDED_NODE} from https://nodejs.org`,
        }
      : { topic, subject: 'Node', verdict: 'ok', text: node },
    {
      topic,
      subject: 'System',
      verdict: 'ok',
      text: `${cores} ${cores === 1 ? 'core' : 'cores'}, ${formatSize(memory)} of memory`,
      detail: system,
    },
  ]
}

/** Names that can be printed anywhere. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/

/** Nothing here signs, so a key in the environment is a risk without a use. Its value is never looked at but for being there. */
export function judgePrivateKeys(environment: Environment): readonly Finding[] {
  const names = privateKeyNames(Object.keys(environment)).filter((name) => environment[name]?.trim())
  if (names.length === 0) return []
  const plain = names.filter((name) => PLAIN_NAME.test(name))
  const shown = plain.length === names.length ? plain.join(', ') : [...plain, 'other variables'].join(', ')
  return [
    {
      topic: 'settings',
      subject: 'Private key',
      verdict: 'note',
      text: `The environment holds what looks like a private key (${shown}). setup-r3mes never needs one, and every program that is started here can read it.`,
      remedy: plain.length === 0 ? 'take it out of the environment' : `unset ${plain.join(' ')}`,
    },
  ]
}

export interface ReadProxies {
  readonly findings: readonly Finding[]
  /** False: the variables cannot be read, so nobody can be asked. */
  readonly usable: boolean
  readonly set: boolean
}

/** How the proxy variables are understood. */
export function judgeProxies(environment: Environment): ReadProxies {
  const [topic, subject] = ['machine', 'Proxy'] as const
  try {
    const proxies = readProxies(environment)
    if (proxies !== undefined) {
      return {
        findings: [{ topic, subject, verdict: 'ok', ...describeProxies(proxies) }],
        usable: true,
        set: true,
      }
    }
    return { findings: [{ topic, subject, verdict: 'ok', text: 'none' }], usable: true, set: false }
  } catch (thrown) {
    const error = asProblem(thrown)
    const remedy = 'export HTTPS_PROXY=http://proxy.example.org:3128, or unset HTTP_PROXY HTTPS_PROXY'
    return { findings: [problemOf(topic, subject, error, remedy)], usable: false, set: true }
  }
}

/** Never with the credentials that a proxy's URL may hold. */
function describeProxies({ httpProxy, httpsProxy, noProxy }: Proxies): Pick<Finding, 'text' | 'detail'> {
  const origin = (url: string): string => new URL(url).origin
  const https = httpsProxy || httpProxy
  const ways = [
    `https goes through ${origin(https)}`,
    httpProxy === '' ? 'http goes straight' : `http goes through ${origin(httpProxy)}`,
  ]
  const password = [https, httpProxy].some((url) => url !== '' && new URL(url).password !== '')
  return {
    text: `${ways.join(', ')}${password ? ', with a password' : ''}. NO_PROXY excludes what stands behind it.`,
    detail: noProxy,
  }
}

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

/** Node says nothing, or one line that is easy to miss, when it cannot read the file. */
export async function examineCertificates(environment: Environment): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const [topic, subject] = ['machine', 'Certificates'] as const
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    findings.push({
      topic,
      subject,
      verdict: 'problem',
      code: 'INPUT_INVALID',
      text: 'NODE_TLS_REJECT_UNAUTHORIZED=0 switches the check of certificates off: tokens go to whoever answers.',
      remedy: 'unset NODE_TLS_REJECT_UNAUTHORIZED; name your authority in NODE_EXTRA_CA_CERTS instead',
    })
  }
  const path = environment['NODE_EXTRA_CA_CERTS'] ?? ''
  if (path !== '') findings.push(await examineAuthorities(path))
  return findings.length > 0
    ? findings
    : [{ topic, subject, verdict: 'ok', text: 'those that Node brings; NODE_EXTRA_CA_CERTS adds none' }]
}

async function examineAuthorities(path: string): Promise<Finding> {
  const [topic, subject] = ['machine', 'Certificates'] as const
  const bad = (text: string, detail: string): Finding => ({
    topic,
    subject,
    verdict: 'problem',
    code: 'INPUT_INVALID',
    text,
    detail,
    remedy: 'export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/your-authority.pem',
  })
  try {
    const found = (await readFile(path, 'utf8')).match(CERTIFICATE) ?? []
    if (found.length === 0) return bad('The file that NODE_EXTRA_CA_CERTS names holds no certificate.', path)
    const ended = found
      .map((pem) => new X509Certificate(pem))
      .filter(({ validToDate }) => validToDate < new Date())
    const count = `${found.length} ${found.length === 1 ? 'authority' : 'authorities'}`
    // The bundles of systems hold some that have ended; one authority of one's own that has is another matter.
    if (ended.length === found.length) {
      return bad(`All of the ${count} that NODE_EXTRA_CA_CERTS names have ended: they are too old.`, path)
    }
    return { topic, subject, verdict: 'ok', text: `NODE_EXTRA_CA_CERTS adds ${count}`, detail: path }
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : path
    return bad('The file that NODE_EXTRA_CA_CERTS names cannot be read, so Node goes on without it.', detail)
  }
}
