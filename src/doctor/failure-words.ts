/** Why somebody could not be asked, in words, and what to type about it. Pure. */

export interface Explained {
  /** A clause: "its name is not known here". */
  readonly why: string
  readonly remedy: string
  /** Code and words of the system, for people who look closer. */
  readonly detail: string
}

const OWN_AUTHORITY =
  'export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/your-authority.pem, if it is your own authority'
const SEE_PROXY = 'echo "$HTTPS_PROXY $HTTP_PROXY $NO_PROXY"; correct the proxy, or unset it'
const SEE_NETWORK =
  'check the address, the network and the firewall; behind a proxy: export HTTPS_PROXY=http://proxy.example.org:3128'
const SEE_CLOCK =
  'date -u, and set the clock of this machine if it is wrong; otherwise the host has to renew its certificate'

interface Words {
  readonly codes: RegExp
  readonly why: string
  readonly remedy: string
}

/** In the order to look: the first that fits counts. */
const KNOWN: readonly Words[] = [
  {
    codes: /^(?:ENOTFOUND|EAI_AGAIN|EAI_FAIL|EAI_NONAME|EAI_NODATA)$/,
    why: 'its name is not known here (DNS)',
    remedy:
      'check the spelling of the host; behind a proxy: export HTTPS_PROXY=http://proxy.example.org:3128',
  },
  {
    codes: /^(?:CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    why: 'its certificate is not valid at the time that this machine shows',
    remedy: SEE_CLOCK,
  },
  {
    codes: /^(?:ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    why: 'it shows the certificate of another host',
    remedy: 'check the address: no run talks to this host',
  },
  {
    codes: /^(?:UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|CERT_|ERR_TLS_CERT_)/,
    why: 'it shows a certificate of an authority that is not trusted here',
    remedy: OWN_AUTHORITY,
  },
  {
    codes: /^(?:EPROTO$|ERR_SSL_)/,
    why: 'it does not speak TLS as it should; perhaps it speaks plain http',
    remedy: 'check whether the address begins with http:// or https://, and its port',
  },
  {
    codes: /^ECONNREFUSED$/,
    why: 'nobody listens there',
    remedy: 'check the address and the port, and that it runs',
  },
  {
    codes: /^(?:ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL)$/,
    why: 'there is no way to it from here',
    remedy: SEE_NETWORK,
  },
  {
    codes: /^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|TIMEOUT)$/,
    why: 'it did not answer in time',
    remedy: SEE_NETWORK,
  },
  {
    codes: /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_CLOSED)$/,
    why: 'it cut the connection',
    remedy: SEE_NETWORK,
  },
]

function* causes(thrown: unknown): Generator<Error> {
  for (let now = thrown, depth = 0; now instanceof Error && depth < 8; now = now.cause, depth += 1) {
    yield now
    // Of several addresses that were tried, the first says why.
    if (now instanceof AggregateError)
      yield* now.errors.filter((each): each is Error => each instanceof Error)
  }
}

function codeOf(error: Error): string {
  if (error.name === 'TimeoutError') return 'TIMEOUT'
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** @param throughProxy a proxy is set, so it may be the proxy that fails */
export function explainFailure(thrown: unknown, throughProxy: boolean): Explained {
  const chain = [...causes(thrown)]
  const detail = chain
    .map((error) => [codeOf(error), error.message].filter((part) => part !== '').join(': '))
    .filter((text, index, all) => all.indexOf(text) === index)
    .join('; ')
  const proxyStatus = /Proxy response \((\d{3})\)/.exec(detail)?.[1]
  if (proxyStatus !== undefined) {
    const why =
      proxyStatus === '407' ? 'the proxy asks for a password' : `the proxy refused with HTTP ${proxyStatus}`
    return { why, remedy: SEE_PROXY, detail }
  }
  const known = KNOWN.find(({ codes }) => chain.some((error) => codes.test(codeOf(error))))
  const why = known?.why ?? 'it cannot be reached'
  const isTls = known !== undefined && /certificate|TLS/.test(known.why)
  if (throughProxy && !isTls)
    return { why: `${why}; a proxy is set, which may be the one`, remedy: SEE_PROXY, detail }
  return { why, remedy: known?.remedy ?? SEE_NETWORK, detail }
}
