import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Content, type Devnet, directoryCid, startDevnet } from '../../src/devnet/index.ts'

const GIB = 1024 ** 3

let devnet: Devnet
let file: Content
let small: Content

beforeAll(async () => {
  devnet = await startDevnet({ sample: false })
  file = devnet.addContent('file', 3_000_001)
  small = devnet.addContent('small', Buffer.from('{"a":1}'))
  devnet.publishToHub('owner/name', 'deep/er/file.bin', file)
  devnet.publishToHub('owner/name', 'small config.json', small)
  devnet.publishToHub('owner/name', 'file.bin', file, 'dataset')
  devnet.publishToGateway(file)
  devnet.publishToMirror('files/file.bin', file)
})

afterAll(() => devnet.close())

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('content', () => {
  it('is the same bytes for the same name and size, and others for any other', () => {
    const again = devnet.addContent('file', 3_000_001)
    expect(again.sha256).toBe(file.sha256)
    expect(sha256(file.read(0, file.size))).toBe(file.sha256)
    expect(devnet.addContent('file', 3_000_000).sha256).not.toBe(file.sha256)
    expect(devnet.addContent('other', 3_000_001).sha256).not.toBe(file.sha256)
  })

  it('reads any part as it stands in the whole', () => {
    const whole = file.read(0, file.size)
    expect(whole).toHaveLength(file.size)
    for (const [start, end] of [
      [0, 1],
      [15, 17],
      [16, 32],
      [1_048_575, 1_048_593],
      [7, 2_500_003],
      [file.size - 1, file.size + 9],
      [file.size, file.size + 1],
    ] as const) {
      expect(Buffer.compare(file.read(start, end), whole.subarray(start, end))).toBe(0)
    }
  })

  it('reads any two neighbours as one, wherever they lie', () => {
    const distant = devnet.addContent('distant', 40_000_000)
    const offset = fc.integer({ min: 0, max: distant.size })
    const length = fc.integer({ min: 0, max: 5000 })
    // A failure prints its seed.
    fc.assert(
      fc.property(offset, length, length, (start, first, second) => {
        const joined = Buffer.concat([
          distant.read(start, start + first),
          distant.read(start + first, start + first + second),
        ])
        return joined.equals(Buffer.from(distant.read(start, start + first + second)))
      }),
    )
  })

  it('keeps given bytes as they were when they came', () => {
    const bytes = Buffer.from('hello')
    const content = devnet.addContent('given', bytes)
    bytes.fill(0)
    expect(Buffer.from(content.read(0, 5)).toString()).toBe('hello')
    expect(content.sha256).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824')
    // The CID that `ipfs add --cid-version 1` prints for "hello".
    expect(content.cid).toBe('bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq')
  })

  it('has no negative and no fractional size', () => {
    expect(() => devnet.addContent('x', -1)).toThrow(RangeError)
    expect(() => devnet.addContent('x', 1.5)).toThrow(RangeError)
  })

  it('serves gigabytes that are stored nowhere: ranges of 3 GiB agree wherever they overlap', async () => {
    const before = process.memoryUsage().rss
    const huge = devnet.addContent('huge', 3 * GIB)
    devnet.publishToMirror('huge', huge)
    const range = async (start: number, end: number) => {
      const response = await fetch(`${devnet.urls.mirror}/huge`, {
        headers: { Range: `bytes=${start}-${end - 1}` },
      })
      expect(response.status).toBe(206)
      expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${3 * GIB}`)
      return bytesOf(response)
    }
    for (const at of [0, GIB - 3, 2 * GIB + 4, 3 * GIB - 2_000_000]) {
      const wide = await range(at, at + 2_000_000)
      const narrow = await range(at + 999_990, at + 1_000_031)
      expect(narrow.equals(wide.subarray(999_990, 1_000_031))).toBe(true)
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(GIB)
  })
})

describe('ranges', () => {
  const url = () => `${devnet.urls.mirror}/files/file.bin`
  const get = (headers: Record<string, string>, method = 'GET') => fetch(url(), { method, headers })

  it('are offered with the size and a strong ETag, by HEAD too', async () => {
    for (const method of ['GET', 'HEAD']) {
      const response = await get({}, method)
      expect(response.status).toBe(200)
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'accept-ranges': 'bytes',
        'content-length': '3000001',
        etag: `"${file.sha256}"`,
      })
      const body = await bytesOf(response)
      expect(method === 'HEAD' ? body.length : sha256(body)).toBe(method === 'HEAD' ? 0 : file.sha256)
    }
  })

  it.each([
    ['bytes=10-19', 10, 20],
    ['bytes=2999990-', 2_999_990, 3_000_001],
    ['bytes=-5', 2_999_996, 3_000_001],
    ['bytes=2999999-9999999', 2_999_999, 3_000_001],
  ])('%s is answered with exactly that part', async (range, start, end) => {
    const response = await get({ Range: range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/3000001`)
    expect((await bytesOf(response)).equals(Buffer.from(file.read(start, end)))).toBe(true)
  })

  it('beyond the end are answered with 416 and the size', async () => {
    const response = await get({ Range: 'bytes=3000001-' })
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe('bytes */3000001')
  })

  it.each(['bytes=0-1,5-6', 'lines=1-2', 'bytes=x'])(
    'that are none or several (%s) get the whole content',
    async (range) => {
      const response = await get({ Range: range })
      expect(response.status).toBe(200)
      await response.body?.cancel()
    },
  )

  it('under If-Range count only for this very content', async () => {
    const same = await get({ Range: 'bytes=0-1', 'If-Range': `"${file.sha256}"` })
    expect(same.status).toBe(206)
    const other = await get({ Range: 'bytes=0-1', 'If-Range': '"another"' })
    expect(other.status).toBe(200)
    await other.body?.cancel()
  })
})

