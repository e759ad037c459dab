import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { ByteRanges } from '../../src/transfer/byte-ranges.ts'
import { readLeftover } from '../../src/transfer/journal.ts'
import { type AskedPart, askedPart, serveParts } from '../support/ranged.ts'
import type { SharingJob } from '../support/sharing-child.ts'
import { wanting } from '../support/sharing-process.ts'
import { aFolder } from '../support/store.ts'
import { aHost, approvedBytes, type Host } from '../support/transfer.ts'

const SIZE = 24 * 1024 * 1024

/** Bytes that a host was asked for. */
function bytesAsked({ requests }: Host): number {
  const parts = requests.map((request) => askedPart(request, SIZE) ?? { start: 0, end: SIZE })
  return parts.reduce((sum, { start, end }) => sum + end - start, 0)
}

/** What journals in a store say was written. */
async function writtenIn(home: string): Promise<ByteRanges> {
  const folder = join(home, 'partials')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.part'))
  const [left] = await Promise.all(names.map((name) => readLeftover(join(folder, name))))
  return left?.written ?? new ByteRanges()
}

/** Where processes have ids of their own, as in a container. */
const OWN_PIDS = [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ...['--pid', '--fork', '--kill-child', '--mount-proc', '--'],
]
const refused = spawnSync('unshare', [...OWN_PIDS.slice(1), 'true'], { encoding: 'utf8' }).stderr
/** The other process, and how it starts. Where the machine allows no namespaces, the name of the test says so. */
const ELSEWHERE: readonly (readonly [string, readonly string[]])[] = [
  ['another process', []],
  refused === ''
    ? ['a process in another pid namespace', OWN_PIDS]
    : [`a third process, in the same pid namespace, for another is not to be had here: ${refused}`, []],
]

describe('one file that many processes want', { timeout: 120_000 }, () => {
  it('is fetched by one of eight, and all of them have it', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const host = await aHost(serveParts(bytes))
    const home = join(await aFolder(), 'home')
    const job: SharingJob = {
      home,
      mirror: `${host.url}/{sha256}`,
      files: [{ sha256: expected.sha256, size: SIZE }],
    }
    const processes = await Promise.all(Array.from({ length: 8 }, () => wanting(job)))
    for (const each of processes) each.go()
    const reports = await Promise.all(processes.map(({ report }) => report))
    const from = reports.map((report) => report?.from[0]).toSorted()
    expect(from).toEqual(['http', ...Array(7).fill('store')])
    // A slow part may be asked for twice, on another connection, but nothing is fetched by two.
    expect(bytesAsked(host)).toBeLessThan(SIZE * 2)
    expect(await readdir(join(home, 'partials'))).toEqual([])
    expect(await readdir(join(home, 'leases/claims'))).toEqual([])
    expect(await readdir(join(home, 'leases/sessions'))).toEqual([])
  })

  it.each(ELSEWHERE)('is gone on with at once by %s when its bringer is killed', async (_name, launcher) => {
    const { bytes, expected } = approvedBytes(SIZE)
    const honest = serveParts(bytes)
    let mayEnd = false
    const host = await aHost((request, response) => {
      const end = askedPart(request, SIZE)?.end ?? SIZE
      if (mayEnd || end <= SIZE / 2) honest(request, response)
    })
    const home = join(await aFolder(), 'home')
    const job: SharingJob = {
      home,
      mirror: `${host.url}/{sha256}`,
      files: [{ sha256: expected.sha256, size: SIZE }],
    }
    const bringer = await wanting(job)
    const waiter = await wanting(job, launcher)
    bringer.go()
    await vi.waitUntil(
      () => host.requests.some((request) => (askedPart(request, SIZE)?.end ?? 0) > SIZE / 2),
      {
        timeout: 30_000,
        interval: 5,
      },
    )
    waiter.go()
    await vi.waitUntil(async () => (await writtenIn(home)).size > SIZE / 4, { timeout: 30_000, interval: 5 })
    const written = await writtenIn(home)
    const asked = host.requests.length
    mayEnd = true
    bringer.child.kill('SIGKILL')
    const report = await waiter.report
    expect(report?.from).toEqual(['http'])
    const again = host.requests.slice(asked).map((request) => askedPart(request, SIZE))
    expect(again.length).toBeGreaterThan(0)
    // What the killed one had written was not asked for again.
    const gaps = written.missing(SIZE)
    const isInGap = (part: AskedPart) => gaps.some(({ start, end }) => start <= part.start && part.end <= end)
    expect(again.filter((part) => part === undefined || !isInGap(part))).toEqual([])
    expect(await readdir(join(home, 'partials'))).toEqual([])
  })

  it('is waited for with a word to people, and fetched by the next one when its bringer fails', async () => {
    const { bytes, expected } = approvedBytes(50_000)
    const honest = serveParts(bytes)
    let refuse: (() => void) | undefined
    let isBroken = true
    const host = await aHost((request, response) => {
      if (!isBroken) return honest(request, response)
      refuse = () => response.writeHead(404).end()
    })
    const home = join(await aFolder(), 'home')
    const job: SharingJob = {
      home,
      mirror: `${host.url}/{sha256}`,
      files: [{ sha256: expected.sha256, size: bytes.length }],
    }
    const bringer = await wanting(job)
    const waiter = await wanting(job)
    bringer.go()
    await vi.waitUntil(() => refuse, { timeout: 30_000, interval: 5 })
    waiter.go()
    await waiter.says('file: another job is fetching it. Waiting for that one.')
    expect(host.requests).toHaveLength(1)
    isBroken = false
    refuse?.()
    expect((await bringer.report)?.from).toEqual(['SOURCES_EXHAUSTED'])
    expect((await waiter.report)?.from).toEqual(['http'])
    expect(await readdir(join(home, 'leases/claims'))).toEqual([])
  })
})
