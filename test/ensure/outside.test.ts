import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { approveDataset, type DatasetFields } from '../../src/devnet/index.ts'
import { type Ensured, ensured } from '../support/ensured.ts'
import { finalTree } from '../support/tree.ts'

const MODEL_SIZE = 50_000

/** Runs for a model and a dataset that is not required, from the hub alone. */
async function withDataset({ devnet, run }: Ensured, metadata: DatasetFields['metadata']) {
  approveDataset(devnet, {
    datasetId: 7n,
    metadata: { name: 'odd', source: 'hf://r3mes-network/bitnet@main/v1.0.0', ...metadata },
  })
  return await run({
    'model-version': '2.0.0',
    datasets: 'odd',
    'require-dataset': 'false',
    sources: 'huggingface',
    'parallel-downloads': '1',
    'max-artifact-size': '9000TB',
  })
}

describe('a dataset that is not required fails alone', () => {
  const hub = 'hf://r3mes-network/bitnet@main/v2.0.0'
  const other = createHash('sha256').update('something else').digest('hex')
  const empty = createHash('sha256').digest('hex')
  it.each<[string, string, (ensured: Ensured) => DatasetFields['metadata']]>([
    [
      'when its record gives the model’s own bytes another size',
      'SIZE_MISMATCH',
      ({ devnet }) => ({
        checksum: devnet.addContent('model 2.0.0', MODEL_SIZE).sha256,
        sizeBytes: 1n,
        source: `${hub}/model.gguf`,
      }),
    ],
    [
      'when its record makes the model’s honest hub look like a liar',
      'DIGEST_MISMATCH',
      () => ({ checksum: other, source: `${hub}/model.gguf` }),
    ],
    [
      'when its manifest is another one than was approved',
      'DIGEST_MISMATCH',
      () => ({ checksum: `manifest:${other}`, source: hub }),
    ],
    [
      'when it fits on no disk',
      'DISK_FULL',
      () => ({ checksum: other, sizeBytes: 8n * 10n ** 15n, source: hub }),
    ],
    [
      'when its record gives the empty file a size',
      'SOURCES_EXHAUSTED',
      () => ({ checksum: empty, sizeBytes: 5n, source: `${hub}/missing` }),
    ],
  ])('%s', async (_when, code, metadata) => {
    const world = await ensured()
    const { sha256 } = world.devnet.addContent('model 2.0.0', MODEL_SIZE)
    const result = await withDataset(world, metadata(world))
    expect(result.error).toBeUndefined()
    expect(result.success).toBe(true)
    expect(result.datasetProblems.map((problem) => problem.code)).toEqual([code])
    const tree = await finalTree(world.home)
    expect(tree['models/v2.0.0/model.gguf']).toBe(sha256)
    expect(Object.keys(tree).filter((path) => path.startsWith('datasets/'))).toEqual([])
  })
})
