import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contributorKey } from '../../src/transfer/index.ts'
import { journalPath, parseJournal } from '../../src/transfer/journal.ts'
import { DATA_PATHS, SMALL_PARTS, serveParts } from '../support/ranged.ts'
import {
  aHost,
  aNetwork,
  approvedBytes,
  configured,
  errorOf,
  partialPath,
  withoutSize,
} from '../support/transfer.ts'
import { bytesAsked, leaveSome, SIZE } from '../support/unfinished.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))

describe.each(DATA_PATHS)('what somebody did to an unfinished download, through %s', (_path, way) => {
  const options = { sizes: SMALL_PARTS, ...way }

  it.each([
    ['a pipe in the place of its journal', async (path: string) => aPipeAt(journalPath(path))],
    ['a link in the place of its journal', async (path: string) => aLinkAt(journalPath(path))],
    [
      'a journal that names everything',
      async (path: string) => writeFile(journalPath(path), `["partial",1,${SIZE}]\n["wrote",0,${SIZE}]\n`),
    ],
    ['no file beside its journal', async (path: string) => rm(path)],
    ['no journal beside its file', async (path: string) => rm(journalPath(path))],
  ])('is survived: %s', async (_what, tamper) => {
    const approved = approvedBytes(SIZE)
    const { path } = await leaveSome(approved, SIZE / 2)
    await tamper(path)
    const host = await aHost(serveParts(approved.bytes))
    const network = aNetwork(options)
    const file = await network.download(configured(host.url), approved.expected, path, { resume: true })
    expect(file.size).toBe(SIZE)
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
  })

  it.each([
    ['a pipe', 'STORE_NOT_WRITABLE', aPipeAt],
    ['a link', 'STORE_UNSAFE', aLinkAt],
    ['a folder', 'STORE_NOT_WRITABLE', aFolderAt],
  ])('ends the download where %s is in the place of its file', async (_what, code, putAt) => {
    const approved = approvedBytes(SIZE)
    const { path } = await leaveSome(approved, SIZE / 2)
    const elsewhere = join(dirname(path), 'elsewhere')
    await rename(path, elsewhere)
    const before = await readFile(elsewhere)
    await putAt(path)
    const host = await aHost(serveParts(approved.bytes))
    const fetching = aNetwork(options).download(configured(host.url), approved.expected, path, {
      resume: true,
    })
    expect((await errorOf(fetching)).code).toBe(code)
    expect(before.equals(await readFile(elsewhere))).toBe(true)
  })

  it('cannot put lines of its own into a request', async () => {
    const approved = approvedBytes(SIZE)
    const { path } = await leaveSome(approved, SIZE / 2)
    const host = await aHost(serveParts(approved.bytes))
    const origin = configured(host.url)
    const forged = JSON.stringify(['from', contributorKey(origin), '"v1"\r\nx-forged: 1'])
    await writeFile(journalPath(path), `${await readFile(journalPath(path), 'utf8')}${forged}\n`)
    await aNetwork(options).download(origin, approved.expected, path, { resume: true })
    expect(host.requests.every(({ headers }) => headers['x-forged'] === undefined)).toBe(true)
    expect(approved.bytes.equals(await readFile(path))).toBe(true)
  })

  it('brings no more than the limit where no size is approved', async () => {
    const approved = approvedBytes(SIZE)
    const path = await partialPath()
    await writeFile(path, approved.bytes)
    await writeFile(journalPath(path), `["partial",1,${SIZE}]\n["wrote",0,${SIZE}]\n`)
    const host = await aHost(serveParts(approved.bytes))
    const network = aNetwork({ ...options, maxArtifactSize: SIZE - 1 })
    const fetching = network.download(configured(host.url), withoutSize(approved), path, { resume: true })
    expect((await errorOf(fetching)).code).toBe('ARTIFACT_TOO_LARGE')
  })
})

async function aPipeAt(path: string): Promise<void> {
  await rm(path, { force: true })
  execFileSync('mkfifo', [path])
}

/** To the same bytes elsewhere. */
async function aLinkAt(path: string): Promise<void> {
  const target = join(dirname(path), 'elsewhere')
  if (existsSync(path)) await rename(path, target)
  await symlink(target, path)
}

async function aFolderAt(path: string): Promise<void> {
  await mkdir(path)
}

describe(`a journal (SEED=${SEED})`, () => {
  it('that is torn or forged costs time and nothing else', { timeout: 120_000 }, async () => {
    const approved = approvedBytes(SIZE)
    const { path } = await leaveSome(approved, SIZE / 2)
    const partial = await readFile(path)
    const journal = await readFile(journalPath(path))
    const network = aNetwork({ sizes: SMALL_PARTS })
    const host = await aHost(serveParts(approved.bytes))
    const damage = fc.oneof(
      fc.nat({ max: journal.length }).map((length) => journal.subarray(0, length)),
      fc.uint8Array({ maxLength: 300 }).map((junk) => Buffer.concat([journal, junk])),
      fc
        .tuple(fc.nat({ max: SIZE }), fc.integer({ min: -5, max: 2 * SIZE }))
        .map(([start, end]) =>
          Buffer.concat([journal, Buffer.from(`${JSON.stringify(['wrote', start, end])}\n`)]),
        ),
      fc.json().map((text) => Buffer.from(`["partial",1,${SIZE}]\n${text}\n["wrote",0,${SIZE}]\n`)),
    )
    for (const forged of fc.sample(damage, { numRuns: 25, seed: SEED })) {
      await writeFile(path, partial)
      await writeFile(journalPath(path), forged)
      const file = await network.download(configured(host.url), approved.expected, path, { resume: true })
      expect(file.size).toBe(SIZE)
      expect(approved.bytes.equals(await readFile(path))).toBe(true)
    }
  })

  it('is not believed about a file of another size', async () => {
    const approved = approvedBytes(SIZE)
    const { path } = await leaveSome(approved, SIZE / 2)
    await truncate(path, SIZE - 1)
    const host = await aHost(serveParts(approved.bytes))
    await aNetwork({ sizes: SMALL_PARTS }).download(configured(host.url), approved.expected, path, {
      resume: true,
    })
    expect(bytesAsked(host)).toBe(SIZE)
  })

  it('names no address, which may be a secret', async () => {
    const approved = approvedBytes(SIZE)
    const { path, host } = await leaveSome(approved, SIZE / 2)
    const journal = await readFile(journalPath(path), 'utf8')
    expect(journal).not.toContain(new URL(host.url).host)
    expect(journal).toContain('["from","')
  })

  it('with more gaps than a download leaves is of no use, and is read at once all the same', () => {
    const lines = Array.from({ length: 300_000 }, (_, index) => `["wrote",${2 * index},${2 * index + 1}]`)
    expect(parseJournal([`["partial",1,${SIZE}]`, ...lines].join('\n'))).toBeUndefined()
    const few = [`["partial",1,${SIZE}]`, ...lines.slice(0, 900)].join('\n')
    expect(parseJournal(few)?.written.size).toBe(900)
  })
})
