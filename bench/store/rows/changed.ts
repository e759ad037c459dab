/** A warm run with `verify: changed` on a store of 50 GB: all that is not the chain's part. Sparse files, forged records. */
import { createHash } from 'node:crypto'
import { chmod, mkdir, open, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Sha256Hex, silentReporter } from '../../../src/core/index.ts'
import { approveAdapter, startDevnet } from '../../../src/devnet/index.ts'
import { type EnsureResult, ensureFromInputs } from '../../../src/ensure/index.ts'
import { formatChecks } from '../../../src/store/checks/record.ts'
import { median, type Row } from '../row.ts'

const FILES = 20
const FILE_BYTES = 2_500_000_000

/** A blob of nothing but a hole, and the record that its bytes are those of its name. Nobody hashes them here. */
async function putBlob(home: string, sha256: Sha256Hex, bytes: number): Promise<void> {
  const path = join(home, 'blobs/sha256', sha256.slice(0, 2), sha256)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  {
    await using file = await open(path, 'wx')
    await file.truncate(bytes)
  }
  await chmod(path, 0o444)
  const check = { ...(await stat(path, { bigint: true })), checkedAt: Date.now() }
  const record = join(home, 'cache/checks', sha256.slice(0, 2), `${sha256}.json`)
  await mkdir(dirname(record), { recursive: true })
  await writeFile(record, formatChecks(sha256, [check]))
}

function demandWarm({ error, artifacts, bytesDownloaded }: EnsureResult): void {
  if (error !== undefined) throw error
  const files = artifacts.flatMap((artifact) => artifact.files).filter(({ size }) => size === FILE_BYTES)
  const unchecked = files.filter(({ checkedAt }) => checkedAt === undefined).length
  if (files.length !== FILES || unchecked > 0 || bytesDownloaded > 0) {
    throw new Error(
      `${files.length} large files, ${unchecked} of them hashed, ${bytesDownloaded} bytes downloaded`,
    )
  }
}

export const changed: Row = {
  name: 'changed',
  title: () =>
    `warm run, verify: changed, ${(FILES * FILE_BYTES) / 1e9} GB in ${FILES} adapters: beyond the chain's part`,
  unit: 'ms',
  goal: { most: 150 },
  async measure(bench) {
    const home = join(await bench.folder(), 'home')
    await mkdir(home, { mode: 0o755 })
    const devnet = await startDevnet({ sizes: { model: 100_000, adapter: 5_000, dataset: 5_000 } })
    try {
      const ids = Array.from({ length: FILES }, (_, index) => `large_${index}`)
      for (const adapterId of ids) {
        const checksum = createHash('sha256').update(adapterId).digest('hex') as Sha256Hex
        approveAdapter(devnet, {
          adapterId,
          checksum,
          sizeBytes: BigInt(FILE_BYTES),
          fileName: 'adapter.safetensors',
          compatibleModelVersions: ['1.0.0'],
        })
        await putBlob(home, checksum, FILE_BYTES)
      }
      const run = async (): Promise<{ readonly result: EnsureResult; readonly beyond: number }> => {
        const start = performance.now()
        const inputs = {
          ...devnet.inputs(),
          home,
          verify: 'changed',
          'model-version': '1.0.0',
          adapters: ids.join('\n'),
        }
        const result = await ensureFromInputs(inputs, { reporter: silentReporter, environment: {} })
        const { approvals = 0, plan = 0 } = result.phases
        return { result, beyond: performance.now() - start - approvals - plan }
      }
      const cold = await run()
      if (cold.result.error !== undefined) throw cold.result.error
      const beyond: number[] = []
      const phases: number[] = []
      for (let round = 0; round < bench.rounds; round += 1) {
        const warm = await run()
        demandWarm(warm.result)
        beyond.push(warm.beyond)
        phases.push((warm.result.phases.store ?? 0) + (warm.result.phases.promote ?? 0))
      }
      return {
        value: median(beyond),
        more: { 'store and promotion, ms': median(phases), 'slowest, ms': Math.max(...beyond) },
      }
    } finally {
      await devnet.close()
    }
  },
}
