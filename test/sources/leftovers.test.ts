import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createFetchRun, fetchFile, type Source } from '../../src/sources/index.ts'
import { askedPart, except, SMALL_PARTS, serveParts } from '../support/ranged.ts'
import { aWantedFile } from '../support/sources.ts'
import { aReporter } from '../support/store.ts'
import {
  aHost,
  aNetwork,
  approvedBytes,
  configured,
  errorOf,
  type Host,
  partialPath,
} from '../support/transfer.ts'

const SIZE = 1_500_000

function aSource(...hosts: Host[]): Source {
  return { name: 'http', origins: async () => hosts.map(({ url }) => configured(`${url}/f`)) }
}

/** Serves the first half and then breaks every connection. */
function dying(honest: RequestListener): RequestListener {
  const breaks: RequestListener = (_request, response) => void response.destroy()
  return except(honest, (request) => (askedPart(request, SIZE)?.end ?? 0) > SIZE / 2, breaks)
}

async function aSearch() {
  const reporter = aReporter()
  const run = createFetchRun(reporter)
  const network = aNetwork({ sizes: SMALL_PARTS })
  const path = await partialPath()
  const warnings = () => reporter.lines.filter(({ level }) => level === 'warning').map(({ text }) => text)
  return { run, network, path, warnings }
}

describe('a file that one host began and another one finishes', () => {
  it('is asked of the second one only as far as it is missing', async () => {
    const approved = approvedBytes(SIZE)
    const first = await aHost(dying(serveParts(approved.bytes)))
    const second = await aHost(serveParts(approved.bytes, { etag: '"other"' }))
    const { run, network, path, warnings } = await aSearch()
    const file = aWantedFile({}, approved)
    let received = 0
    const fetched = await fetchFile([aSource(first, second)], file, path, network, run, {
      resume: true,
      onReceived: (_source, count) => {
        received += count
      },
    })
    expect(fetched.url).toBe(`${second.url}/f`)
    expect(received).toBe(SIZE)
    const asked = second.requests
      .map((request) => askedPart(request, SIZE))
      .filter((part) => part !== undefined)
    expect(asked.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThan(SIZE)
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
    expect(warnings()).toEqual([])
  })

  it('is brought by the second one alone when together they are wrong, and the first one is named', async () => {
    const approved = approvedBytes(SIZE)
    const liar = await aHost(dying(serveParts(Buffer.alloc(SIZE))))
    const honest = await aHost(serveParts(approved.bytes))
    const { run, network, path, warnings } = await aSearch()
    const file = aWantedFile({}, approved)
    const sources = [aSource(liar, honest)]
    const fetched = await fetchFile(sources, file, path, network, run, { resume: true })
    expect(fetched.url).toBe(`${honest.url}/f`)
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
    expect(warnings()).toEqual([expect.stringContaining(`${liar.url}/f served wrong bytes in a part`)])

    const before = liar.requests.length
    await fetchFile(sources, file, await partialPath(), network, run, { resume: true })
    expect(liar.requests).toHaveLength(before)
  })

  it('is refused when the second one lies, which is named, and the third one brings it', async () => {
    const approved = approvedBytes(SIZE)
    const first = await aHost(dying(serveParts(approved.bytes)))
    const liar = await aHost(serveParts(Buffer.alloc(SIZE)))
    const third = await aHost(serveParts(approved.bytes))
    const { run, network, path, warnings } = await aSearch()
    const sources = [aSource(first, liar, third)]
    const file = aWantedFile({}, approved)
    const fetched = await fetchFile(sources, file, path, network, run, { resume: true })
    expect(fetched.url).toBe(`${third.url}/f`)
    expect(warnings()).toEqual([expect.stringContaining(`${liar.url}/f served wrong bytes and`)])
  })

  it('stays for a later run when no host has the rest, and not when it was not asked to', async () => {
    const approved = approvedBytes(SIZE)
    const host = await aHost(dying(serveParts(approved.bytes)))
    const { run, network, path } = await aSearch()
    const file = aWantedFile({}, approved)
    const search = (resume: boolean) =>
      errorOf(fetchFile([aSource(host)], file, path, network, run, { resume }))
    expect((await search(true)).code).toBe('SOURCES_EXHAUSTED')
    expect(existsSync(path)).toBe(true)
    expect((await search(false)).code).toBe('SOURCES_EXHAUSTED')
    expect(existsSync(path)).toBe(false)
  })
})
