import { describe, expect, it } from 'vitest'
import { endOfHead, MOST_HEAD_BYTES, parsePlainHead, Unusual } from '../../src/transfer/socket-head.ts'

function head(...lines: string[]): Buffer {
  return Buffer.from([...lines, '', ''].join('\r\n'), 'latin1')
}

const PART = ['HTTP/1.1 206 Partial Content', 'Content-Range: bytes 0-9/100', 'Content-Length: 10']

describe('the head of a plain answer', () => {
  it('is read with its names in lower case and values without space around them', () => {
    const found = parsePlainHead(head(...PART, 'ETag: \t"a:b" ', 'X: 1', 'x: 2'), 206)
    expect(found).toMatchObject({ status: 206, length: 10, isKept: true })
    expect({ ...found.headers }).toEqual({
      'content-range': 'bytes 0-9/100',
      'content-length': '10',
      etag: '"a:b"',
      x: ['1', '2'],
    })
  })

  it('says when the connection ends after it', () => {
    expect(parsePlainHead(head(...PART, 'Connection: close'), 206).isKept).toBe(false)
    expect(parsePlainHead(head(...PART, 'Connection: Keep-Alive'), 206).isKept).toBe(true)
  })

  it('is one with a body only under the status that was wanted', () => {
    const whole = head('HTTP/1.1 200 OK', 'Content-Length: 10')
    expect(parsePlainHead(whole, 200)).toMatchObject({ status: 200, length: 10, isKept: true })
    expect(parsePlainHead(whole, 206)).toMatchObject({ status: 200, length: 0, isKept: false })
    expect(parsePlainHead(head(...PART), 200)).toMatchObject({ status: 206, length: 0, isKept: false })
  })

  it('of a refusal is read however its body comes', () => {
    const found = parsePlainHead(
      head('HTTP/1.1 503 Busy', 'Retry-After: 3', 'Transfer-Encoding: chunked'),
      206,
    )
    expect(found).toMatchObject({ status: 503, headers: { 'retry-after': '3' }, length: 0, isKept: false })
  })

  it.each([
    ['HTTP/1.0', ['HTTP/1.0 206 x', 'Content-Length: 10']],
    ['an informational answer', ['HTTP/1.1 103 Early Hints']],
    ['another protocol', ['ICY 206 x', 'Content-Length: 10']],
    ['a status of two digits', ['HTTP/1.1 20 x', 'Content-Length: 10']],
    ['no length', ['HTTP/1.1 206 x']],
    ['two lengths', [...PART, 'Content-Length: 10']],
    ['a length with a sign', ['HTTP/1.1 206 x', 'Content-Length: +10']],
    ['a list of lengths', ['HTTP/1.1 206 x', 'Content-Length: 10, 10']],
    ['chunks', [...PART, 'Transfer-Encoding: chunked']],
    ['chunks, said twice', [...PART, 'Transfer-Encoding: identity', 'transfer-encoding: chunked']],
    ['trailers', [...PART, 'Trailer: X']],
    ['an upgrade', [...PART, 'Upgrade: h2c']],
    ['an encoding', [...PART, 'Content-Encoding: gzip']],
    ['a folded line', [...PART, ' folded']],
    ['a space before the colon', [...PART, 'X : 1']],
    ['a line without a colon', [...PART, 'nonsense']],
    ['a control in a value', [...PART, 'X: a\u0000b']],
    ['a lone CR', [...PART, 'X: a\rY: b']],
    ['a lone LF', [...PART, 'X: a\nContent-Length: 5']],
    ['nothing', []],
  ])('with %s is left to the full client', (_what, lines) => {
    expect(() => parsePlainHead(head(...lines), 206)).toThrow(Unusual)
  })

  it('ends at its blank line, wherever the body goes on, and must not be long', () => {
    const bytes = Buffer.concat([head(...PART), Buffer.from('body\r\n\r\n')])
    expect(endOfHead(bytes)).toBe(bytes.length - 8)
    expect(endOfHead(bytes.subarray(0, 20))).toBeUndefined()
    expect(() => endOfHead(Buffer.alloc(MOST_HEAD_BYTES + 1, 'x'))).toThrow(Unusual)
    const long = Buffer.concat([Buffer.alloc(MOST_HEAD_BYTES + 1, 'x'), head('')])
    expect(() => endOfHead(long)).toThrow(Unusual)
  })
})
