/** A store of 100,000 adapters, each a hard link of its blob: deciding what to prune, and listing it. */
import { createHash } from 'node:crypto'
import { link, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Sha256Hex, silentReporter } from '../../../src/core/index.ts'
import { type FoundArtifact, openStore, type Store, type UsageEntry } from '../../../src/store/index.ts'
import { listStore, pruneStore } from '../../../src/upkeep/index.ts'
import { planPrune } from '../../../src/upkeep/prune-plan.ts'
import { artifactsIn, type FoundBlob, takeStock } from '../../../src/upkeep/prune-stock.ts'
import { type Bench, median, type Row, timed } from '../row.ts'

const ARTIFACTS = 100_000
/** What is made at once. */
const BATCH = 1_000
const MINUTE = 60_000

async function anAdapter(home: string, number: number) {
  const name = `adapter-${String(number).padStart(6, '0')}`
  const sha256 = createHash('sha256').update(name).digest('hex') as Sha256Hex
  const blob = join(home, 'blobs', 'sha256', sha256.slice(0, 2), sha256)
  const path = join(home, 'adapters', `${name}.safetensors`)
  await mkdir(dirname(blob), { recursive: true })
  await writeFile(blob, name)
  await link(blob, path)
  return {
    kind: 'adapter' as const,
    path,
    isFolder: false,
    digest: `sha256:${sha256}`,
    version: '1.0.0',
    url: 'https://huggingface.co',
    files: [{ path: 'adapter_model.safetensors', sha256, size: name.length }],
    approvedAtHeight: 1_234_567n,
    chainId: 'remes-testnet-1',
    usedBy: 'r3mes-network/training: nightly / train, on runner-17',
    downloaded: true,
    at: new Date(Date.now() - number * MINUTE),
  }
}

async function filled(bench: Bench): Promise<{ readonly store: Store; readonly artifacts: number }> {
  const home = join(await bench.folder(), 'home')
  const artifacts = Math.round(ARTIFACTS * bench.size)
  const store = await openStore({ home, reporter: silentReporter })
  const uses: Awaited<ReturnType<typeof anAdapter>>[] = []
  for (let at = 0; at < artifacts; at += BATCH) {
    const length = Math.min(BATCH, artifacts - at)
    uses.push(...(await Promise.all(Array.from({ length }, (_, index) => anAdapter(home, at + index)))))
  }
  await store.usage.noteUse(uses)
  bench.report(`${artifacts} adapters are there`)
  return { store, artifacts }
}

/** What the disk and the index say: what a plan is made from. */
async function looked(store: Store) {
  const usage = new Map<string, UsageEntry>()
  for await (const entry of store.usage.entries()) usage.set(entry.path, entry)
  const artifacts: FoundArtifact[] = []
  for await (const artifact of artifactsIn(store.artifactEntries())) artifacts.push(artifact)
  const blobs: FoundBlob[] = []
  for await (const batch of store.blobEntries()) {
    for (const { sha256, ...blob } of batch) if (sha256 !== undefined) blobs.push({ ...blob, sha256 })
  }
  return { usage, artifacts, blobs, inUse: { blobs: new Set<string>(), paths: new Set<string>() } }
}

export const prunePlan: Row = {
  name: 'prune-plan',
  title: ({ size }) => `deciding what to prune of ${Math.round(ARTIFACTS * size)} artifacts`,
  unit: 'ms',
  goal: { most: 1_000 },
  async measure(bench) {
    const { store, artifacts } = await filled(bench)
    const stock = await looked(store)
    const now = Date.now()
    const plans: number[] = []
    const states: number[] = []
    for (let round = 0; round < bench.rounds; round += 1) {
      let state = takeStock({ ...stock, blobs: [], artifacts: [] }).state
      states.push(
        await timed(async () => {
          state = takeStock(stock).state
        }),
      )
      const quarantine = { going: 0, staying: 0 }
      const whole = { ...state, otherBytes: 0, remainsBytes: 0, quarantine, freeBytes: 0 }
      // Half of them have to go, by size: the most that has to be weighed.
      const policy = { maxSize: artifacts * 2048, keepPopular: 10 }
      plans.push(
        await timed(async () => {
          if (planPrune(whole, policy, now).removals.length === 0) throw new Error('Nothing would go')
        }),
      )
    }
    const dryRun = await timed(() => pruneStore(store, {}, silentReporter, { dryRun: true }))
    await store.close()
    return {
      value: median(plans),
      more: { 'from what was found to what it means, ms': median(states), 'whole dry run, ms': dryRun },
    }
  },
}

export const listing: Row = {
  name: 'ls',
  title: ({ size }) => `the first of ${Math.round(ARTIFACTS * size)} artifacts of a list`,
  unit: 'ms',
  goal: { most: 200 },
  async measure(bench) {
    const { store, artifacts } = await filled(bench)
    const first: number[] = []
    const whole: number[] = []
    let most = 0
    const before = process.memoryUsage().rss
    for (let round = 0; round < Math.min(3, bench.rounds); round += 1) {
      const start = performance.now()
      let seen = 0
      for await (const _artifact of listStore(store)) {
        if (seen === 0) first.push(performance.now() - start)
        seen += 1
        if (seen % 1_000 === 0) most = Math.max(most, process.memoryUsage().rss)
      }
      if (seen !== artifacts) throw new Error(`${seen} of ${artifacts} artifacts were listed`)
      whole.push(performance.now() - start)
    }
    await store.close()
    return {
      value: median(first),
      more: { 'all of them, ms': median(whole), 'memory that this took, MB': (most - before) / 1e6 },
    }
  },
}