describe('the hub', () => {
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(devnet.urls.hub + path, { redirect: 'manual', ...init })

  it.each(['GET', 'HEAD'])('answers %s of a large file with a signed URL of the CDN', async (method) => {
    const response = await ask('/owner/name/resolve/main/deep/er/file.bin', { method })
    expect(response.status).toBe(302)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-linked-etag': `"${file.sha256}"`,
      'x-linked-size': '3000001',
      'x-repo-commit': expect.stringMatching(/^[0-9a-f]{40}$/),
    })
    const location = response.headers.get('location') ?? ''
    expect(location.startsWith(`${devnet.urls.cdn}/`)).toBe(true)
    expect(sha256(await bytesOf(await fetch(location)))).toBe(file.sha256)
    expect((await fetch(location, { headers: { Range: 'bytes=1-3' } })).status).toBe(206)
    const forged = new URL(location)
    forged.searchParams.set('Expires', '99999999999')
    expect((await fetch(forged)).status).toBe(403)
  })

  it('serves small files itself, with the git blob id as ETag', async () => {
    const response = await ask('/owner/name/resolve/refs%2Fpr%2F1/small%20config.json')
    expect(response.status).toBe(200)
    // What `git hash-object` prints for these seven bytes.
    expect(response.headers.get('etag')).toBe('"daa5053ecf5f9a37b2de733d0751cc1ab53ac010"')
    expect(await response.text()).toBe('{"a":1}')
  })

  it('keeps datasets apart from models', async () => {
    expect((await ask('/datasets/owner/name/resolve/main/file.bin')).status).toBe(302)
    const asModel = await ask('/owner/name/resolve/main/file.bin')
    expect([asModel.status, asModel.headers.get('x-error-code')]).toEqual([404, 'EntryNotFound'])
    const unknown = await ask('/owner/unknown/resolve/main/file.bin')
    expect([unknown.status, unknown.headers.get('x-error-code')]).toEqual([404, 'RepoNotFound'])
  })

  it('lists a repository page by page, with the SHA-256 of large files', async () => {
    type Entry = {
      type: string
      path: string
      size: number
      oid: string
      lfs?: { oid: string; size: number }
    }
    const entries: Entry[] = []
    let next: string | undefined = `${devnet.urls.hub}/api/models/owner/name/tree/main?recursive=true&limit=1`
    let pages = 0
    while (next !== undefined) {
      const response: Response = await fetch(next)
      entries.push(...((await response.json()) as Entry[]))
      next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
      pages += 1
    }
    expect(pages).toBe(4)
    expect(entries.map(({ type, path }) => `${type} ${path}`)).toEqual([
      'directory deep',
      'directory deep/er',
      'file deep/er/file.bin',
      'file small config.json',
    ])
    expect(entries[2]?.lfs).toMatchObject({ oid: file.sha256, size: file.size })
    expect(entries[3]).not.toHaveProperty('lfs')
    const flat = (await (await ask('/api/models/owner/name/tree/main')).json()) as Entry[]
    expect(flat.map(({ path }) => path)).toEqual(['deep', 'small config.json'])
    const below = (await (await ask('/api/models/owner/name/tree/main/deep/er')).json()) as Entry[]
    expect(below.map(({ path }) => path)).toEqual(['deep/er/file.bin'])
  })

  it('names the commit that it serves', async () => {
    const byRevision = await (await ask('/api/models/owner/name/revision/main')).json()
    const byName = await (await ask('/api/models/owner/name')).json()
    expect(byName).toEqual(byRevision)
    expect(byName).toMatchObject({
      id: 'owner/name',
      gated: false,
      sha: expect.stringMatching(/^[0-9a-f]{40}$/),
    })
    expect((await ask('/api/datasets/owner/name')).status).toBe(200)
  })

  it('keeps each commit that it named as it was, while branches move on', async () => {
    devnet.publishToHub('owner/moving', 'file.bin', file)
    const first = await ask('/owner/moving/resolve/main/file.bin')
    const commit = first.headers.get('x-repo-commit') ?? ''
    const other = devnet.addContent('moved on', 4096)
    devnet.publishToHub('owner/moving', 'file.bin', other)
    const etagAt = async (revision: string) => {
      const response = await ask(`/owner/moving/resolve/${revision}/file.bin`)
      return [response.headers.get('x-repo-commit'), response.headers.get('x-linked-etag')]
    }
    expect(await etagAt(commit)).toEqual([commit, `"${file.sha256}"`])
    expect(await etagAt('main')).toEqual([expect.not.stringMatching(commit), `"${other.sha256}"`])
    const info = (await (await ask(`/api/models/owner/moving/revision/${commit}`)).json()) as { sha: string }
    expect(info.sha).toBe(commit)
    const tree = (await (await ask(`/api/models/owner/moving/tree/${commit}`)).json()) as { size: number }[]
    expect(tree.map(({ size }) => size)).toEqual([file.size])
  })

  it.each([
    '/owner/name/resolve/%/file.bin',
    '/api/models/owner/name/revision/%',
    '/api/models/owner/name/tree/%',
  ])('knows no commit that it never named: %s', async (path) => {
    const response = await ask(path.replace('%', 'f'.repeat(40)))
    expect([response.status, response.headers.get('x-error-code')]).toEqual([404, 'RevisionNotFound'])
  })

  it('lets into a gated repository only who brings the token', async () => {
    devnet.publishToHub('owner/gated', 'file.bin', file)
    devnet.requireToken('owner/gated', 'hf_good')
    const paths = ['/owner/gated/resolve/main/file.bin', '/api/models/owner/gated/tree/main']
    for (const path of paths) {
      const anonymous = await ask(path)
      expect([anonymous.status, anonymous.headers.get('x-error-code')]).toEqual([401, 'GatedRepo'])
      const wrong = await ask(path, { headers: { Authorization: 'Bearer hf_bad' } })
      expect([wrong.status, wrong.headers.get('x-error-code')]).toEqual([403, 'GatedRepo'])
      const right = await ask(path, { headers: { Authorization: 'Bearer hf_good' } })
      expect(right.status).toBeLessThan(400)
    }
  })
})

