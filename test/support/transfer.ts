import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { type Expected, R3mesError } from '../../src/core/index.ts'
import { type Network, type NetworkOptions, type Origin, openNetwork } from '../../src/transfer/index.ts'
import { sha256Of } from './digest.ts'
import { listen } from './loopback.ts'

/** Bytes and what is approved about them. */
export interface Approved {
  readonly bytes: Buffer
  readonly expected: Expected
}

export function approvedBytes(size = 300_000): Approved {
  const bytes = randomBytes(size)
  return { bytes, expected: { sha256: sha256Of(bytes), size } }
}

/** The same without an approved size. */
export function withoutSize({ expected }: Approved): Expected {
  return { sha256: expected.sha256 }
}

export interface Host {
  /** Without a trailing slash. */
  readonly url: string
  /** `127.0.0.1:port` */
  readonly hostPort: string
  readonly requests: readonly IncomingMessage[]
}

/** A real host on loopback for the length of the test. Records what it is asked. */
export async function aHost(listener: RequestListener): Promise<Host> {
  const requests: IncomingMessage[] = []
  const server = await listen((request, response) => {
    requests.push(request)
    listener(request, response)
  })
  onTestFinished(() => server.close())
  return { url: server.url, hostPort: new URL(server.url).host, requests }
}

/** Serves the bytes under every path. */
export function serving(bytes: Uint8Array): RequestListener {
  return (_request, response) => {
    response.setHeader('content-length', bytes.byteLength)
    response.end(bytes)
  }
}

export function redirectTo(location: string, status = 302): RequestListener {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { location })
    response.end()
  }
}

/** A network that waits for nothing but what hosts ask for, closed after the test. */
export function aNetwork(options: Partial<NetworkOptions> = {}): Network {
  const network = openNetwork({
    allowHosts: [],
    maxArtifactSize: 1_000_000_000,
    environment: {},
    ...options,
    retryPolicy: { retries: 2, baseMs: 1, ...options.retryPolicy },
  })
  onTestFinished(() => network.close())
  return network
}

export function anOrigin(url: string, more: Partial<Origin> = {}): Origin {
  return { source: 'http', url: new URL(url), ...more }
}

/** An origin whose host the machine's owner configured. */
export function configured(url: string, more: Partial<Origin> = {}): Origin {
  return anOrigin(url, { configured: true, ...more })
}

/** A path for a partial file in a folder of its own. */
export async function partialPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-transfer-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'content.part')
}

/** The error that a promise rejects with. Fails when it is none of ours. */
export async function errorOf(promise: Promise<unknown>): Promise<R3mesError> {
  const thrown = await promise.then(
    (value) => value,
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(R3mesError)
  return thrown as R3mesError
}
