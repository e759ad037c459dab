import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import {
  checkUrl,
  describeUrl,
  firstHop,
  isAllowedHost,
  nextHop,
  parseAllowedHost,
} from '../../src/transfer/url-rules.ts'

function refusal(work: () => unknown): R3mesError | undefined {
  try {
    work()
    return undefined
  } catch (thrown) {
    if (thrown instanceof R3mesError) return thrown
    throw thrown
  }
}

const check = (url: string, ...allowed: string[]) =>
  refusal(() => checkUrl(new URL(url), allowed.map(parseAllowedHost)))?.code

describe('checkUrl', () => {
  it.each([
    'https://huggingface.co/a/b',
    'https://example.org:8443/x?y=z',
    'https://1.1.1.1/x',
    'https://[2606:4700::1111]/',
  ])('lets %s pass', (url) => {
    expect(check(url)).toBeUndefined()
  })

  it.each([
    'http://example.org/',
    'ftp://example.org/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'https://user@example.org/',
    'https://user:secret@example.org/',
    'https://:secret@example.org/',
    'https://127.0.0.1/',
    'https://127.0.0.1./',
    'https://127.1/',
    'https://0x7f.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://017700000001/',
    'https://①②⑦.0.0.1/',
    'https://0/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::8.8.8.8]/',
    'https://[fd00::1]/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://localhost../',
    'https://a.localhost/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://metadata.google.internal./',
    'https://router.home.arpa/',
    'https://intranet/',
  ])('refuses %s', (url) => {
    expect(check(url)).toBe('URL_REFUSED')
  })

  it('lets a host:port that the owner named be anywhere and speak http', () => {
    expect(check('http://127.0.0.1:8080/ipfs/x', '127.0.0.1:8080')).toBeUndefined()
    expect(check('https://[::1]:9/x', '[::1]:9')).toBeUndefined()
    expect(check('https://intranet/x', 'intranet')).toBeUndefined()
    expect(check('http://intranet/x', 'INTRANET')).toBeUndefined()
    expect(check('https://intranet./x', 'intranet:443')).toBeUndefined()
  })

  it('does not let another port of that host pass', () => {
    expect(check('http://127.0.0.1:8081/', '127.0.0.1:8080')).toBe('URL_REFUSED')
    expect(check('https://intranet:8443/', 'intranet')).toBe('URL_REFUSED')
    expect(check('http://intranet/', 'intranet:443')).toBe('URL_REFUSED')
  })

  it('refuses credentials even for a host that the owner named', () => {
    expect(check('https://user:secret@intranet/', 'intranet')).toBe('URL_REFUSED')
  })

  it('shows neither credentials nor query of what it refuses, and nothing of the URL in the message', () => {
    const error = refusal(() => checkUrl(new URL('https://user:secret@evil.example/p?token=abc#f'), []))
    expect(error?.detail).toBe('https://evil.example/p')
    expect(error?.message).not.toContain('evil')
  })
})

describe('parseAllowedHost', () => {
  it.each([
    '',
    'a b',
    'https://example.org',
    'example.org/path',
    'user@example.org',
    'example.org:99999',
    ':443',
    'a:b:1',
  ])('refuses the entry %j', (text) => {
    expect(refusal(() => parseAllowedHost(text))?.code).toBe('INPUT_INVALID')
  })

  it('reads an odd spelling of an address as the address', () => {
    expect(isAllowedHost(new URL('http://127.0.0.1:80/'), [parseAllowedHost('0x7f.1:80')])).toBe(true)
  })
})

describe('nextHop', () => {
  const from = firstHop(new URL('https://hub.example/file'))

  it('resolves relative locations', () => {
    expect(nextHop(from, '/other?x=1', []).url.href).toBe('https://hub.example/other?x=1')
  })

  it.each([
    'http://hub.example/file',
    'https://10.0.0.1/',
    'https://localhost/',
    'https://a:b@cdn.example/',
    'https://',
  ])('refuses a redirect to %s', (location) => {
    expect(refusal(() => nextHop(from, location, []))?.code).toBe('URL_REFUSED')
  })

  it('refuses the step from https to http even for a host that the owner named', () => {
    expect(
      refusal(() => nextHop(from, 'http://mirror.example/', [parseAllowedHost('mirror.example:80')]))?.code,
    ).toBe('URL_REFUSED')
  })

  it('keeps the headers within an origin and leaves them behind for good when it leaves it', () => {
    const same = nextHop(from, '/b', [])
    const away = nextHop(same, 'https://cdn.example/b', [])
    const within = nextHop(away, '/c', [])
    const back = nextHop(within, 'https://hub.example/b', [])
    const further = nextHop(back, '/d', [])
    expect([same, away, within, back, further].map(({ withHeaders }) => withHeaders)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })

  it('counts another port or scheme as another origin', () => {
    expect(nextHop(from, 'https://hub.example:8443/', []).withHeaders).toBe(false)
  })

  it('follows five redirects and refuses the sixth', () => {
    let hop = from
    for (let step = 1; step <= 5; step += 1) hop = nextHop(hop, `/${step}`, [])
    expect(hop.url.pathname).toBe('/5')
    expect(refusal(() => nextHop(hop, '/6', []))?.code).toBe('URL_REFUSED')
  })
})

describe('describeUrl', () => {
  it('leaves out what may be a secret', () => {
    expect(describeUrl(new URL('https://u:p@blob.example:444/a/b?sig=abc#x'))).toBe(
      'https://blob.example:444/a/b',
    )
  })
})
