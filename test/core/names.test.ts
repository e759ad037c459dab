import { posix, win32 } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  extensionOf,
  foldCase,
  isSafeName,
  type R3mesError,
  safeName,
  safePath,
} from '../../src/core/index.ts'

const HOSTILE = [
  ['a way up', '../../x'],
  ['a way up on Windows', '..\\..\\x'],
  ['an absolute path', '/etc/passwd'],
  ['a drive', 'C:x'],
  ['a stream', 'name:stream'],
  ['one dot', '.'],
  ['two dots', '..'],
  ['many dots', '....'],
  ['a hidden name', '.ssh'],
  ['an option', '-rf'],
  ['nothing', ''],
  ['a space', ' '],
  ['a trailing dot', 'name.'],
  ['a trailing space', 'name '],
  ['a NUL', 'a\0b'],
  ['a line break', 'a\nb'],
  ['a carriage return', 'a\rb'],
  ['an escape sequence', 'a\u001b[2J'],
  ['a device of Windows', 'CON'],
  ['a device in lower case with an extension', 'nul.txt'],
  ['a numbered device', 'COM1.safetensors'],
  ['a device with spaces before its extension', 'aux  .json'],
  ['300 characters', 'x'.repeat(300)],
  ['a Cyrillic look-alike', 'c\u043eder'],
  ['a full-width look-alike', '\uff43oder'],
  ['an invisible character', 'co\u200bder'],
  ['a right-to-left override', 'co\u202eder'],
  ['a combining accent', 'code\u0301r'],
  ['an expression', '$' + '{{ secrets.X }}'],
  ['a workflow command', '::set-output name=x::y'],
  ['HTML', '<b>x</b>'],
] as const

function refusal(work: () => unknown): R3mesError {
  try {
    work()
  } catch (error) {
    return error as R3mesError
  }
  throw new Error('It was accepted')
}

describe('a name', () => {
  it.each(['coder', 'general_dora', 'v1.0.0', 'training_dataset_v1', 'A+b-c', '7b', 'CONfig', 'com10'])(
    'may be %s',
    (name) => {
      expect(safeName(name, 'adapter id')).toBe(name)
      expect(isSafeName(name)).toBe(true)
    },
  )

  it.each(HOSTILE)('may not be %s', (_what, name) => {
    expect(isSafeName(name)).toBe(false)
    expect(refusal(() => safeName(name, 'adapter id')).code).toBe('ID_UNSAFE')
  })

  it.each(HOSTILE.filter(([, name]) => name.length > 3))(
    'is told of in our own words when it is %s',
    (_what, name) => {
      const error = refusal(() => safeName(name, 'adapter id'))
      expect(error.message).not.toContain(name)
      expect(error.message).toContain('adapter id')
      expect(error.detail).toBe(name)
    },
  )

  it('that is accepted is one segment on POSIX and on Windows', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 12 }), (name) => {
        fc.pre(isSafeName(name))
        expect(posix.basename(posix.join('/store', name))).toBe(name)
        expect(posix.dirname(posix.join('/store', name))).toBe('/store')
        expect(win32.basename(win32.join('C:\\store', name))).toBe(name)
        expect(win32.dirname(win32.join('C:\\store', name))).toBe('C:\\store')
      }),
      { numRuns: 2000 },
    )
  })

  it('is the same as another where case is folded', () => {
    expect(foldCase('Coder')).toBe(foldCase('cODER'))
    expect(foldCase('coder')).not.toBe(foldCase('codes'))
  })
})

describe('a path', () => {
  it.each(['model.gguf', 'a/b/c.safetensors', 'shard-00001-of-00002.bin', '_config/x'])(
    'may be %s',
    (path) => {
      expect(safePath(path, 'file name')).toBe(path)
    },
  )

  it.each<readonly [string, string]>([
    ...HOSTILE.filter(([what]) => !['a hidden name', 'an option'].includes(what)).map(
      ([what, name]) => [what, `folder/${name}`] as const,
    ),
    ['an empty segment', 'a//b'],
    ['a slash at the start', '/a'],
    ['a slash at the end', 'a/'],
    ['a way up in its middle', 'a/../../b'],
    ['more than 31 folders', `${'a/'.repeat(32)}x`],
    ['more than 1024 characters', `${'abcdefg/'.repeat(200)}x`],
  ])('may not have %s in it', (_what, path) => {
    expect(refusal(() => safePath(path, 'file name')).code).toBe('ID_UNSAFE')
  })

  it('that is accepted stays below its folder', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', '..', '.', 'b.c', '', ' ', '-', '.x'), { maxLength: 5 }),
        (parts) => {
          const text = parts.join('/')
          let path: string
          try {
            path = safePath(text, 'file name')
          } catch {
            return
          }
          expect(posix.join('/store', path).startsWith('/store/')).toBe(true)
          expect(posix.normalize(path)).toBe(path)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('an extension', () => {
  it.each([
    ['coder.safetensors', '.safetensors'],
    ['shards/a.tar.gz', '.gz'],
    ['coder', ''],
    ['.hidden', ''],
    ['folder.d/coder', ''],
    ['folder/.hidden', ''],
    ['coder.b@0123456789ab', ''],
    ['coder.a b', ''],
    [`coder.${'x'.repeat(33)}`, ''],
  ])('of %s is %j', (path, extension) => {
    expect(extensionOf(safePath(path, 'file'))).toBe(extension)
  })
})
