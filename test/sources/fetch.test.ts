import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Place, WantedFile } from '../../src/core/index.ts'
import { createFetchRun, type FetchFailure, fetchFile, type Source } from '../../src/sources/index.ts'
import type { Network, Origin } from '../../src/transfer/index.ts'
import { aWantedFile, someSources } from '../support/sources.ts'
import { aReporter } from '../support/store.ts'
import {
  type Approved,
  aHost,
  aNetwork,
  approvedBytes,
  configured,
  errorOf,
  type Host,
  partialPath,
  redirectTo,
  serving,
} from '../support/transfer.ts'

/** A source with fixed origins. */
function aSource(name: Source['name'], ...hosts: Host[]): Source {
  return {
    name,
    origins: async () => hosts.map(({ url }) => configured(`${url}/f?secret=1`, { source: name })),
  }
}

function answering(status: number): Promise<Host> {
  return aHost((_request, response) => {
    response.writeHead(status).end()
  })
}

function spoiled({ bytes }: Approved): Buffer {
  const copy = Buffer.from(bytes)
  copy[0] = (copy[0] ?? 0) ^ 1
  return copy
}

/** One run: everything that its files share. */
function aRun(network: Network = aNetwork()) {
  const reporter = aReporter()
  const run = createFetchRun(reporter)
  const failures: FetchFailure[] = []
  return {
    run,
    failures,
    reporter,
    warnings: () => reporter.lines.filter(({ level }) => level === 'warning').map(({ text }) => text),
    fetch: (sources: readonly Source[], file: WantedFile, path: string) =>
      fetchFile(sources, file, path, network, run, { onFailure: (failure) => failures.push(failure) }),
  }
}

