import { describe, expect, it } from 'vitest'
import { parseRpcUrls } from '../../../src/chain/index.ts'
import { codesOf, refusalOf } from '../../support/registry.ts'

const hrefs = (lines: readonly string[]) => parseRpcUrls(lines).map((url) => url.href)

describe('rpc-urls', () => {
  it('keeps the order typed and leaves empty lines out', () => {
    expect(hrefs(['', ' https://b.example.org ', '  ', 'https://a.example.org:26657/rpc'])).toEqual([
      'https://b.example.org/',
      'https://a.example.org:26657/rpc',
    ])
  })

  it('shows the line to add when there is none', () => {
    const refusal = refusalOf(() => parseRpcUrls(['', '  ']))
    expect(refusal.code).toBe('RPC_URL_MISSING')
    expect(refusal.message).toContain('rpc-urls: https://')
  })

  it.each(['http://127.0.0.1:26657', 'http://127.8.8.8', 'http://localhost:1', 'http://[::1]:26657'])(
    'takes plain http to this machine: %s',
    (url) => {
      expect(parseRpcUrls([url])).toHaveLength(1)
    },
  )

  it.each([
    'http://rpc.example.org',
    'http://10.0.0.1:26657',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org',
    'http://[::ffff:10.0.0.1]/',
    'ftp://rpc.example.org',
    'rpc.example.org:26657',
    'https://',
    'https://a$(id).example.org',
    'https://user%ZZ:x@rpc.example.org',
  ])('refuses %s', (url) => {
    expect(refusalOf(() => parseRpcUrls([url])).code).toBe('INPUT_INVALID')
  })

  it('says how to write a tcp address', () => {
    const refusal = refusalOf(() => parseRpcUrls(['tcp://127.0.0.1:26657']))
    expect(refusal.code).toBe('INPUT_INVALID')
    expect(refusal.message).toContain('http://')
  })

  it('tells every problem at once, by position and without the password', () => {
    const refusal = refusalOf(() =>
      parseRpcUrls([
        'http://me:hunter2@a.example.org',
        'https://b.example.org',
        'nothing',
        'https://B.example.org/',
      ]),
    )
    expect(codesOf(refusal.problems)).toEqual(['INPUT_INVALID', 'INPUT_INVALID', 'INPUT_INVALID'])
    expect(refusal.message).toMatch(/Entry 1 .* Entry 3 .* Entry 4 .*second time/)
    expect(JSON.stringify(refusal) + refusal.message + refusal.detail).not.toContain('hunter2')
  })
})
