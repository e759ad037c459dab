import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextPage, readPage } from '../../src/sources/huggingface/tree.ts'
import { commonFolder } from '../../src/sources/huggingface/urls.ts'

const OID = 'a'.repeat(64)
const page = (value: unknown) => readPage(Buffer.from(JSON.stringify(value)))

describe('a page of a hub’s list', () => {
  it('has the size and SHA-256 of large files, the size of small ones, and skips folders', () => {
    expect(
      page([
        { type: 'directory', path: 'd', oid: 'x', size: 0 },
        { type: 'file', path: 'big', oid: 'x', size: 130, lfs: { oid: OID, size: 5000, pointerSize: 130 } },
        { type: 'file', path: 'small', oid: 'x', size: 7, xetHash: 'y' },
        { type: 'submodule', path: 'm' },
      ]),
    ).toEqual([
      { path: 'big', size: 5000, sha256: OID },
      { path: 'small', size: 7, sha256: undefined },
    ])
  })

  it.each([
    ['no object', [1]],
    ['no type', [{ path: 'a', size: 1 }]],
    ['no size', [{ type: 'file', path: 'a' }]],
    ['a size that is none', [{ type: 'file', path: 'a', size: -1 }]],
    ['a size beyond what numbers hold', [{ type: 'file', path: 'a', size: 2 ** 60 }]],
    ['a path that is none', [{ type: 'file', path: 3, size: 1 }]],
    ['a digest that is none', [{ type: 'file', path: 'a', size: 1, lfs: { oid: 'x', size: 1 } }]],
    ['a digest without a size', [{ type: 'file', path: 'a', size: 1, lfs: { oid: OID } }]],
    ['more entries than pages have', Array(10_001).fill({ type: 'directory', path: 'a' })],
  ])('is none with %s', (_what, value) => {
    expect(page(value)).toBeUndefined()
  })

  it('is none, or files of the documented form, whatever it holds', () => {
    const entry = fc.record(
      {
        type: fc.oneof(fc.constant('file'), fc.jsonValue()),
        path: fc.oneof(fc.string(), fc.jsonValue()),
        size: fc.oneof(fc.nat(), fc.jsonValue()),
        lfs: fc.oneof(
          fc.record({ oid: fc.oneof(fc.constant(OID), fc.string()), size: fc.jsonValue() }),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    )
    // A failure prints its seed.
    fc.assert(
      fc.property(fc.oneof(fc.array(entry), fc.jsonValue()), (value) => {
        for (const file of page(value) ?? []) {
          expect(typeof file.path).toBe('string')
          expect(Number.isSafeInteger(file.size)).toBe(true)
          expect(file.sha256 ?? OID).toMatch(/^[0-9a-f]{64}$/)
        }
      }),
    )
  })
})

describe('the next page', () => {
  const url = new URL('https://hub.example/prefix/api/models/a/b/tree/main?recursive=true')
  const next = (link: string | string[] | undefined) =>
    nextPage(url, { status: 200, headers: link === undefined ? {} : { link } })?.href

  it.each([
    ['<https://hub.example/prefix/api/models/a/b/tree/main?recursive=true&cursor=x>; rel="next"', 'cursor=x'],
    ['<https://evil.example/steal?cursor=x>; rel="next"', 'cursor=x'],
    ['<https://h/first?cursor=1>; rel="first", <https://h/next?cursor=x>; rel="next"', 'cursor=x'],
    ['<?cursor=x>; rel=next', 'cursor=x'],
  ])('of %s is at the same host and path', (link, query) => {
    expect(next(link)?.startsWith('https://hub.example/prefix/api/models/a/b/tree/main?')).toBe(true)
    expect(next(link)).toContain(query)
  })

  it.each([undefined, '', 'nonsense', '<https://h/?c=1>; rel="last"', '<http://[>; rel="next"'])(
    'of %s is none',
    (link) => {
      expect(next(link)).toBeUndefined()
    },
  )
})

describe('the common folder', () => {
  it.each([
    [['a/b/c', 'a/b/d'], 'a/b'],
    [['a/b/c', 'a/bb/d'], 'a'],
    [['a/b', 'c'], ''],
    [['a/b/c'], 'a/b'],
    [['a/b', 'a/b/c'], 'a'],
    [[], ''],
  ])('of %j is %j', (paths, folder) => {
    expect(commonFolder(paths)).toBe(folder)
  })
})
