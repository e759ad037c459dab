/** What the environment says about proxies, in both spellings. Pure. */
import { R3mesError } from '../core/index.ts'

/** Texts as undici's EnvHttpProxyAgent takes them; empty: none. */
export interface Proxies {
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly noProxy: string
}

/** This machine is never reached through a proxy: `127.0.0.1` would be the proxy's own. */
const ALWAYS_DIRECT = 'localhost,127.0.0.1,::1'

function proxyUrl(text: string, name: string): string {
  if (text === '') return ''
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new R3mesError(
      'INPUT_INVALID',
      `The variable ${name} is not the URL of an http or https proxy. Correct or unset it.`,
    )
  }
  return url.href
}

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; the lower-case spelling wins, as it does in curl. Where only
 * `HTTP_PROXY` is set, it serves https too, which is undici's rule.
 *
 * @returns undefined when no proxy is set
 * @throws R3mesError `INPUT_INVALID`
 */
export function readProxies(environment: Readonly<Record<string, string | undefined>>): Proxies | undefined {
  const read = (name: string): string => (environment[name.toLowerCase()] ?? environment[name] ?? '').trim()
  const httpProxy = proxyUrl(read('HTTP_PROXY'), 'HTTP_PROXY')
  const httpsProxy = proxyUrl(read('HTTPS_PROXY'), 'HTTPS_PROXY')
  if (httpProxy === '' && httpsProxy === '') return undefined
  const noProxy = read('NO_PROXY')
  return { httpProxy, httpsProxy, noProxy: noProxy === '' ? ALWAYS_DIRECT : `${noProxy},${ALWAYS_DIRECT}` }
}
