import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { WantedFile } from '../../src/core/index.ts'
import { type Content, type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { aDevnetHubRun, aHubRun, askedOfHub, onHub } from '../support/hub.ts'
import { aHost, approvedBytes, errorOf, serving } from '../support/transfer.ts'

let devnet: Devnet
let count = 0

beforeAll(async () => {
  devnet = await startDevnet({ sample: false })
})
afterAll(() => devnet.close())
beforeEach(() => devnet.requests.clear())

/** A new repository with these files on the hub and on the mirror; what is small is no LFS file. */
function aRepo(sizes: Readonly<Record<string, number>>) {
  count += 1
  const name = `r3mes/repo-${count}`
  const contents = new Map<string, Content>()
  for (const [path, size] of Object.entries(sizes)) {
    const content = devnet.addContent(`${name} ${path}`, size)
    contents.set(path, content)
    devnet.publishToHub(name, path, content)
    devnet.publishToMirror(path, content)
  }
  const files = [...contents].map(([path, content]) => onHub(content, name, path))
  const file = (path: string): WantedFile => {
    const content = contents.get(path)
    if (content === undefined) throw new TypeError(`the repository has no ${path}`)
    return onHub(content, name, path)
  }
  return {
    name,
    files,
    file,
    /** Someone pushes: the branch is at another commit. */
    push: (path: string) =>
      devnet.publishToHub(name, path, devnet.addContent(`pushed ${name} ${path}`, 5000)),
  }
}

const COMMIT = '[0-9a-f]{40}'

describe('the revision of a run', () => {
  it('is the commit that the first answer named, without a request of its own', async () => {
    const repo = aRepo({ 'one.bin': 5000, 'two.bin': 5000 })
    const run = aDevnetHubRun(devnet)
    await run.fetch(repo.file('one.bin'))
    const fetched = await run.fetch(repo.file('two.bin'))
    expect(askedOfHub(devnet)).toEqual([
      `/${repo.name}/resolve/main/one.bin`,
      expect.stringMatching(`^/${repo.name}/resolve/${COMMIT}/two.bin$`),
    ])
    expect(fetched.url).toMatch(new RegExp(`/resolve/${COMMIT}/two.bin$`))
    expect(devnet.requests.to('cdn')).toHaveLength(2)
  })

  it('stays where it was when the branch moves on in the middle of the run', async () => {
    const repo = aRepo({ 'one.bin': 5000, 'two.bin': 5000 })
    const run = aDevnetHubRun(devnet)
    await run.fetch(repo.file('one.bin'))
    repo.push('two.bin')
    await run.fetch(repo.file('two.bin'))
    expect(run.failures).toEqual([])
    const later = aDevnetHubRun(devnet)
    expect((await errorOf(later.fetch(repo.file('two.bin')))).code).toBe('DIGEST_MISMATCH')
  })

  it('is asked for once when several files start together', async () => {
    const repo = aRepo({ 'a.bin': 5000, 'b.bin': 5000, 'c.bin': 5000, 'd.bin': 5000 })
    const run = aDevnetHubRun(devnet)
    await Promise.all(repo.files.map((file) => run.fetch(file)))
    const asked = askedOfHub(devnet)
    expect(asked.filter((path) => path === `/api/models/${repo.name}/revision/main`)).toHaveLength(1)
    expect(asked).toHaveLength(5)
  })

  it('is the name itself where it is a commit already', async () => {
    const repo = aRepo({ 'one.bin': 5000, 'two.bin': 5000 })
    const commit = 'f'.repeat(40)
    const run = aDevnetHubRun(devnet)
    const places = repo.files.map((file) => ({
      ...file,
      places: file.places.map((place) => ({ ...place, revision: commit })),
    }))
    for (const file of places) await errorOf(run.fetch(file))
    expect(askedOfHub(devnet)).toEqual([
      `/${repo.name}/resolve/${commit}/one.bin`,
      `/${repo.name}/resolve/${commit}/two.bin`,
    ])
  })

  it.each([
    ['has no such API', 404, ''],
    ['answers with no JSON', 200, '<html>'],
    ['answers without a commit', 200, '{"sha":"main"}'],
    ['answers with no object', 200, 'null'],
  ])('stays a name where the hub names no commit and %s', async (_what, status, body) => {
    const approved = approvedBytes()
    const hub = await aHost((request, response) => {
      if (request.url?.includes('/resolve/') === true) serving(approved.bytes)(request, response)
      else response.writeHead(status).end(body)
    })
    const run = aHubRun({ endpoint: hub.url, allowHosts: [] })
    const content = devnet.addContent('any', 1)
    const files = ['one', 'two'].map((path) => ({ ...onHub(content, 'a/b', path), ...approved.expected }))
    await Promise.all(files.map((file) => run.fetch(file)))
    expect(hub.requests.map(({ url }) => url).sort()).toEqual([
      '/a/b/resolve/main/one',
      '/a/b/resolve/main/two',
      '/api/models/a/b/revision/main',
    ])
  })
})

describe('an artifact of several files in one repository', () => {
  it('is compared with the list of the hub once, and each file costs what it cost before', async () => {
    const repo = aRepo({ 'w/one.bin': 5000, 'w/two.bin': 6000, 'w/deep/config.json': 10 })
    const run = aDevnetHubRun(devnet)
    run.prepare(repo.files)
    await Promise.all(repo.files.map((file) => run.fetch(file)))
    const [revision, tree, ...resolved] = askedOfHub(devnet)
    expect(revision).toBe(`/api/models/${repo.name}/revision/main`)
    expect(tree).toMatch(new RegExp(`^/api/models/${repo.name}/tree/${COMMIT}/w\\?recursive=true$`))
    expect(resolved.sort()).toEqual([
      expect.stringMatching(`/resolve/${COMMIT}/w/deep/config.json$`),
      expect.stringMatching(`/resolve/${COMMIT}/w/one.bin$`),
      expect.stringMatching(`/resolve/${COMMIT}/w/two.bin$`),
    ])
    expect(devnet.requests.to('cdn')).toHaveLength(2)
  })

  it('costs no byte when the hub has another version of one of its files', async () => {
    const repo = aRepo({ 'one.bin': 5000, 'two.bin': 6000, 'config.json': 10 })
    repo.push('two.bin')
    const run = aDevnetHubRun(devnet)
    run.prepare(repo.files)
    const errors = await Promise.all(repo.files.map((file) => errorOf(run.fetch(file))))
    expect(errors.map(({ code }) => code)).toEqual(Array(3).fill('DIGEST_MISMATCH'))
    expect(askedOfHub(devnet).filter((path) => path.includes('/resolve/'))).toEqual([])
    expect(devnet.requests.to('cdn')).toHaveLength(0)
    expect(run.warnings()).toHaveLength(1)
    expect(run.warnings()[0]).toMatch(/lists 1 of 3 files .*\n.*two\.bin: SHA-256/)
  })

  it('costs no byte when a file that lies in git itself has another size', async () => {
    const repo = aRepo({ 'one.bin': 5000, 'config.json': 10 })
    devnet.publishToHub(repo.name, 'config.json', devnet.addContent(`longer ${repo.name}`, 11))
    const run = aDevnetHubRun(devnet)
    run.prepare(repo.files)
    expect((await errorOf(run.fetch(repo.file('one.bin')))).code).toBe('SIZE_MISMATCH')
    expect(devnet.requests.to('cdn')).toHaveLength(0)
  })

  it('comes from the next source then, while another artifact of the same hub comes from the hub', async () => {
    const moved = aRepo({ 'one.bin': 5000, 'two.bin': 6000 })
    moved.push('one.bin')
    const right = aRepo({ 'one.bin': 5000, 'two.bin': 6000 })
    const run = aDevnetHubRun(devnet, { withMirror: true })
    run.prepare(moved.files, right.files)
    const sources = []
    for (const file of [...moved.files, ...right.files]) sources.push((await run.fetch(file)).source)
    expect(sources).toEqual(['http', 'http', 'huggingface', 'huggingface'])
  })

  it('is asked for no file that the hub does not list', async () => {
    const repo = aRepo({ 'one.bin': 5000, 'two.bin': 6000 })
    const lost = onHub(devnet.addContent('lost', 5000), repo.name, 'lost.bin')
    const run = aDevnetHubRun(devnet)
    run.prepare([...repo.files, lost])
    expect((await errorOf(run.fetch(lost))).code).toBe('SOURCES_EXHAUSTED')
    expect((await run.fetch(repo.file('one.bin'))).source).toBe('huggingface')
    expect(askedOfHub(devnet).join()).not.toContain('lost.bin')
  })

  it('is compared page by page, to the last', async () => {
    const sizes = Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`f${1000 + at}`, 4]))
    const repo = aRepo(sizes)
    devnet.publishToHub(repo.name, 'f2000', devnet.addContent('another size', 5))
    const run = aDevnetHubRun(devnet)
    run.prepare(repo.files)
    expect((await errorOf(run.fetch(repo.file('f1000')))).code).toBe('SIZE_MISMATCH')
    expect(askedOfHub(devnet).filter((path) => path.includes('/tree/'))).toHaveLength(2)
    expect(run.warnings()[0]).toContain('f2000: 5 bytes, approved 4')
  })

  it.each([
    ['is not there', { kind: 'status', status: 404 }],
    ['is refused', { kind: 'status', status: 403 }],
    ['is no JSON', { kind: 'status', status: 200, body: 'moved' }],
    ['is no list', { kind: 'status', status: 200, body: '{"error":"x"}' }],
    ['has entries of another form', { kind: 'status', status: 200, body: '[{"type":"file","path":"a"}]' }],
    ['leads elsewhere', { kind: 'redirect', location: 'http://169.254.169.254/' }],
    ['says 429 and then answers', { kind: 'status', status: 429, headers: { 'Retry-After': '0' }, times: 1 }],
  ] as const)('is asked for all the same when the list %s', async (_what, fault) => {
    const repo = aRepo({ 'one.bin': 5000, 'two.bin': 6000 })
    const heal = devnet.fail('hub', { ...fault, path: '/tree/' })
    const run = aDevnetHubRun(devnet)
    run.prepare(repo.files)
    const fetched = await Promise.all(repo.files.map((file) => run.fetch(file)))
    heal()
    expect(fetched.map(({ source }) => source)).toEqual(['huggingface', 'huggingface'])
    expect([run.failures, run.warnings()]).toEqual([[], []])
  })

  it('is compared under the path of a mirror, with the token, and the link of a page leads nowhere else', async () => {
    const repo = aRepo({ 'one.bin': 5000, 'two.bin': 6000 })
    const elsewhere = await aHost((_request, response) => response.end('[]'))
    const entry = ({ sha256, size, places }: WantedFile) => ({
      type: 'file',
      path: places.map((place) => (place.kind === 'huggingface' ? place.path : '')).join(),
      size: 130,
      lfs: { oid: sha256, size },
    })
    const mirror = await aHost((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://mirror.invalid')
      const page = Number(searchParams.get('cursor') ?? 0)
      if (!pathname.includes('/tree/')) return response.writeHead(404).end()
      if (page === 0) response.setHeader('Link', `<${elsewhere.url}/api/tree?cursor=1>; rel="next"`)
      return response.end(JSON.stringify(repo.files.slice(page, page + 1).map(entry)))
    })
    const run = aHubRun({ endpoint: `${mirror.url}/hf/`, allowHosts: [elsewhere.hostPort], token: 'hf_t' })
    run.prepare(repo.files)
    await errorOf(run.fetch(repo.file('one.bin')))
    expect(mirror.requests.map(({ url }) => url)).toEqual([
      `/hf/api/models/${repo.name}/revision/main`,
      `/hf/api/models/${repo.name}/tree/main?recursive=true`,
      `/hf/api/models/${repo.name}/tree/main?cursor=1`,
      `/hf/${repo.name}/resolve/main/one.bin`,
    ])
    expect(new Set(mirror.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer hf_t']),
    )
    expect(elsewhere.requests).toHaveLength(0)
  })

  it('does not read on through a list that has no end', async () => {
    const repo = aRepo({ 'one.bin': 5000, 'two.bin': 6000 })
    let page = 0
    const hub = await aHost((request, response) => {
      if (request.url?.includes('/tree/') !== true) return response.writeHead(404).end()
      page += 1
      response.setHeader('Link', `<?cursor=${page}>; rel="next"`)
      return response.end('[]')
    })
    const run = aHubRun({ endpoint: hub.url, allowHosts: [] })
    run.prepare(repo.files)
    await errorOf(run.fetch(repo.file('one.bin')))
    expect(page).toBeLessThan(10)
    expect(hub.requests.map(({ url }) => url)).toContain(`/${repo.name}/resolve/main/one.bin`)
  })
})
