/**
 * Our side of every row, bundled as `dist/` is and run as a child. The first argument is a file with the job as JSON; the last line of
 * output is `{"seconds":…}`: how long the work took, without the start of Node.
 */
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { isSha256Hex, silentReporter } from '../../src/core/index.ts'
import { type CachePort, ensureFromInputs } from '../../src/ensure/index.ts'
import { openNetwork } from '../../src/transfer/index.ts'
import type { EnsureJob, FilesJob, OurJob } from './jobs.ts'

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  await file.sync()
}

async function download({ files, folder, parallel, sync = false }: FilesJob): Promise<number> {
  const start = performance.now()
  const network = openNetwork({
    allowHosts: [],
    maxArtifactSize: Number.MAX_SAFE_INTEGER,
    environment: process.env,
  })
  const limit = pLimit(parallel)
  await Promise.all(
    files.map(({ url, sha256, bytes }) =>
      limit(async () => {
        if (!isSha256Hex(sha256)) throw new TypeError(`${sha256} is no digest`)
        const origin = { source: 'http', url: new URL(url), configured: true } as const
        const path = join(folder, sha256)
        await network.download(origin, { sha256, size: bytes }, path)
        if (sync) await syncFile(path)
      }),
    ),
  )
  const seconds = (performance.now() - start) / 1000
  await network.close()
  return seconds
}

function cachePort({ url, token }: NonNullable<EnsureJob['cache']>): CachePort {
  return {
    available: true,
    options: {
      url: new URL(url),
      token,
      deniedPrefixes: { read: 'cache read denied:', write: 'cache write denied:' },
      rights: { read: 'allowed', write: 'allowed' },
    },
  }
}

async function ensured({ inputs, phases, cache }: EnsureJob): Promise<number> {
  const progress = (bytes: number): void => {
    process.send?.(bytes)
  }
  const result = await ensureFromInputs(inputs, {
    environment: {},
    reporter: {
      ...silentReporter,
      warning: (line) => console.error(line),
      progress: ({ bytes }) => progress(bytes),
    },
    ...(cache === undefined ? {} : { findCache: async () => cachePort(cache) }),
  })
  if (!result.success) throw result.error ?? new Error('the run was interrupted')
  return phases.reduce((sum, phase) => sum + (result.phases[phase] ?? 0), 0) / 1000
}

const job: OurJob = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'))
const seconds = job.kind === 'files' ? await download(job) : await ensured(job)
console.log(JSON.stringify({ seconds }))
if (process.connected) process.disconnect()
