/** What a web server of the real world makes of our requests, and we of its answers. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeAuthority } from '../../scripts/real-parts/authority.ts'
import { type Answered, type Nginx, type NginxOptions, startNginx } from '../../scripts/real-parts/nginx.ts'
import { isThere, NGINX } from '../../scripts/real-parts/programs.ts'
import type { Expected } from '../../src/core/index.ts'
import { approveDataset } from '../../src/devnet/index.ts'
import type { Origin } from '../../src/transfer/index.ts'
import { aScenario } from '../support/scenario.ts'
import {
  aNetwork,
  approvedBytes,
  configured,
  errorOf,
  partialPath,
  withoutSize,
} from '../support/transfer.ts'

const MIB = 1024 * 1024

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-test-nginx-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** nginx for the length of the test, with these files. */
async function anNginx(
  files: Readonly<Record<string, Uint8Array>>,
  options: Omit<NginxOptions, 'root'> = {},
): Promise<Nginx> {
  const root = await aFolder()
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(root, name), bytes)
  const nginx = await startNginx({ ...options, root })
  onTestFinished(() => nginx[Symbol.asyncDispose]())
  return nginx
}

/** Brings `/file` into a new partial file. */
async function bring(nginx: Nginx, expected: Expected, more: Partial<Origin> = {}) {
  const path = await partialPath()
  return { path, download: aNetwork().download(configured(`${nginx.url}/file`, more), expected, path) }
}

function bytesSent(answered: readonly Answered[]): number {
  return answered.filter(({ method }) => method === 'GET').reduce((sum, { bytes }) => sum + bytes, 0)
}

describe.skipIf(!isThere(NGINX))('nginx (needs nginx)', () => {
  it.each([
    ['with its approved size', true],
    ['of an unknown size', false],
  ])('serves a large file %s, whose every byte is then checked', async (_what, sized) => {
    const approved = approvedBytes(40 * MIB)
    const nginx = await anNginx({ file: approved.bytes })
    const { path, download } = await bring(nginx, sized ? approved.expected : withoutSize(approved))
    expect(await download).toEqual({ path, ...approved.expected })
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
    const answered = await nginx.answered()
    expect(answered.filter(({ status }) => status !== 200 && status !== 206)).toEqual([])
    expect(bytesSent(answered)).toBeGreaterThanOrEqual(approved.bytes.length)
  })

  it.each([0, 1, 65_536])('serves a file of %i bytes', async (size) => {
    const approved = approvedBytes(size)
    const nginx = await anNginx({ file: approved.bytes })
    const { path, download } = await bring(nginx, approved.expected)
    expect((await download).size).toBe(size)
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
  })

  it('serves a slice of a file, and no byte of the rest of it', async () => {
    const inner = approvedBytes(MIB)
    const nginx = await anNginx({ file: Buffer.concat([Buffer.alloc(1000), inner.bytes, Buffer.alloc(MIB)]) })
    const { path, download } = await bring(nginx, inner.expected, { slice: { start: 1000, length: MIB } })
    await download
    expect(inner.bytes.equals(await readFile(path))).toBe(true)
    expect(bytesSent(await nginx.answered())).toBe(MIB)
  })

  it('serves a large file over TLS, in parts over connections that are used again and again', async () => {
    const approved = approvedBytes(160 * MIB)
    const authority = makeAuthority(await aFolder(), ['127.0.0.1'])
    const before = getCACertificates('default')
    setDefaultCACertificates([...before, await readFile(authority.ca, 'utf8')])
    onTestFinished(() => setDefaultCACertificates(before))
    const nginx = await anNginx({ file: approved.bytes }, { tls: authority })
    const path = await partialPath()
    // Nobody asks twice: an answer that is not read would be seen.
    const network = aNetwork({ timeouts: { firstByteMs: 5_000 }, retryPolicy: { retries: 0 } })
    await network.download(configured(`${nginx.url}/file`), approved.expected, path)
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
    expect((await nginx.answered()).length).toBeGreaterThan(1)
  })

  it('is waited for when it gives each connection little', async () => {
    const approved = approvedBytes(4 * MIB)
    const nginx = await anNginx({ file: approved.bytes }, { limitRate: '4m' })
    const { path, download } = await bring(nginx, approved.expected)
    await download
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
  })

  it('is refused when it sends gzip whoever asks, and nothing is left', async () => {
    const approved = approvedBytes(MIB)
    const files = { file: approved.bytes, 'file.gz': gzipSync(approved.bytes) }
    const { path, download } = await bring(await anNginx(files, { forceGzip: true }), withoutSize(approved))
    const error = await errorOf(download)
    expect([error.code, error.message]).toEqual(['SOURCES_EXHAUSTED', expect.stringContaining('compressed')])
    expect(existsSync(path)).toBe(false)
  })

  it('is refused when it has other bytes under that name, and nothing is left', async () => {
    const approved = approvedBytes(12 * MIB)
    const wrong = Buffer.from(approved.bytes)
    wrong.writeUInt8(wrong.readUInt8(7 * MIB) ^ 1, 7 * MIB)
    const { path, download } = await bring(await anNginx({ file: wrong }), approved.expected)
    expect((await errorOf(download)).code).toBe('DIGEST_MISMATCH')
    expect(existsSync(path)).toBe(false)
  })

  it('is asked once when it has no such file', async () => {
    const nginx = await anNginx({})
    const { download } = await bring(nginx, approvedBytes(10).expected)
    const error = await errorOf(download)
    expect([error.code, error.message]).toEqual(['SOURCES_EXHAUSTED', expect.stringContaining('404')])
    expect(await nginx.answered()).toHaveLength(1)
  })

  describe('over TLS of a private authority, as a mirror of the built action', () => {
    /** A dataset that nothing but this nginx has, and a run that asks for it. */
    async function aTlsMirror() {
      const { devnet, step } = await aScenario({ cache: false })
      const content = devnet.addContent('mirrored', 20 * MIB)
      approveDataset(devnet, { datasetId: 9n, metadata: { name: 'mirrored', checksum: content.sha256 } })
      const tls = makeAuthority(await aFolder(), ['127.0.0.1'])
      const nginx = await anNginx({ [content.sha256]: content.read(0, content.size) }, { tls })
      const run = (environment: Readonly<Record<string, string>>) =>
        step(
          {
            'model-version': 'none',
            datasets: 'mirrored',
            sources: 'http',
            mirrors: `${nginx.url}/{sha256}`,
          },
          { environment },
        )
      return { content, nginx, caFile: tls.ca, run }
    }

    it('serves, once NODE_EXTRA_CA_CERTS names the authority', async () => {
      const { content, nginx, caFile, run } = await aTlsMirror()
      const { outputs } = await run({ NODE_EXTRA_CA_CERTS: caFile })
      expect(outputs).toMatchObject({ success: 'true', 'bytes-downloaded': String(content.size) })
      expect(bytesSent(await nginx.answered())).toBeGreaterThanOrEqual(content.size)
    })

    it('is not believed otherwise', async () => {
      const { nginx, run } = await aTlsMirror()
      const { outputs, stdout } = await run({})
      expect(outputs['error-code']).toBe('SOURCES_EXHAUSTED')
      expect(stdout).toContain('NODE_EXTRA_CA_CERTS')
      expect(await nginx.answered()).toEqual([])
    })
  })
})
