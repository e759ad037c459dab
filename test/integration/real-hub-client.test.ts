/** The devnet's hub as HuggingFace's own client sees it: what our client learns from the devnet holds for the protocol. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { huggingfaceHub, pipIsThere } from '../../scripts/real-parts/python-packages.ts'
import { type Content, type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { aHubClient } from '../support/hub-client.ts'

/** Time for the first test on a machine to install the client. */
const INSTALL_MS = 5 * 60_000

const REPO = 'owner/name'

/** A repository with a file in git and files in LFS, in folders. */
const FILES: Readonly<Record<string, number | Uint8Array>> = {
  'config.json': Buffer.from('{"hidden_size":2560}'),
  'model.safetensors': 5_000_000,
  'deep/er/model-00001.gguf': 70_000,
  'with space/ünïcode.bin': 3_000,
}

interface PublishedHub {
  readonly devnet: Devnet
  readonly contents: ReadonlyMap<string, Content>
  /** @throws RangeError when the repository has no such file */
  content(path: string): Content
}

async function aHub(): Promise<PublishedHub> {
  const devnet = await startDevnet({ sample: false })
  onTestFinished(() => devnet.close())
  const contents = new Map(
    Object.entries(FILES).map(([path, bytes]) => [path, devnet.addContent(path, bytes)]),
  )
  for (const [path, content] of contents) devnet.publishToHub(REPO, path, content)
  return {
    devnet,
    contents,
    content(path) {
      const found = contents.get(path)
      if (found === undefined) throw new RangeError(`the repository has no ${path}`)
      return found
    },
  }
}

const hexOf = ({ read, size }: Content): string => Buffer.from(read(0, size)).toString('hex')

describe.skipIf(!pipIsThere())('huggingface_hub (needs Python with pip)', () => {
  beforeAll(() => huggingfaceHub(), INSTALL_MS)

  it.each(Object.keys(FILES))('downloads %s from the devnet, the same bytes', async (path) => {
    const { devnet, content } = await aHub()
    const client = await aHubClient(devnet.urls.hub)
    expect(await client.ask('download', { repo: REPO, path })).toBe(hexOf(content(path)))
    // Large files come from the CDN, as they do in the real world.
    expect(devnet.requests.to('cdn').length > 0).toBe(content(path).size >= 1024)
  })

  it('downloads a whole repository, and names the commit that we see', async () => {
    const { devnet, contents } = await aHub()
    const client = await aHubClient(devnet.urls.hub)
    const { sha } = (await client.ask('info', { repo: REPO })) as { readonly sha: string }
    const folder = await client.ask('snapshot', { repo: REPO })
    expect(folder).toBe(join(client.home, 'hf/hub/models--owner--name/snapshots', sha))
    for (const [path, content] of contents) {
      const bytes = await readFile(join(String(folder), path))
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(content.sha256)
    }
    const names = await readdir(String(folder), { recursive: true })
    expect(names.filter((name) => contents.has(name)).sort()).toEqual([...contents.keys()].sort())
  })

  it('reads size, SHA-256 and commit of a file without its bytes', async () => {
    const { devnet, content } = await aHub()
    const client = await aHubClient(devnet.urls.hub)
    const { sha256, size } = content('model.safetensors')
    const { sha } = (await client.ask('info', { repo: REPO })) as { readonly sha: string }
    expect(await client.ask('metadata', { repo: REPO, path: 'model.safetensors' })).toEqual({
      commit: sha,
      etag: sha256,
      size,
    })
    expect(devnet.requests.to('cdn')).toEqual([])
  })

  it('lists a tree with the SHA-256 of its large files, over as many pages as it takes', async () => {
    const { devnet, contents } = await aHub()
    for (let n = 0; n < 1_500; n += 1) {
      devnet.publishToHub(REPO, `many/${n}.txt`, devnet.addContent('many', Buffer.from(String(n))))
    }
    const client = await aHubClient(devnet.urls.hub)
    const entries = (await client.ask('tree', { repo: REPO })) as readonly {
      readonly path: string
      readonly size: number | null
      readonly sha256: string | null
    }[]
    const files = entries.filter(({ size }) => size !== null)
    expect(files).toHaveLength(contents.size + 1_500)
    for (const [path, { size, sha256 }] of contents) {
      expect(files.find((file) => file.path === path)).toEqual({
        path,
        size,
        sha256: size < 1024 ? null : sha256,
      })
    }
    expect(devnet.requests.to('hub').filter(({ path }) => path.includes('cursor='))).toHaveLength(1)
  })

  it('gets in where a token is asked for, with the token alone', async () => {
    const { devnet, content } = await aHub()
    devnet.requireToken(REPO, 'hf_right')
    const client = await aHubClient(devnet.urls.hub)
    const ask = (more: object) => client.ask('download', { repo: REPO, path: 'model.safetensors', ...more })
    expect(await ask({})).toEqual({ error: 'GatedRepoError' })
    expect(await ask({ token: 'hf_wrong' })).toEqual({ error: 'GatedRepoError' })
    expect(await ask({ token: 'hf_right' })).toBe(hexOf(content('model.safetensors')))
    expect(devnet.requests.to('cdn').flatMap(({ headers }) => headers['authorization'] ?? [])).toEqual([])
  })

  it('tells a missing file from a missing repository', async () => {
    const { devnet } = await aHub()
    const client = await aHubClient(devnet.urls.hub)
    expect(await client.ask('download', { repo: REPO, path: 'other.bin' })).toMatchObject({
      error: expect.stringMatching(/EntryNotFoundError$/),
    })
    expect(await client.ask('download', { repo: 'owner/other', path: 'model.safetensors' })).toEqual({
      error: 'RepositoryNotFoundError',
    })
  })
})

describe.skipIf(!pipIsThere())('a data set of the devnet', () => {
  it(
    'is what huggingface_hub downloads as one',
    async () => {
      const devnet = await startDevnet({ sample: false })
      onTestFinished(() => devnet.close())
      const content = devnet.addContent('rows', 20_000)
      devnet.publishToHub('owner/rows', 'train.jsonl', content, 'dataset')
      const client = await aHubClient(devnet.urls.hub)
      expect(
        await client.ask('download', { repo: 'owner/rows', path: 'train.jsonl', repo_type: 'dataset' }),
      ).toBe(hexOf(content))
      expect(await client.ask('download', { repo: 'owner/rows', path: 'train.jsonl' })).toEqual({
        error: 'RepositoryNotFoundError',
      })
    },
    INSTALL_MS,
  )
})