describe('the gateway', () => {
  it('serves a CID as a plain file, with ranges', async () => {
    const response = await fetch(`${devnet.urls.gateway}/ipfs/${file.cid}`, {
      headers: { Range: 'bytes=0-0' },
    })
    expect(response.status).toBe(206)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      etag: `"${file.cid}"`,
      'x-ipfs-path': `/ipfs/${file.cid}`,
    })
  })

  it('serves a file below another CID', async () => {
    const cid = directoryCid([{ path: 'a b.txt', content: small }])
    devnet.publishToGateway(small, { cid, path: 'a b.txt' })
    const response = await fetch(`${devnet.urls.gateway}/ipfs/${cid}/a%20b.txt`)
    expect(await response.text()).toBe('{"a":1}')
    expect((await fetch(`${devnet.urls.gateway}/ipfs/${cid}/other`)).status).toBe(404)
  })

  it('knows no CID that was not published, and no blocks', async () => {
    expect((await fetch(`${devnet.urls.gateway}/ipfs/${small.cid}`)).status).toBe(404)
    expect((await fetch(`${devnet.urls.gateway}/ipfs/${file.cid}?format=raw`)).status).toBe(406)
  })

  it('knows the CID of an empty directory as all of IPFS does', () => {
    expect(directoryCid([])).toBe('bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354')
  })
})

describe('the mirror', () => {
  it('serves a file by its path, its SHA-256 and its CID', async () => {
    for (const path of ['files/file.bin', `sha256/${file.sha256}`, `ipfs/${file.cid}`]) {
      expect(sha256(await bytesOf(await fetch(`${devnet.urls.mirror}/${path}`)))).toBe(file.sha256)
    }
    expect((await fetch(`${devnet.urls.mirror}/other`)).status).toBe(404)
    expect((await fetch(`${devnet.urls.mirror}/files/file.bin`, { method: 'DELETE' })).status).toBe(404)
  })
})
