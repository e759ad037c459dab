import type { IncomingMessage, ServerResponse } from 'node:http'
import createRouter from 'find-my-way'
import type { Host } from './server.ts'

/** What a route was asked for. */
export interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** A part of the path, percent-decoded; empty when the route has no such part. */
  part(name: string): string
  readonly search: URLSearchParams
}

type Route = (asked: Asked) => void | Promise<void>

/** A host that answers GET and HEAD by path, and everything else with 404. */
export function routedHost(routes: Readonly<Record<string, Route>>): Host {
  const router = createRouter({
    defaultRoute: (_request, response) => sendText(response, 404, 'not found'),
    onBadUrl: (_path, _request, response) => sendText(response, 400, 'malformed path'),
    // Artifact ids and repository names may be long.
    maxParamLength: 4096,
  })
  for (const [path, route] of Object.entries(routes)) {
    router.on(['GET', 'HEAD'], path, (request, response, params) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://devnet')
      return route({ request, response, search: searchParams, part: (name) => params[name] ?? '' })
    })
  }
  return {
    async answer(request, response) {
      await router.lookup(request, response)
    },
  }
}

/** A short answer in plain text. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(`${text}\n`)
  response
    .writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': body.length,
      ...headers,
    })
    .end(body)
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(JSON.stringify(value))
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length, ...headers })
    .end(body)
}
