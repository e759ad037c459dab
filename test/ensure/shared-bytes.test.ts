import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { approveAdapter, artifactManifest, MANIFEST_NAME } from '../../src/devnet/index.ts'
import { ensured } from '../support/ensured.ts'
import { finalTree } from '../support/tree.ts'

const REPO = 'r3mes-network/adapters'
const FITS = { compatibleModelVersions: ['1.0.0'] }

describe('bytes that two artifacts share', () => {
  it.each(['first\nsecond', 'second\nfirst'])(
    'come from whichever has a place that answers: %j',
    async (adapters) => {
      const { devnet, home, run } = await ensured()
      const { sha256 } = devnet.addContent('shared', 3_000)
      devnet.publishToHub(REPO, 'shared.pt', devnet.addContent('shared', 3_000))
      for (const [adapterId, path] of [
        ['first', 'gone.pt'],
        ['second', 'shared.pt'],
      ]) {
        approveAdapter(devnet, {
          adapterId: adapterId ?? '',
          checksum: sha256,
          fileName: 'x.pt',
          downloadSource: `hf://${REPO}@main/${path}`,
          ...FITS,
        })
      }
      const result = await run({ 'model-version': '1.0.0', adapters, sources: 'huggingface' })
      expect(result.error).toBeUndefined()
      expect(await finalTree(home)).toMatchObject({
        'adapters/first.pt': sha256,
        'adapters/second.pt': sha256,
      })
    },
  )

  it('have the size that each of them approves, or fail', async () => {
    const { devnet, home, run } = await ensured()
    const { sha256, size } = devnet.addContent('shared', 3_000)
    devnet.publishToHub(REPO, 'shared.pt', devnet.addContent('shared', 3_000))
    for (const [adapterId, sizeBytes] of [
      ['right', BigInt(size)],
      ['wrong', BigInt(size) + 1n],
    ] as const) {
      approveAdapter(devnet, {
        adapterId,
        checksum: sha256,
        sizeBytes,
        fileName: 'x.pt',
        downloadSource: `hf://${REPO}@main/shared.pt`,
        ...FITS,
      })
    }
    const result = await run({ 'model-version': '1.0.0', adapters: 'right\nwrong', sources: 'huggingface' })
    expect(result.error?.code).toBe('SIZE_MISMATCH')
    expect(result.error?.message).toContain('wrong')
    expect(await finalTree(home)).toEqual({})
  })
})

it.each(['false', 'true'])(
  'makes the empty files of an artifact without asking anyone (force: %s)',
  async (force) => {
    const { devnet, home, run } = await ensured()
    const nothing = devnet.addContent('nothing', new Uint8Array())
    const files = ['a/__init__.py', 'b/__init__.py', 'c/__init__.py'].map((path) => ({
      path,
      content: nothing,
    }))
    const manifest = artifactManifest(files)
    devnet.publishToHub(REPO, `hollow/${MANIFEST_NAME}`, manifest)
    approveAdapter(devnet, {
      adapterId: 'hollow',
      checksum: `manifest:${manifest.sha256}`,
      downloadSource: `hf://${REPO}@main/hollow`,
      ...FITS,
    })
    const result = await run({ 'model-version': '1.0.0', adapters: 'hollow', sources: 'huggingface', force })
    expect(result.error).toBeUndefined()
    expect(devnet.requests.to('hub').filter(({ path }) => path.includes('__init__'))).toEqual([])
    const empty = createHash('sha256').digest('hex')
    const tree = await finalTree(home)
    for (const { path } of files) expect(tree[`adapters/hollow/${path}`]).toBe(empty)
  },
)