describe('fetchFile', () => {
  it('takes the file from the first source that has it and keeps why the others failed', async () => {
    const approved = approvedBytes()
    const missing = await answering(404)
    const good = await aHost(serving(approved.bytes))
    const unused = await aHost(serving(approved.bytes))
    const path = await partialPath()
    const sources = [aSource('huggingface', missing), aSource('ipfs', good), aSource('http', unused)]
    const { fetch, failures } = aRun()
    const fetched = await fetch(sources, aWantedFile({}, approved), path)
    expect(fetched.file).toMatchObject({ path, sha256: approved.expected.sha256 })
    expect(fetched).toMatchObject({ source: 'ipfs', url: `${good.url}/f` })
    expect(failures).toEqual([
      expect.objectContaining({
        source: 'huggingface',
        origin: `${missing.url}/f`,
        code: 'SOURCES_EXHAUSTED',
      }),
    ])
    expect(unused.requests).toHaveLength(0)
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
  })

  it('tells how far which source came', async () => {
    const approved = approvedBytes()
    const good = await aHost(serving(approved.bytes))
    const events: unknown[] = []
    const { run } = aRun()
    await fetchFile(
      [aSource('http', good)],
      aWantedFile({}, approved),
      await partialPath(),
      aNetwork(),
      run,
      {
        onProgress: (progress) => events.push(progress),
      },
    )
    const size = approved.bytes.length
    expect(events.at(-1)).toEqual({ source: 'http', bytes: size, total: size, done: true })
    expect(events.slice(0, -1)).not.toContainEqual(expect.objectContaining({ done: true }))
  })

  it('names a host that serves wrong bytes, and asks it for no other file of the run', async () => {
    const approved = approvedBytes()
    const liar = await aHost(serving(spoiled(approved)))
    const good = await aHost(serving(approved.bytes))
    const { fetch, warnings, failures } = aRun()
    const sources = [aSource('huggingface', liar), aSource('http', good)]
    await fetch(sources, aWantedFile({}, approved), await partialPath())
    expect(failures.map(({ code }) => code)).toEqual(['DIGEST_MISMATCH'])
    expect(warnings()).toEqual([expect.stringContaining(`${liar.url}/f served wrong bytes`)])
    await fetch(sources, aWantedFile({}, approved), await partialPath())
    expect(failures.map(({ code }) => code)).toEqual(['DIGEST_MISMATCH', 'DIGEST_MISMATCH'])
    expect(liar.requests).toHaveLength(1)
    expect(warnings()).toHaveLength(1)
  })

  it('still asks that host in the role of another source, and in another run', async () => {
    const approved = approvedBytes()
    const lies = [true, false, false]
    const host = await aHost((request, response) => {
      serving(lies.shift() === true ? spoiled(approved) : approved.bytes)(request, response)
    })
    const file = aWantedFile({}, approved)
    const fetched = await aRun().fetch(
      [aSource('huggingface', host), aSource('http', host)],
      file,
      await partialPath(),
    )
    expect(fetched.source).toBe('http')
    const later = await aRun().fetch([aSource('huggingface', host)], file, await partialPath())
    expect(later.source).toBe('huggingface')
  })

  it('drops a host that announces another size than the approved one', async () => {
    const approved = approvedBytes()
    const liar = await aHost(serving(approved.bytes.subarray(1)))
    const { fetch, warnings } = aRun()
    const error = await errorOf(
      fetch([aSource('http', liar)], aWantedFile({}, approved), await partialPath()),
    )
    expect(error.code).toBe('SIZE_MISMATCH')
    expect(warnings()).toHaveLength(1)
  })

  it('says DIGEST_MISMATCH when everything that was sent was wrong', async () => {
    const approved = approvedBytes()
    const one = await aHost(serving(spoiled(approved)))
    const two = await aHost(serving(Buffer.concat([approved.bytes, approved.bytes])))
    const path = await partialPath()
    const error = await errorOf(
      aRun().fetch([aSource('huggingface', one), aSource('http', two)], aWantedFile({}, approved), path),
    )
    expect(error.code).toBe('DIGEST_MISMATCH')
    expect(existsSync(path)).toBe(false)
  })

  it('says AUTH_REQUIRED when access was the only obstacle', async () => {
    const gated = await answering(401)
    const error = await errorOf(
      aRun().fetch([aSource('huggingface', gated)], aWantedFile(), await partialPath()),
    )
    expect(error.code).toBe('AUTH_REQUIRED')
    expect(error.message).toContain('hf-token')
  })

  it('says URL_REFUSED when no URL of the record may be asked', async () => {
    const places: Place[] = [
      { kind: 'http', url: 'http://127.0.0.1:1/' },
      { kind: 'http', url: 'https://10.0.0.1/' },
    ]
    const error = await errorOf(
      aRun().fetch(someSources({ order: ['http'] }), aWantedFile({ places }), await partialPath()),
    )
    expect(error.code).toBe('URL_REFUSED')
  })

  it('says SOURCES_EXHAUSTED for a mixture, counts by source, and puts every reason in the detail', async () => {
    const approved = approvedBytes()
    const gated = await answering(401)
    const missing = await answering(404)
    const liar = await aHost(serving(spoiled(approved)))
    const sources = [aSource('huggingface', gated), aSource('http', missing, liar)]
    const error = await errorOf(aRun().fetch(sources, aWantedFile({}, approved), await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.message).toContain('model 1.0.0: model.gguf (failed: huggingface 1, http 2)')
    expect(error.message).toContain('hf-token')
    expect(error.message).not.toContain('127.0.0.1')
    for (const reason of [
      `${gated.url}/f: AUTH_REQUIRED`,
      `${missing.url}/f: SOURCES_EXHAUSTED`,
      `${liar.url}/f: DIGEST_MISMATCH`,
    ]) {
      expect(error.detail).toContain(reason)
    }
    expect(error.detail).not.toContain('secret')
  })

  it('says what to do when no source knows a place', async () => {
    const error = await errorOf(aRun().fetch(someSources(), aWantedFile(), await partialPath()))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(error.message).toContain('sources')
  })

  it('asks nobody else when the disk is the trouble', async () => {
    const approved = approvedBytes()
    const hosts = [await aHost(serving(approved.bytes)), await aHost(serving(approved.bytes))]
    const path = join(dirname(await partialPath()), 'missing', 'x.part')
    const error = await errorOf(aRun().fetch([aSource('http', ...hosts)], aWantedFile({}, approved), path))
    expect(error.code).toBe('STORE_NOT_WRITABLE')
    expect(hosts[1]?.requests).toHaveLength(0)
  })

  it('asks nobody else once it is aborted', async () => {
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const stalling = await aHost(() => stop.abort(reason))
    const next = await aHost(() => undefined)
    const { run } = aRun()
    const fetching = fetchFile(
      [aSource('http', stalling, next)],
      aWantedFile(),
      await partialPath(),
      aNetwork(),
      run,
      {
        signal: stop.signal,
      },
    )
    await expect(fetching).rejects.toBe(reason)
    expect(next.requests).toHaveLength(0)
  })

  it('brings nothing larger than its own limit', async () => {
    const approved = approvedBytes(1000)
    const host = await aHost(serving(approved.bytes))
    const file: WantedFile = { ...aWantedFile({}, approved) }
    const { run } = aRun()
    const fetching = fetchFile([aSource('http', host)], file, await partialPath(), aNetwork(), run, {
      limit: 999,
    })
    expect((await errorOf(fetching)).code).toBe('ARTIFACT_TOO_LARGE')
    expect(host.requests).toHaveLength(0)
  })

  /** A cache whose signed addresses go out of date after the first look-up. */
  async function aCache(approved: Approved, freshAfter: number) {
    const cache = await aHost((request, response) => {
      if (request.url === '/signed?fresh') serving(approved.bytes)(request, response)
      else response.writeHead(403).end()
    })
    const lookUps: string[] = []
    const source: Source = {
      name: 'cache',
      async origins(file): Promise<readonly Origin[]> {
        lookUps.push(file.sha256)
        const url = `${cache.url}/signed?${lookUps.length > freshAfter ? 'fresh' : 'stale'}`
        return [configured(url, { source: 'cache', label: 'cache entry r3mes-v1' })]
      },
    }
    return { source, lookUps, cache }
  }

  it('asks the cache for new addresses once when they went out of date', async () => {
    const approved = approvedBytes()
    const { source, lookUps } = await aCache(approved, 1)
    const fetched = await aRun().fetch([source], aWantedFile({}, approved), await partialPath())
    expect(fetched).toMatchObject({ source: 'cache', url: 'cache entry r3mes-v1' })
    expect(lookUps).toHaveLength(2)
  })

  it('goes on to the next source when the new ones are refused too', async () => {
    const approved = approvedBytes()
    const { source, lookUps, cache } = await aCache(approved, 99)
    const good = await aHost(serving(approved.bytes))
    const fetched = await aRun().fetch(
      [source, aSource('http', good)],
      aWantedFile({}, approved),
      await partialPath(),
    )
    expect(fetched.source).toBe('http')
    expect(lookUps).toHaveLength(2)
    expect(cache.requests).toHaveLength(2)
  })

  it('gives the token to the hub and to nobody it redirects to', async () => {
    const approved = approvedBytes()
    const cdn = await aHost(serving(approved.bytes))
    const hub = await aHost(redirectTo(`${cdn.url}/blob`))
    const mirror = await answering(404)
    const sources = someSources({
      order: ['http', 'huggingface'],
      huggingface: { endpoint: new URL(hub.url), token: 'hf_secret' },
      http: { mirrors: [`${mirror.url}/{sha256}`] },
    })
    const place: Place = { kind: 'huggingface', repoType: 'model', repo: 'a/b', revision: 'main', path: 'f' }
    const { fetch } = aRun(aNetwork({ allowHosts: [cdn.hostPort] }))
    const fetched = await fetch(sources, aWantedFile({ places: [place] }, approved), await partialPath())
    expect(fetched.source).toBe('huggingface')
    expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer hf_secret'])
    expect([...cdn.requests, ...mirror.requests].map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      undefined,
    ])
  })
})

describe('a limit for files without an approved size', () => {
  it('ends the body of a host that sends more', async () => {
    const host = await aHost(serving(Buffer.alloc(5_000, 1)))
    const { run } = aRun()
    const { size: _approved, ...unsized } = aWantedFile({}, approvedBytes(5_000))
    const path = await partialPath()
    const fetch = fetchFile([aSource('http', host)], unsized, path, aNetwork(), run, { limit: 4_999 })
    expect((await errorOf(fetch)).code).toBe('ARTIFACT_TOO_LARGE')
  })
})
