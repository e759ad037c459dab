import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import type { AnswerHead } from '../../src/transfer/index.ts'
import {
  aHost,
  aNetwork,
  approvedBytes,
  configured,
  errorOf,
  partialPath,
  redirectTo,
  serving,
} from '../support/transfer.ts'

describe('what an origin says before its bytes', () => {
  it('is shown for every answer of its own host, and for none of another one', async () => {
    const { bytes, expected } = approvedBytes()
    const cdn = await aHost((request, response) => {
      response.setHeader('x-said', 'cdn')
      serving(bytes)(request, response)
    })
    const hub = await aHost((request, response) => {
      response.setHeader('x-said', `hub ${request.url}`)
      redirectTo(request.url === '/old' ? '/new' : cdn.url)(request, response)
    })
    const heads: AnswerHead[] = []
    const network = aNetwork({ allowHosts: [cdn.hostPort] })
    const origin = configured(`${hub.url}/old`, { inspect: (head) => heads.push(head) })
    await network.download(origin, expected, await partialPath())
    expect(heads.map(({ status, headers }) => [status, headers['x-said']])).toEqual([
      [302, 'hub /old'],
      [302, 'hub /new'],
    ])
  })

  it('ends the origin at once when it is refused: nobody is asked for a byte, and nothing again', async () => {
    const { bytes, expected } = approvedBytes()
    const cdn = await aHost(serving(bytes))
    const hub = await aHost(redirectTo(cdn.url))
    const refusal = new R3mesError('DIGEST_MISMATCH', 'It has another file.')
    const origin = configured(hub.url, {
      inspect: () => {
        throw refusal
      },
    })
    const network = aNetwork({ allowHosts: [cdn.hostPort] })
    expect(await errorOf(network.download(origin, expected, await partialPath()))).toBe(refusal)
    expect([hub.requests.length, cdn.requests.length]).toEqual([1, 0])
  })
})

describe('a small answer', () => {
  it('is read whole, with its headers, by a configured origin with its own headers', async () => {
    const host = await aHost((request, response) => {
      response.setHeader('link', '<next>; rel="next"')
      response.end(`asked by ${request.headers.authorization}`)
    })
    const origin = configured(host.url, { headers: { authorization: 'Bearer x' } })
    const answer = await aNetwork().read(origin, 100)
    expect(Buffer.from(answer.bytes).toString()).toBe('asked by Bearer x')
    expect([answer.status, answer.headers['link']]).toEqual([200, '<next>; rel="next"'])
  })

  it('is asked for again after a pause that its host wants', async () => {
    let asked = 0
    const host = await aHost((_request, response) => {
      asked += 1
      if (asked === 1) response.writeHead(429, { 'retry-after': '0' }).end()
      else response.end('well')
    })
    expect((await aNetwork().read(configured(host.url), 100)).status).toBe(200)
    expect(asked).toBe(2)
  })

  it.each([
    ['announced', true],
    ['sent', false],
  ])('is refused when more is %s than may be', async (_how, announces) => {
    const host = await aHost((_request, response) => {
      if (announces) response.setHeader('content-length', 101)
      response.end('x'.repeat(101))
    })
    expect((await errorOf(aNetwork().read(configured(host.url), 100))).code).toBe('ARTIFACT_TOO_LARGE')
  })

  it('is refused where the URL rules refuse its host', async () => {
    const host = await aHost(serving(Buffer.from('x')))
    const error = await errorOf(aNetwork().read({ source: 'http', url: new URL(host.url) }, 100))
    expect([error.code, host.requests.length]).toEqual(['URL_REFUSED', 0])
  })
})
