/** The store that the README shows: what it holds, and who used it when, is the same on every machine. */
import { join } from 'node:path'
import type { Store } from '../../src/store/index.ts'
import { aUsed } from './prune.ts'
import { aFolder, aStore } from './store.ts'

/** Bytes that no two files share, and no file system stores as a hole. */
function content(name: string, size: number): string {
  return name.repeat(Math.ceil(size / name.length)).slice(0, size)
}

const TOKENIZER = content('tokenizer ', 600_000)

const ARTIFACTS = [
  {
    kind: 'model',
    name: 'v1.0.0',
    days: 48,
    uses: 3,
    files: { 'model.gguf': content('one ', 4_200_000), 'tokenizer.json': TOKENIZER },
  },
  {
    kind: 'model',
    name: 'v1.1.0',
    days: 2,
    uses: 14,
    files: { 'model.gguf': content('two ', 5_100_000), 'tokenizer.json': TOKENIZER },
  },
  {
    kind: 'adapter',
    name: 'coder',
    days: 3,
    uses: 9,
    asFolder: false,
    files: { 'coder.safetensors': content('coder ', 260_000) },
  },
  {
    kind: 'adapter',
    name: 'general_dora',
    days: 75,
    uses: 1,
    asFolder: false,
    files: { 'general_dora.safetensors': content('dora ', 310_000) },
  },
  {
    kind: 'dataset',
    name: 'training_dataset_v1',
    days: 6,
    uses: 2,
    files: { 'train.jsonl': content('{}\n', 1_900_000) },
  },
] as const

/** @returns its home; nobody uses it any more */
export async function theShownStore(): Promise<string> {
  const { store, home } = await aStore({ home: join(await aFolder(), '.r3mes') })
  for (const artifact of ARTIFACTS) await aUsed(store, artifact)
  await countRuns(store)
  await store.close()
  return home
}

async function countRuns(store: Store): Promise<void> {
  const none = { ok: 0, failed: 0, bytes: 0, milliseconds: 0 }
  await store.usage.count({
    success: true,
    hits: 0,
    misses: 6,
    sources: {
      huggingface: { ok: 5, failed: 1, bytes: 11_170_000, milliseconds: 4_200 },
      ipfs: { ...none, ok: 1, bytes: 600_000, milliseconds: 900 },
    },
  })
  for (let run = 0; run < 28; run++) {
    await store.usage.count({ success: run !== 4, hits: run % 2 === 0 ? 3 : 4, misses: 0, sources: {} })
  }
}
