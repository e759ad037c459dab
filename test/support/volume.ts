/** Builders for tests of the model manager: volumes, hosts of models, and what they serve. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Sha256Hex } from '../../src/core/index.ts'
import {
  type ModelKind,
  ModelManager,
  type ModelManagerOptions,
  SECTION_OF_MODEL,
} from '../../src/manager/index.ts'
import type { ManagerParts } from '../../src/manager/volume.ts'
import { sha256Of } from './digest.ts'
import { listen } from './loopback.ts'
import { aFolder, aReporter, type RecordingReporter } from './store.ts'

/** Bytes that no other file has. */
export function someBytes(size = 1_000): Buffer {
  return randomBytes(size)
}

/** A `.safetensors` file with one tensor of so many bytes. */
export function safetensors(bytes = 64): Buffer {
  const tensor = { dtype: 'U8', shape: [bytes], data_offsets: [0, bytes] }
  const header = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, weight: tensor }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, someBytes(bytes)])
}

export interface Served {
  readonly bytes: Buffer
  readonly type?: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

export interface ModelHost {
  /** Without a trailing slash. */
  readonly url: string
  /** `host:port` */
  readonly host: string
  /** Requests in order: method and path, query included. */
  readonly asked: string[]
  /** What each request was authorised with, in order. */
  readonly authorisations: (string | undefined)[]
  /** Serves something under a path from now on, and says its URL. */
  serve(path: string, what: Buffer | Served): string
}

/** A host that serves files whole, as long as the test runs. */
export async function aModelHost(): Promise<ModelHost> {
  const files = new Map<string, Served>()
  const asked: string[] = []
  const authorisations: (string | undefined)[] = []
  const server = await listen((request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.method} ${request.url}`)
    authorisations.push(request.headers.authorization)
    const found = files.get(new URL(request.url ?? '/', 'http://host').pathname)
    if (found === undefined) {
      response.writeHead(404).end('not here')
      return
    }
    const { bytes, status = 200, type = 'application/octet-stream', headers = {} } = found
    response.writeHead(status, { 'content-type': type, 'content-length': bytes.length, ...headers })
    response.end(bytes)
  })
  onTestFinished(() => server.close())
  return {
    url: server.url,
    host: new URL(server.url).host,
    asked,
    authorisations,
    serve(path, what) {
      files.set(path, Buffer.isBuffer(what) ? { bytes: what } : what)
      return `${server.url}${path}`
    },
  }
}

export interface TestManager {
  readonly manager: ModelManager
  readonly base: string
  readonly reporter: RecordingReporter
  /** What people were told at a level. */
  told(level: 'notice' | 'warning' | 'info'): readonly string[]
}

export type TestManagerOptions = Omit<ModelManagerOptions, 'reporter'> & {
  readonly hosts?: readonly (ModelHost | string)[]
}

/** A manager of a new volume, or of the one that `basePath` names; it lets go of the volume after the test. */
export async function aManager(
  { hosts = [], ...options }: TestManagerOptions = {},
  parts: ManagerParts = {},
): Promise<TestManager> {
  const base = options.basePath ?? join(await aFolder(), 'models')
  const reporter = aReporter()
  const manager = new ModelManager(
    {
      environment: {},
      ...options,
      basePath: base,
      allowHosts: hosts.map((host) => (typeof host === 'string' ? host : host.host)),
      reporter,
    },
    { network: { retryPolicy: { retries: 0 } }, ...parts },
  )
  onTestFinished(() => manager.dispose())
  const told = (level: string) =>
    reporter.lines.filter((line) => line.level === level).map(({ text }) => text)
  return { manager, base, reporter, told }
}

/** `cache_registry.json` of a volume, parsed. */
export async function registryOf(
  base: string,
): Promise<Record<string, Record<string, Record<string, unknown>>>> {
  return JSON.parse(await readFile(join(base, 'cache_registry.json'), 'utf8'))
}

export interface PythonModel {
  readonly kind: ModelKind
  readonly name: string
  readonly bytes: Buffer
  readonly url: string
  readonly file?: string
  /** Fields in place of those that the Python manager writes. */
  readonly entry?: Readonly<Record<string, unknown>>
}

/** A volume as the Python manager leaves it. */
export async function aPythonVolume(models: readonly PythonModel[]): Promise<string> {
  const base = join(await aFolder(), 'models')
  const registry: Record<string, Record<string, unknown>> = { checkpoints: {}, loras: {}, embeddings: {} }
  for (const { kind, name, bytes, url, file = `${name}.safetensors`, entry } of models) {
    const section = SECTION_OF_MODEL[kind]
    await mkdir(join(base, section), { recursive: true })
    const path = join(base, section, file)
    await writeFile(path, bytes)
    const written = {
      url,
      path,
      hash: sha256Of(bytes),
      downloaded_at: 1_700_000_000.25,
      last_used: 1_700_000_000.5,
    }
    registry[section] = {
      ...registry[section],
      [name]: { ...written, usage_count: 1, file_size: bytes.length, ...entry },
    }
  }
  await writeFile(
    join(base, 'cache_registry.json'),
    JSON.stringify({ ...registry, last_updated: 1_700_000_000.5 }, undefined, 2),
  )
  return base
}

export function hexOf(bytes: Buffer): Sha256Hex {
  return sha256Of(bytes)
}
