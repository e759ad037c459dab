import { describe, expect, it } from 'vitest'
import { countHosts } from '../../src/chain/index.ts'

const count = (...urls: readonly string[]) => countHosts(urls.map((url) => new URL(url)))

describe('hosts', () => {
  it.each([
    ['different names are two', ['https://a.example', 'https://b.example'], 2],
    ['one name with two ports is one', ['https://a.example:1000', 'https://a.example:2000'], 1],
    ['one name with two paths is one', ['https://a.example/x', 'https://a.example/y'], 1],
    [
      'one name in two spellings is one',
      ['https://A.example', 'https://a.example.', 'https://a.example..'],
      1,
    ],
    [
      'one address in two spellings is one',
      ['https://1.2.3.4', 'https://[::ffff:1.2.3.4]', 'https://0x1020304'],
      1,
    ],
    ['two addresses are two', ['https://1.2.3.4', 'https://1.2.3.5', 'https://[2001:db8::1]'], 3],
    ['ports of loopback are two', ['http://127.0.0.1:1000', 'http://127.0.0.1:2000'], 2],
    [
      'names of loopback are one',
      [
        'http://127.0.0.1:1000',
        'http://localhost:1000',
        'http://[::1]:1000',
        'http://127.0.0.2:1000',
        'http://localhost.:1000',
        'http://[::ffff:127.0.0.1]:1000',
      ],
      1,
    ],
    ['user names change nothing', ['https://me@a.example', 'https://you@a.example'], 1],
  ])('%s', (_claim, urls, expected) => {
    expect(count(...urls)).toBe(expected)
  })
})
