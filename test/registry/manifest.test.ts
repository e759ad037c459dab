import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStrictJson } from '../../src/core/index.ts'
import { parseManifest } from '../../src/registry/manifest.ts'
import { sha256Of } from '../support/digest.ts'
import { refusalOf } from '../support/registry.ts'

const file = (path: unknown, fields: object = {}) => ({
  path,
  size: 1,
  sha256: sha256Of(String(path)),
  ...fields,
})
const manifest = (...files: unknown[]) => JSON.stringify({ version: 1, files })
const parse = (text: string) => parseManifest(new TextEncoder().encode(text), 'model 2.0.0')
const pathsOf = (...paths: string[]) => manifest(...paths.map((path) => file(path)))

describe('an artifact manifest', () => {
  it('lists files with path, size and SHA-256', () => {
    expect(parse(manifest(file('a/b.bin', { size: 0 }), file('z.txt', { size: 2 ** 40 })))).toEqual([
      { path: 'a/b.bin', size: 0, sha256: sha256Of('a/b.bin') },
      { path: 'z.txt', size: 2 ** 40, sha256: sha256Of('z.txt') },
    ])
  })

  it('may be written with blanks and escapes', () => {
    expect(
      parse(JSON.stringify(JSON.parse(pathsOf('a"b'.replace('"', '-'), 'b')), undefined, 2)),
    ).toHaveLength(2)
    expect(parse(pathsOf('abc').replace('abc', '\\u0061bc'))[0]).toMatchObject({ path: 'abc' })
  })

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['an unknown version', JSON.stringify({ version: 2, files: [file('a')] })],
    ['a version that is text', JSON.stringify({ version: '1', files: [file('a')] })],
    ['no version', JSON.stringify({ files: [file('a')] })],
    ['no files', JSON.stringify({ version: 1 })],
    ['an empty list of files', manifest()],
    ['files that are an object', JSON.stringify({ version: 1, files: { a: 1 } })],
    ['a field that nobody knows', JSON.stringify({ version: 1, files: [file('a')], extra: 1 })],
    ['a field that nobody knows in a file', manifest(file('a', { url: 'https://x' }))],
    ['a file that is null', manifest(null)],
    ['a file without a path', manifest({ size: 1, sha256: sha256Of('a') })],
    ['a path that is a number', manifest(file(7))],
    ['a negative size', manifest(file('a', { size: -1 }))],
    ['half a byte', manifest(file('a', { size: 1.5 }))],
    ['a size as text', manifest(file('a', { size: '1' }))],
    ['a size beyond precision', manifest(file('a', { size: 2 ** 53 }))],
    ['a short digest', manifest(file('a', { sha256: 'ab' }))],
    ['a digest in upper case', manifest(file('a', { sha256: sha256Of('a').toUpperCase() }))],
    ['a digest of another alphabet', manifest(file('a', { sha256: 'g'.repeat(64) }))],
    ['a key twice', '{"version":1,"version":1,"files":[{"path":"a","size":1,"sha256":"x"}]}'],
    ['a key twice in a file', pathsOf('a').replace('"size":1', '"size":1,"size":2')],
    ['a key twice, once escaped', pathsOf('a').replace('"size":1', '"size":1,"\\u0073ize":2')],
    [
      'a key __proto__',
      JSON.stringify({ version: 1, files: [file('a')] }).replace('{"v', '{"__proto__":{},"v'),
    ],
    ['files out of order', pathsOf('b', 'a')],
    ['itself among its files', pathsOf('a', 'r3mes-manifest.json')],
    ['depth', `{"version":1,"files":${'['.repeat(5)}${']'.repeat(5)}}`],
    ['endless depth', '['.repeat(200_000) + ']'.repeat(200_000)],
  ])('is malformed with %s', (_what, text) => {
    const refusal = refusalOf(() => parse(text))
    expect(refusal.code).toBe('RECORD_MALFORMED')
    expect(refusal.message).toContain('model 2.0.0')
  })

  it('is malformed when it is no UTF-8 or starts with a byte order mark', () => {
    for (const bytes of [
      Buffer.from([0x7b, 0xff]),
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{}')]),
    ]) {
      expect(refusalOf(() => parseManifest(bytes, 'x')).code).toBe('RECORD_MALFORMED')
    }
  })

  it('is malformed when it is larger than 16 MiB', () => {
    const bytes = new Uint8Array(16 * 1024 * 1024 + 1).fill(0x20)
    expect(refusalOf(() => parseManifest(bytes, 'x')).message).toContain('larger than 16777216 bytes')
  })

  it.each([
    '../x',
    '/etc/passwd',
    'a/../b',
    'a//b',
    './a',
    'a/',
    '',
    'a\\b',
    'C:/x',
    'CON',
    'a/nul.txt',
    'a.',
    'a /b',
    'a\0b',
    'x'.repeat(300),
    'cоder',
    'a\nb',
  ])('cannot hold the path %j', (path) => {
    const refusal = refusalOf(() => parse(manifest(file(path))))
    expect(refusal.code).toBe('ID_UNSAFE')
    expect(refusal.message).toContain('file 1')
  })

  it.each([
    ['one path twice', ['a', 'a']],
    ['two paths that are one where case folds', ['A', 'a']],
    ['folders that are one where case folds, with one file', ['A/x', 'a/X']],
    ['a file that is a folder too', ['a', 'a/b']],
    ['a file that is a folder where case folds', ['A/b', 'a']],
    ['a file that is a folder further down', ['a/b', 'a/b/c/d']],
  ])('cannot hold %s', (_what, paths) => {
    expect(refusalOf(() => parse(pathsOf(...paths))).code).toBe('ID_UNSAFE')
  })

  it('may hold names that only begin alike', () => {
    expect(parse(pathsOf('a-b', 'a.txt', 'a/b', 'ab'))).toHaveLength(4)
  })
})

describe('strict JSON', () => {
  const limits = { maxBytes: 10_000, maxDepth: 20 }
  const read = (text: string) => parseStrictJson(new TextEncoder().encode(text), limits)

  it('reads whatever the standard parser wrote', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.nat({ max: 3 }), (text, indent) => {
        const value: unknown = JSON.parse(text)
        expect(read(JSON.stringify(value, undefined, indent))).toEqual({ ok: true, value })
      }),
    )
  })

  it('refuses an object with one key twice, wherever it stands', () => {
    const around = fc.constantFrom<(inner: string) => string>(
      (inner) => inner,
      (inner) => `[1,"{\\"a\\":",${inner}]`,
      (inner) => `{"k":{"l":${inner}},"m":"a:b"}`,
    )
    fc.assert(
      fc.property(fc.string(), around, (key, wrap) => {
        const name = JSON.stringify(key)
        expect(read(wrap(`{${name}:1, ${name} : 2}`)).ok).toBe(false)
        expect(read(wrap(`{${name}:1}`)).ok).toBe(true)
      }),
    )
  })
})
