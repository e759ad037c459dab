import { readFile, stat, writeFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { assertVerified, type VerifiedFile } from '../../src/core/index.ts'
import type { LearnOptions } from '../../src/transfer/index.ts'
import { sha256Of } from '../support/digest.ts'
import { listen } from '../support/loopback.ts'
import { serveParts } from '../support/ranged.ts'
import { aNetwork, partialPath } from '../support/transfer.ts'
import { someBytes } from '../support/volume.ts'

async function learned(
  listener: Parameters<typeof listen>[0],
  options: LearnOptions = {},
  maxArtifactSize = 100_000_000,
) {
  const server = await listen(listener)
  onTestFinished(() => server.close())
  const network = aNetwork({ allowHosts: [new URL(server.url).host], maxArtifactSize })
  const path = await partialPath()
  const origin = { source: 'http', url: new URL(`${server.url}/file`) } as const
  return { path, file: network.learn(origin, path, options) }
}

describe('a file for which nobody named a digest', () => {
  it('comes with the digest that it has', async () => {
    const bytes = someBytes(5_000_000)
    const moved: number[] = []
    const { path, file } = await learned(serveParts(bytes), { onReceived: (count) => moved.push(count) })
    expect(await file).toEqual({ path, sha256: sha256Of(bytes), size: bytes.length })
    expect(await readFile(path)).toEqual(bytes)
    expect(moved.reduce((sum, count) => sum + count, 0)).toBe(bytes.length)
  })

  it('is no verified file', async () => {
    const { file } = await learned(serveParts(someBytes()))
    const pretended: unknown = await file
    expect(() => assertVerified(pretended as VerifiedFile)).toThrow(TypeError)
  })

  it('comes in one answer, and never goes on with what is there', async () => {
    const bytes = someBytes(9_000_000)
    const ranges: (string | undefined)[] = []
    const serve = serveParts(bytes)
    const { path, file } = await learned((request, response) => {
      ranges.push(request.headers.range)
      serve(request, response)
    })
    await writeFile(path, 'older')
    await file
    expect(ranges).toEqual([undefined])
    expect(await readFile(path)).toEqual(bytes)
  })

  it('leaves nothing when it ends early, is empty, or is too large', async () => {
    const bytes = someBytes(200_000)
    const cut = await learned((_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, 100_000), () => response.destroy())
    })
    await expect(cut.file).rejects.toMatchObject({ code: 'SOURCES_EXHAUSTED' })
    const empty = await learned((_request, response) => void response.writeHead(200).end())
    await expect(empty.file).rejects.toMatchObject({ code: 'SIZE_MISMATCH' })
    const large = await learned((_request, response) => void response.writeHead(200).end(bytes), {}, 199_999)
    await expect(large.file).rejects.toMatchObject({ code: 'ARTIFACT_TOO_LARGE' })
    for (const { path } of [cut, empty, large]) await expect(stat(path)).rejects.toThrow('ENOENT')
  })

  it('ends when it is cancelled', async () => {
    const controller = new AbortController()
    const { path, file } = await learned(
      (_request, response) => {
        response.writeHead(200, { 'content-length': 10 })
        response.write('half', () => controller.abort(new Error('no more')))
      },
      { signal: controller.signal },
    )
    await expect(file).rejects.toThrow('no more')
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })
})

describe('who looks at the answer that would be read', () => {
  it('sees the one after the redirects, and may refuse it', async () => {
    const page = await listen((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    )
    const first = await listen((_request, response) =>
      response.writeHead(302, { location: `${page.url}/login` }).end(),
    )
    onTestFinished(() => Promise.all([page.close(), first.close()]).then(() => undefined))
    const network = aNetwork({ allowHosts: [page, first].map(({ url }) => new URL(url).host) })
    const seen: unknown[] = []
    const origin = {
      source: 'http' as const,
      url: new URL(`${first.url}/file`),
      inspectBody: ({ status, headers }: { status: number; headers: Record<string, unknown> }) => {
        seen.push([status, headers['content-type']])
        throw new Error('a page')
      },
    }
    const path = await partialPath()
    const expected = { sha256: sha256Of('x') }
    await expect(network.learn(origin, path)).rejects.toThrow('a page')
    await expect(network.download(origin, expected, path)).rejects.toThrow('a page')
    await expect(network.download(origin, { ...expected, size: 6 }, path)).rejects.toThrow('a page')
    expect(seen).toEqual(Array.from({ length: 3 }, () => [200, 'text/html']))
  })
})
