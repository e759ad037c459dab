/** A machine whose doctor is asked: a devnet, an empty folder, and what the examination found. */

import { existsSync } from 'node:fs'
import { type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Devnet, type DevnetOptions, startDevnet } from '../../src/devnet/index.ts'
import { type Diagnosis, examine, type Finding } from '../../src/doctor/index.ts'
import { listen } from './loopback.ts'
import { aFolder } from './store.ts'

export interface ExaminedWorld {
  readonly devnet: Devnet
  /** Where home and lockfile would be. */
  readonly folder: string
  readonly home: string
  /** Inputs that point at the devnet, and away from everything else. */
  readonly inputs: Readonly<Record<string, string>>
  examine(
    changes?: Readonly<Record<string, string>>,
    environment?: Readonly<Record<string, string>>,
    offline?: boolean,
  ): Promise<Diagnosis>
}

const SMALL = { model: 10_000, adapter: 1_000, dataset: 1_000 }

export async function anExaminedWorld(options: DevnetOptions = {}): Promise<ExaminedWorld> {
  const devnet = await startDevnet({ sizes: SMALL, ...options })
  onTestFinished(() => devnet.close())
  const folder = await aFolder()
  const home = join(folder, '.r3mes')
  const lockfile = join(folder, 'r3mes.lock')
  const { 'allow-hosts': _unused, ...places } = devnet.inputs()
  const inputs = { ...places, home, 'max-artifact-size': '1MB' }
  // Of this machine's own node, nobody asks.
  const elsewhere = { IPFS_API_URL: `${devnet.urls.mirror}/kubo` }
  return {
    devnet,
    folder,
    home,
    inputs,
    examine: (changes = {}, environment = {}, offline = false) =>
      examine(
        { ...(existsSync(lockfile) ? { lockfile } : {}), ...inputs, ...changes },
        { environment: { HOME: folder, ...elsewhere, ...environment }, offline },
      ),
  }
}

export function about({ findings }: Diagnosis, subject: string): readonly Finding[] {
  return findings.filter(
    (finding) => finding.subject === subject || finding.subject.startsWith(`${subject} `),
  )
}

export function problemsIn({ findings }: Diagnosis): readonly (Finding & { verdict: 'problem' })[] {
  return findings.filter((finding) => finding.verdict === 'problem')
}

/** The same host under another port, whose clock is wrong by so many milliseconds. */
export async function withClock(url: string, shiftMs: number): Promise<string> {
  const host = await listen((request, response) => handOn(request, response, url, shiftMs))
  onTestFinished(() => host.close())
  return host.url
}

function handOn(request: IncomingMessage, response: ServerResponse, base: string, shiftMs: number): void {
  const { method = 'GET', headers } = request
  const upstream = sendRequest(new URL(request.url ?? '/', base), { method, headers }, (answer) => {
    const date = new Date(Date.now() + shiftMs).toUTCString()
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, date })
    answer.pipe(response)
  })
  upstream.on('error', () => response.destroy())
  request.pipe(upstream)
}
