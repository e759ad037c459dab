import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printableJson, sanitiseHtml, sanitiseLine, sanitiseText } from '../../src/core/index.ts'

/** What the runner obeys: `::command::` after leading space, `##[command]` anywhere; LF, CR and CRLF end a line. */
function hasCommand(text: string): boolean {
  return text.split(/\r\n|\n|\r/).some((line) => /^\s*::/.test(line) || line.includes('##['))
}

/** Text made of the pieces that are dangerous in some order. */
const hostile = fc
  .array(
    fc.constantFrom(
      '::',
      ':',
      '##[',
      '#',
      '[',
      ' ',
      '\t',
      '\r',
      '\n',
      '\u001b]0;x\u0007',
      '\u009b',
      '\u202e',
      '\ufeff',
      '\u2028',
      '\u0085',
      'x',
      '\\',
      '<',
      '&',
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''))

describe('text for a log', () => {
  it.each([
    '::set-output name=x::y',
    '   ::add-mask::x',
    '\t::error::x',
    '\u00a0::error::x',
    '\ufeff::error::x',
    'fine\r::error::x',
    'fine\n::error::x',
    'fine ##[error]x',
    ':::error::x',
    '::::',
  ])('holds no workflow command: %j', (text) => {
    expect(hasCommand(sanitiseText(text))).toBe(false)
    expect(hasCommand(sanitiseLine(text))).toBe(false)
  })

  it('holds no workflow command and no control character, whatever goes in', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const printed of [sanitiseText(text), sanitiseLine(text)]) {
          expect(hasCommand(printed)).toBe(false)
          expect(printed).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u202e\ufeff]/)
        }
        expect(sanitiseLine(text)).not.toContain('\n')
      }),
      { numRuns: 5000 },
    )
  })

  it('does not change when it is sanitised twice', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(sanitiseText(sanitiseText(text))).toBe(sanitiseText(text))
      }),
    )
  })

  it('keeps what does no harm', () => {
    const text = 'Ünïcode, tabs\tand\nlines: a::b, [x], #1, C:\\x'
    expect(sanitiseText(text)).toBe(text)
  })

  it('shows what it escapes', () => {
    expect(sanitiseText('a\u001b[2Jb')).toBe('a\\u001b[2Jb')
  })

  it('is cut, and says how much is missing', () => {
    expect(sanitiseText('abcdef', 4)).toBe('abcd… (2 more characters)')
  })
})

describe('text for a summary', () => {
  it('cannot open a tag, leave an attribute, make a link or name a person', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        expect(sanitiseHtml(text)).not.toMatch(/[<>"'`*~[\]|\\$@]/)
        expect(sanitiseHtml(text).replaceAll(/&(?:#\d+|amp|lt|gt|quot);/g, '')).not.toMatch(/[&#]/)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('printed JSON', () => {
  it('means the same and holds no command', () => {
    fc.assert(
      fc.property(fc.jsonValue(), hostile, (value, text) => {
        const printed = printableJson({ value, text, [text]: 1 })
        expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify({ value, text, [text]: 1 })))
        expect(hasCommand(printed)).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  it('holds no command over several lines either', () => {
    expect(hasCommand(printableJson(['::error::x', '##[error]y'], 2))).toBe(false)
  })
})
