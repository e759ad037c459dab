/** Requests as they go over a connection of our own. */
import { validateHeaderName, validateHeaderValue } from 'node:http'
import { headersFor, type Question } from './request.ts'
import type { Hop } from './url-rules.ts'

/**
 * A whole request (RFC 9112, 3), in Latin-1.
 *
 * @throws TypeError for a header of the origin that no request may carry
 */
export function requestText(question: Question, hop: Hop): string {
  const { url } = hop
  const headers = { host: url.host, ...headersFor(question, hop) }
  const lines = Object.entries(headers).map(([name, value]) => {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return `${name}: ${value}`
  })
  return [`GET ${url.pathname}${url.search} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}
