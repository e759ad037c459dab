import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinPlace, lastSegment, placeOf } from '../../src/registry/places.ts'

const hub = (repo: string, revision: string, path: string, repoType: 'model' | 'dataset' = 'model') =>
  ({ kind: 'huggingface', repoType, repo, revision, path }) as const

describe('a place on the hub', () => {
  it.each([
    ['hf://owner/name/model.gguf', hub('owner/name', 'main', 'model.gguf')],
    ['hf://owner/name@v1.0/dir/model.gguf', hub('owner/name', 'v1.0', 'dir/model.gguf')],
    ['hf://owner/name@refs%2Fpr%2F1/a%20b.bin', hub('owner/name', 'refs/pr/1', 'a b.bin')],
    ['hf://datasets/owner/name@abc/train.jsonl', hub('owner/name', 'abc', 'train.jsonl', 'dataset')],
    ['hf://owner/name@main/folder/', hub('owner/name', 'main', 'folder')],
    ['hf://owner/name', hub('owner/name', 'main', '')],
    [
      'https://huggingface.co/owner/name/resolve/main/model.gguf?download=true',
      hub('owner/name', 'main', 'model.gguf'),
    ],
    ['https://hf.co/owner/name/resolve/refs%2Fpr%2F1/a.bin', hub('owner/name', 'refs/pr/1', 'a.bin')],
    [
      'https://huggingface.co/datasets/owner/name/resolve/main/d/train.jsonl',
      hub('owner/name', 'main', 'd/train.jsonl', 'dataset'),
    ],
  ])('is read from %s', (text, place) => {
    expect(placeOf(text)).toEqual(place)
  })

  it('may be on the configured hub, below its path', () => {
    const endpoint = new URL('http://127.0.0.1:8000/hf/')
    expect(placeOf('http://127.0.0.1:8000/hf/owner/name/resolve/main/m.gguf', endpoint)).toEqual(
      hub('owner/name', 'main', 'm.gguf'),
    )
    expect(placeOf('http://127.0.0.1:8000/owner/name/resolve/main/m.gguf', endpoint)?.kind).toBe('http')
    expect(placeOf('http://127.0.0.1:9000/hf/owner/name/resolve/main/m.gguf', endpoint)?.kind).toBe('http')
  })

  it('is not where another host only looks like it', () => {
    expect(placeOf('https://huggingface.co.evil.example/o/n/resolve/main/m')?.kind).toBe('http')
    expect(placeOf('https://huggingface.co:8443/o/n/resolve/main/m')?.kind).toBe('http')
  })
})

it('another https URL is a place of its own, without its fragment', () => {
  expect(placeOf(' https://mirror.example.org/m.gguf?sig=1#x ')).toEqual({
    kind: 'http',
    url: 'https://mirror.example.org/m.gguf?sig=1',
  })
})

it.each([
  'http://mirror.example.org/m.gguf',
  'https://user:pass@mirror.example.org/m.gguf',
  'https://user:pass@huggingface.co/o/n/resolve/main/m.gguf',
])('%s is a place, which the rules for recorded URLs may refuse', (url) => {
  expect(placeOf(url)).toEqual({ kind: 'http', url })
})

describe('what is no place', () => {
  it.each([
    '',
    'Common Crawl, 2024',
    'ftp://mirror.example.org/m',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'hf://owner',
    'hf://owner/na me/x',
    'hf://../name/x',
    'hf://owner/name@/x',
    'hf://owner/name@../x',
    'hf://owner/name@a%2F..%2Fb/x',
    'hf://owner/name/../x',
    'hf://owner/name/a//b',
    'hf://owner/name/%2E%2E/x',
    'hf://owner/name/a%2Fb',
    'hf://owner/name/a%5Cb',
    'hf://owner/name/a%00b',
    'hf://owner/name/%ZZ',
  ])('%j', (text) => {
    expect(placeOf(text)).toBeUndefined()
  })

  it('never ends in a crash, whatever the text', () => {
    const prefix = fc.constantFrom(
      '',
      'hf://',
      'hf://datasets/',
      'https://',
      'https://huggingface.co/',
      'http://',
    )
    fc.assert(
      fc.property(prefix, fc.string({ unit: 'binary', maxLength: 60 }), (start, rest) => {
        const place = placeOf(start + rest)
        if (place !== undefined) lastSegment(joinPlace(place, 'a/b.bin'))
        if (place?.kind === 'huggingface') expect(place.path.split('/')).not.toContain('..')
        if (place?.kind === 'http') expect(place.url).toMatch(/^https?:/)
      }),
      { numRuns: 200 },
    )
  })
})

describe('the folder that a place is', () => {
  it.each([
    ['hf://o/n@main/v2', { ...hub('o/n', 'main', 'v2/a/b c.bin') }],
    ['hf://o/n', { ...hub('o/n', 'main', 'a/b c.bin') }],
    ['https://m.example.org/v2?sig=1', { kind: 'http', url: 'https://m.example.org/v2/a/b%20c.bin?sig=1' }],
    ['https://m.example.org/v2/', { kind: 'http', url: 'https://m.example.org/v2/a/b%20c.bin' }],
    ['https://m.example.org', { kind: 'http', url: 'https://m.example.org/a/b%20c.bin' }],
  ])('%s holds files after one slash', (text, expected) => {
    const folder = placeOf(text)
    expect(folder && joinPlace(folder, 'a/b c.bin')).toEqual(expected)
  })

  it('of IPFS holds files below its CID', () => {
    expect(joinPlace({ kind: 'ipfs', cid: 'bafy', path: '' }, 'a/b')).toEqual({
      kind: 'ipfs',
      cid: 'bafy',
      path: 'a/b',
    })
  })
})

it('the last segment names the file', () => {
  const last = (text: string) => {
    const place = placeOf(text)
    return place && lastSegment(place)
  }
  expect(last('hf://o/n/dir/model.gguf')).toBe('model.gguf')
  expect(last('https://m.example.org/a/b%20c.bin?x=/y')).toBe('b c.bin')
  expect(last('https://m.example.org/a/')).toBeUndefined()
  expect(last('hf://o/n')).toBeUndefined()
  expect(lastSegment({ kind: 'ipfs', cid: 'bafy', path: '' })).toBe('bafy')
})
