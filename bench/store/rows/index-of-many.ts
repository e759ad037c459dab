/** The usage index with 100,000 entries: looking one up and noting its use, as a run does for each artifact. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Sha256Hex, silentReporter } from '../../../src/core/index.ts'
import { openStore, type Store, type Use } from '../../../src/store/index.ts'
import { type Bench, median, type Row, timed } from '../row.ts'

const ENTRIES = 100_000
/** Entries that are noted at once while the index is made. */
const BATCH = 20_000

function nameOf(index: number): string {
  return `adapter-${String(index).padStart(6, '0')}`
}

function useOf(home: string, index: number): Use {
  const name = nameOf(index)
  const sha256 = createHash('sha256').update(name).digest('hex') as Sha256Hex
  return {
    kind: 'adapter',
    path: join(home, 'adapters', `${name}.safetensors`),
    isFolder: false,
    digest: `sha256:${sha256}`,
    version: '1.0.0',
    url: 'https://huggingface.co',
    files: [{ path: 'adapter_model.safetensors', sha256, size: 123_456_789 }],
    approvedAtHeight: 1_234_567n,
    chainId: 'remes-testnet-1',
    usedBy: 'r3mes-network/training: nightly / train, on runner-17',
    downloaded: false,
    at: new Date(),
  }
}

interface Filled {
  readonly store: Store
  readonly home: string
  readonly entries: number
}

async function filled(bench: Bench): Promise<Filled> {
  const home = join(await bench.folder(), 'home')
  const store = await openStore({ home, reporter: silentReporter })
  const entries = Math.round(ENTRIES * bench.size)
  for (let at = 0; at < entries; at += BATCH) {
    const length = Math.min(BATCH, entries - at)
    await store.usage.noteUse(Array.from({ length }, (_, index) => useOf(home, at + index)))
  }
  const { size } = await stat(join(home, 'cache/cache_registry.json'))
  bench.report(`${entries} entries, ${(size / 1e6).toFixed(0)} MB`)
  return { store, home, entries }
}

export const index: Row = {
  name: 'index',
  title: ({ size }) => `usage index of ${Math.round(ENTRIES * size)} entries: look one up and note its use`,
  unit: 'ms',
  goal: { most: 50 },
  async measure(bench) {
    const { store, home, entries } = await filled(bench)
    const both: number[] = []
    const lookUps: number[] = []
    for (let round = 0; round < bench.rounds * 10; round += 1) {
      const at = (round * 7919) % entries
      const lookUp = await timed(async () => {
        if ((await store.usage.lookUp('adapters', nameOf(at))) === undefined)
          throw new Error('It is not there')
      })
      const note = await timed(() => store.usage.noteUse([useOf(home, at)]))
      lookUps.push(lookUp)
      both.push(lookUp + note)
    }
    await store.close()
    return {
      value: median(both),
      more: { 'look-up, ms': median(lookUps), 'slowest of all, ms': Math.max(...both) },
    }
  },
}

export const largeIndex: Row = {
  name: 'index-whole',
  title: ({ size }) => `usage index of ${Math.round(ENTRIES * size)} entries: the first of all of them`,
  unit: 'ms',
  goal: { most: 200 },
  async measure(bench) {
    const { store, home, entries } = await filled(bench)
    const whole: number[] = []
    const first: number[] = []
    for (let round = 0; round < Math.min(3, bench.rounds); round += 1) {
      const start = performance.now()
      let seen = 0
      for await (const _entry of store.usage.entries()) {
        if (seen === 0) first.push(performance.now() - start)
        seen += 1
      }
      if (seen !== entries) throw new Error(`${seen} of ${entries} entries were read`)
      whole.push(performance.now() - start)
    }
    const parse = await timed(async () =>
      JSON.parse(await readFile(join(home, 'cache/cache_registry.json'), 'utf8')),
    )
    await store.close()
    return { value: median(first), more: { 'all of them, ms': median(whole), 'JSON.parse, ms': parse } }
  },
}
