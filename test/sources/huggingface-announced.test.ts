import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Sha256Hex } from '../../src/core/index.ts'
import { type Content, type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { checkAnnounced } from '../../src/sources/huggingface/announced.ts'
import { aDevnetHubRun, aHubRun, askedOfHub, onHub } from '../support/hub.ts'
import { aHost, approvedBytes, errorOf, redirectTo, serving } from '../support/transfer.ts'

let devnet: Devnet
let approved: Content
let other: Content

beforeAll(async () => {
  devnet = await startDevnet({ sample: false })
  approved = devnet.addContent('approved', 300_000)
  other = devnet.addContent('other', 300_000)
  devnet.publishToHub('r3mes/right', 'model.gguf', approved)
  devnet.publishToHub('r3mes/moved-on', 'model.gguf', other)
  devnet.publishToHub('r3mes/moved-on', 'adapter.pt', approved)
  devnet.publishToMirror('model.gguf', approved)
})
afterAll(() => devnet.close())
beforeEach(() => devnet.requests.clear())

describe('a hub that announces another file than the approved one', () => {
  it('is asked for no byte of it', async () => {
    const run = aDevnetHubRun(devnet)
    const error = await errorOf(run.fetch(onHub(approved, 'r3mes/moved-on', 'model.gguf')))
    expect(error.code).toBe('DIGEST_MISMATCH')
    expect(run.failures[0]?.reason).toContain(other.sha256)
    expect(devnet.requests.to('cdn')).toHaveLength(0)
    expect(devnet.requests.to('hub')).toHaveLength(1)
  })

  it('is named, and the next source serves', async () => {
    const run = aDevnetHubRun(devnet, { withMirror: true })
    const fetched = await run.fetch(onHub(approved, 'r3mes/moved-on', 'model.gguf'))
    expect(fetched.source).toBe('http')
    expect(run.failures).toMatchObject([{ source: 'huggingface', code: 'DIGEST_MISMATCH' }])
    expect(run.warnings()).toEqual([expect.stringContaining('HuggingFace hub announces a file')])
  })

  it('is no liar: its other files of the run are asked for', async () => {
    const run = aDevnetHubRun(devnet, { withMirror: true })
    await run.fetch(onHub(approved, 'r3mes/moved-on', 'model.gguf'))
    const fetched = await run.fetch(onHub(approved, 'r3mes/moved-on', 'adapter.pt'))
    expect(fetched.source).toBe('huggingface')
  })

  it('is refused for its size too', async () => {
    const run = aDevnetHubRun(devnet)
    const file = { ...onHub(approved, 'r3mes/right', 'model.gguf'), size: approved.size + 1 }
    expect((await errorOf(run.fetch(file))).code).toBe('SIZE_MISMATCH')
    expect(devnet.requests.to('cdn')).toHaveLength(0)
  })
})

describe('a hub that announces the approved file', () => {
  it('is asked once, and its content host once', async () => {
    await aDevnetHubRun(devnet).fetch(onHub(approved, 'r3mes/right', 'model.gguf'))
    expect(askedOfHub(devnet)).toEqual(['/r3mes/right/resolve/main/model.gguf'])
    expect(devnet.requests.to('cdn')).toHaveLength(1)
  })

  it('is not believed: what it sends is hashed, and wrong bytes make it a liar', async () => {
    const heal = devnet.fail('cdn', { kind: 'wrong-bytes' })
    const run = aDevnetHubRun(devnet, { withMirror: true })
    const fetched = await run.fetch(onHub(approved, 'r3mes/right', 'model.gguf'))
    heal()
    expect(fetched.source).toBe('http')
    expect(run.failures).toMatchObject([{ source: 'huggingface', code: 'DIGEST_MISMATCH' }])
    expect(run.warnings()).toEqual([expect.stringContaining('served wrong bytes and is not asked again')])
  })

  it('is heard behind a redirect of its own, as renamed repositories have it', async () => {
    const { bytes, expected } = approvedBytes()
    const cdn = await aHost(serving(bytes))
    const hub = await aHost((request, response) => {
      const renamed = request.url?.startsWith('/new/') === true
      if (renamed) response.setHeader('x-linked-etag', `"${'0'.repeat(64)}"`)
      redirectTo(renamed ? cdn.url : '/new/name/resolve/main/f', 307)(request, response)
    })
    const run = aHubRun({ endpoint: hub.url, allowHosts: [cdn.hostPort] })
    const error = await errorOf(run.fetch({ ...onHub(approved, 'old/name', 'f'), ...expected }))
    expect([error.code, hub.requests.length, cdn.requests.length]).toEqual(['DIGEST_MISMATCH', 2, 0])
  })

  it('is not heard where another host announces in its place', async () => {
    const { bytes, expected } = approvedBytes()
    const cdn = await aHost((request, response) => {
      response.setHeader('x-linked-etag', `"${'0'.repeat(64)}"`)
      serving(bytes)(request, response)
    })
    const hub = await aHost(redirectTo(cdn.url))
    const run = aHubRun({ endpoint: hub.url, allowHosts: [cdn.hostPort] })
    const fetched = await run.fetch({ ...onHub(approved, 'a/b', 'f'), ...expected })
    expect(fetched.source).toBe('huggingface')
  })
})

describe('announcements', () => {
  const SHA256 = 'a'.repeat(64) as Sha256Hex
  const code = (headers: Record<string, string | string[]>, expected = { sha256: SHA256, size: 5 }) => {
    try {
      checkAnnounced({ status: 302, headers }, expected, 'where')
      return undefined
    } catch (thrown) {
      return (thrown as { code: string }).code
    }
  }

  it.each([
    ['of the same file', { 'x-linked-etag': `"${SHA256}"`, 'x-linked-size': '5' }],
    ['in capitals', { 'x-linked-etag': `"${SHA256.toUpperCase()}"` }],
    ['without quotes', { 'x-linked-etag': SHA256 }],
    ['of a git blob', { 'x-linked-etag': `"${'b'.repeat(40)}"` }],
    ['of no known form', { 'x-linked-etag': 'W/"b-1"', 'x-linked-size': '5.0' }],
    ['that are two', { 'x-linked-etag': ['"b"', '"c"'], 'x-linked-size': ['1', '2'] }],
    ['that are none', {}],
  ])('%s refuse nothing', (_what, headers) => {
    expect(code(headers)).toBeUndefined()
  })

  it.each([
    ['another SHA-256', { 'x-linked-etag': `"${'b'.repeat(64)}"` }, 'DIGEST_MISMATCH'],
    ['another SHA-256, weakly', { 'x-linked-etag': `W/"${'b'.repeat(64)}"` }, 'DIGEST_MISMATCH'],
    ['another size', { 'x-linked-etag': `"${SHA256}"`, 'x-linked-size': '6' }, 'SIZE_MISMATCH'],
  ])('of %s refuse', (_what, headers, expected) => {
    expect(code(headers)).toBe(expected)
  })

  it('of a size refuse nothing where none was approved', () => {
    expect(() =>
      checkAnnounced({ status: 302, headers: { 'x-linked-size': '6' } }, { sha256: SHA256 }, 'where'),
    ).not.toThrow()
  })
})

describe('a repository that is not open to everyone', () => {
  const file = () => onHub(approved, 'r3mes/gated', 'model.gguf')
  beforeAll(() => {
    devnet.publishToHub('r3mes/gated', 'model.gguf', approved)
    devnet.requireToken('r3mes/gated', 'hf_right')
  })

  it('is named with what to accept and what to set', async () => {
    const error = await errorOf(aDevnetHubRun(devnet).fetch(file()))
    expect(error.code).toBe('AUTH_REQUIRED')
    expect(error.message).toContain('`r3mes/gated` is gated. Accept its terms on its page')
    expect(error.message).toContain('hf-token')
    expect(error.detail).toContain(`${devnet.urls.hub}/r3mes/gated`)
  })

  it('asks the account of the token to accept, when there is one', async () => {
    const error = await errorOf(aDevnetHubRun(devnet, { token: 'hf_wrong' }).fetch(file()))
    expect(error.message).toContain('the account of `hf-token` may not read it')
    expect(error.detail).not.toContain('hf_wrong')
  })

  it('is open to its token', async () => {
    const fetched = await aDevnetHubRun(devnet, { token: 'hf_right' }).fetch(file())
    expect(fetched.source).toBe('huggingface')
  })

  it('may be a private one, which hubs hide from those who have no token', async () => {
    const hub = await aHost((_request, response) => {
      response.writeHead(401, { 'x-error-code': 'RepoNotFound' }).end()
    })
    const run = aHubRun({ endpoint: hub.url, allowHosts: [] })
    const error = await errorOf(run.fetch(file()))
    expect(error.message).toContain('shows no repository `r3mes/gated` to everyone')
  })

  it('is not named where its name is not a plain one', async () => {
    const hub = await aHost((_request, response) => {
      response.writeHead(403, { 'x-error-code': 'GatedRepo', 'x-error-message': '::error::x' }).end()
    })
    const run = aHubRun({ endpoint: hub.url, allowHosts: [] })
    const error = await errorOf(run.fetch(onHub(approved, 'a/::error::', 'f')))
    expect(error.message).toContain('repository that was asked for is gated')
    expect(error.message).not.toContain('::')
  })
})
