/**
 * A request to a model manager whose volume holds 1,000 models, all of it in place, with recorded checks. Sparse files, forged records.
 */
import { createHash } from 'node:crypto'
import { chmod, link, mkdir, open, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Sha256Hex } from '../../../src/core/index.ts'
import { ModelManager, type ModelRequest } from '../../../src/manager/index.ts'
import { formatChecks } from '../../../src/store/checks/record.ts'
import { median, type Row, timed } from '../row.ts'

const ENTRIES = 1_000
const CHECKPOINTS = 20
const CHECKPOINT_BYTES = 6_500_000_000
const LORA_BYTES = 150_000_000
const LORAS_OF_REQUEST = 4
const LORAS_OF_LARGE_REQUEST = 49

interface Model extends ModelRequest {
  readonly section: 'checkpoints' | 'loras'
  readonly hash: Sha256Hex
  readonly bytes: number
}

function models(): readonly Model[] {
  return Array.from({ length: ENTRIES }, (_, index) => {
    const isCheckpoint = index < CHECKPOINTS
    const name = `${isCheckpoint ? 'checkpoint' : 'lora'}-${index}`
    return {
      section: isCheckpoint ? 'checkpoints' : 'loras',
      name,
      url: `https://models.example.org/${name}.safetensors`,
      hash: createHash('sha256').update(name).digest('hex') as Sha256Hex,
      bytes: isCheckpoint ? CHECKPOINT_BYTES : LORA_BYTES,
    }
  })
}

/** A blob of nothing but a hole with its name on the volume, and the record that its bytes are the right ones. */
async function putModel(base: string, { section, name, hash, bytes }: Model): Promise<string> {
  const blob = join(base, '.r3mes/blobs/sha256', hash.slice(0, 2), hash)
  await mkdir(dirname(blob), { recursive: true, mode: 0o700 })
  {
    await using file = await open(blob, 'wx')
    await file.truncate(bytes)
  }
  await chmod(blob, 0o444)
  const path = join(base, section, `${name}.safetensors`)
  await link(blob, path)
  const check = { ...(await stat(blob, { bigint: true })), checkedAt: Date.now() }
  const record = join(base, '.r3mes/cache/checks', hash.slice(0, 2), `${hash}.json`)
  await mkdir(dirname(record), { recursive: true })
  await writeFile(record, formatChecks(hash, [check]))
  return path
}

/** A volume as the Python manager would have left it, but for the blobs behind its files. */
async function aVolume(base: string, all: readonly Model[]): Promise<void> {
  for (const folder of ['checkpoints', 'loras', 'embeddings', '.r3mes']) await mkdir(join(base, folder))
  const now = Date.now() / 1000
  const sections: Record<Model['section'], Record<string, unknown>> = { checkpoints: {}, loras: {} }
  for (const model of all) {
    const { section, name, url, hash, bytes } = model
    const path = await putModel(base, model)
    const entry = { url, path, hash, downloaded_at: now, last_used: now, usage_count: 1, file_size: bytes }
    sections[section][name] = entry
  }
  const registry = { ...sections, embeddings: {}, last_updated: now }
  await writeFile(join(base, 'cache_registry.json'), JSON.stringify(registry, undefined, 2))
}

async function ask(manager: ModelManager, all: readonly Model[], loras: number): Promise<void> {
  const [first, ...others] = [...all.slice(0, 1), ...all.slice(CHECKPOINTS, CHECKPOINTS + loras)].map(
    ({ name, url, hash }) => ({ name, url, hash }),
  )
  const [checkpoint, got, failures] = await manager.prepareModelsForRequest(first, others)
  if (checkpoint === null || got.length !== loras || failures.length > 0) {
    throw failures[0]?.error ?? new Error('The volume is not warm')
  }
}

export const volumeWarm: Row = {
  name: 'volume-warm',
  title: () =>
    `\`prepareModelsForRequest\`, verify: changed, a checkpoint and ${LORAS_OF_REQUEST} LoRAs on a warm volume of ${ENTRIES} entries`,
  unit: 'ms',
  goal: { most: 20 },
  async measure(bench) {
    const base = join(await bench.folder(), 'models')
    await mkdir(base)
    const all = models()
    await aVolume(base, all)
    const options = { basePath: base, verify: 'changed', environment: {} } as const
    const [asked, large, after, first]: [number[], number[], number[], number[]] = [[], [], [], []]
    await using manager = new ModelManager(options)
    await ask(manager, all, LORAS_OF_LARGE_REQUEST)
    for (let round = 0; round < bench.rounds; round += 1) {
      asked.push(await timed(() => ask(manager, all, LORAS_OF_REQUEST)))
      large.push(await timed(() => ask(manager, all, LORAS_OF_LARGE_REQUEST)))
      {
        await using fresh = new ModelManager(options)
        first.push(await timed(() => ask(fresh, all, LORAS_OF_REQUEST)))
      }
      after.push(await timed(() => ask(manager, all, LORAS_OF_REQUEST)))
    }
    return {
      value: median(asked),
      more: {
        'slowest, ms': Math.max(...asked),
        'request of 50, ms': median(large),
        'after another process changed the registry, ms': median(after),
        'first request of a manager, opening the volume included, ms': median(first),
      },
    }
  },
}
