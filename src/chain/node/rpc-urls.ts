/** The RPC endpoints that a user typed. */
import { isIPv4 } from 'node:net'
import { R3mesError } from '../../core/index.ts'

/** Plain host names and address literals only, so that a host is safe to print anywhere. */
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
}

function hasDecodableCredentials(url: URL): boolean {
  try {
    decodeURIComponent(url.username + url.password)
    return true
  } catch {
    return false
  }
}

function parseRpcUrl(text: string, position: number): URL | R3mesError {
  const which = `Entry ${position} of \`rpc-urls\``
  const invalid = (why: string) => new R3mesError('INPUT_INVALID', `${which} ${why}`)
  if (/^tcp:\/\//i.test(text)) {
    return invalid('starts with `tcp://`. Write the same address with `http://` or `https://`.')
  }
  if (!URL.canParse(text)) {
    return invalid('is no URL. Write it as `https://rpc.example.org`.')
  }
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return invalid('is neither https nor http. Write it as `https://rpc.example.org`.')
  }
  if (!HOST.test(url.hostname)) {
    return invalid('has a host name with unusual characters. Use a plain host name.')
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return invalid(
      'is plain http. Whoever sits between could answer in its place, so it has to be https, or http on this machine (127.0.0.1).',
    )
  }
  if (!hasDecodableCredentials(url)) {
    return invalid('has a user name or password with a stray `%`. Write `%25` for a percent sign.')
  }
  url.hash = ''
  return url
}

/**
 * The endpoints of `rpc-urls`, in the order typed; the first is the primary. Empty lines do not count.
 *
 * @throws R3mesError `RPC_URL_MISSING` when there is none; `INPUT_INVALID` for what is no URL, for plain http to another
 * machine and for an endpoint named twice. All of them at once. Messages never show a URL, since it may hold a password.
 */
export function parseRpcUrls(lines: readonly string[]): URL[] {
  const entries = lines.map((line) => line.trim()).filter((line) => line !== '')
  if (entries.length === 0) {
    throw new R3mesError(
      'RPC_URL_MISSING',
      'No chain endpoint is named. Add `rpc-urls: https://rpc.example.org` with the address of a node of your chain, or set BLOCKCHAIN_RPC_URL.',
    )
  }
  const urls: URL[] = []
  const problems: R3mesError[] = []
  for (const [index, entry] of entries.entries()) {
    const parsed = parseRpcUrl(entry, index + 1)
    if (parsed instanceof R3mesError) problems.push(parsed)
    else if (urls.some((url) => url.href === parsed.href)) {
      problems.push(
        new R3mesError(
          'INPUT_INVALID',
          `Entry ${index + 1} of \`rpc-urls\` names an endpoint for the second time. Remove it.`,
        ),
      )
    } else urls.push(parsed)
  }
  if (problems.length > 0) throw R3mesError.from(problems)
  return urls
}
