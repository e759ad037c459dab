import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { restoreCache, saveCache } from '@actions/cache'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCacheService, type DevnetCacheService, runtimeToken } from '../../src/devnet/cache-service.ts'
import { type Loopback, listen } from '../support/loopback.ts'

const TOKEN = runtimeToken()
const VERSION = 'ab'.repeat(32)

let cache: DevnetCacheService
let service: Loopback
let blobs: Loopback
let folder: string

beforeEach(async () => {
  cache = createCacheService({ token: TOKEN, blobBaseUrl: () => blobs.url })
  service = await listen(cache.service)
  blobs = await listen(cache.blobs)
  folder = await mkdtemp(join(tmpdir(), 'r3mes-test-cache-'))
})

afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await Promise.all([service.close(), blobs.close()])
  await cache.close()
  await rm(folder, { recursive: true, force: true })
})

async function call(method: string, body: unknown, token = TOKEN, at = service) {
  const response = await fetch(`${at.url}/twirp/github.actions.results.api.v1.CacheService/${method}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  return {
    status: response.status,
    headers: response.headers,
    json: (await response.json()) as Record<string, unknown>,
  }
}

async function upload(key: string, bytes: Uint8Array, version = VERSION): Promise<void> {
  const { json } = await call('CreateCacheEntry', { key, version })
  const put = await fetch(String(json['signed_upload_url']), {
    method: 'PUT',
    headers: { 'x-ms-blob-type': 'BlockBlob' },
    body: bytes,
  })
  expect(put.status).toBe(201)
  const done = await call('FinalizeCacheEntryUpload', { key, version, size_bytes: String(bytes.length) })
  expect(done.json).toMatchObject({ ok: true })
}

async function downloadUrl(key: string, restoreKeys: string[] = [], version = VERSION): Promise<string> {
  const { json } = await call('GetCacheEntryDownloadURL', { key, restore_keys: restoreKeys, version })
  return String(json['signed_download_url'])
}

describe('with the official client', () => {
  beforeEach(() => {
    vi.stubEnv('ACTIONS_CACHE_SERVICE_V2', '1')
    vi.stubEnv('ACTIONS_RESULTS_URL', `${service.url}/`)
    vi.stubEnv('ACTIONS_RUNTIME_TOKEN', TOKEN)
    vi.stubEnv('RUNNER_TEMP', folder)
    vi.stubEnv('GITHUB_WORKSPACE', folder)
    // The client speaks in workflow commands, which a runner would obey.
    vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  })

  it('saves and restores a cache', async () => {
    const path = join(folder, 'content.bin')
    const bytes = randomBytes(300_000)
    await writeFile(path, bytes)
    expect(await saveCache([path], 'official-1')).toBe(1)
    expect(cache.entries()).toMatchObject([{ key: 'official-1' }])
    await rm(path)
    expect(await restoreCache([path], 'official-1')).toBe('official-1')
    expect(await readFile(path)).toEqual(bytes)
  })

  it('saves and restores a cache of several blocks', async () => {
    const path = join(folder, 'large.bin')
    // Beyond 128 MiB the client stages blocks; random bytes do not compress below that.
    const bytes = randomBytes(140 * 1024 * 1024)
    await writeFile(path, bytes)
    expect(await saveCache([path], 'official-large')).toBe(1)
    expect(cache.entries()[0]?.size).toBeGreaterThan(128 * 1024 * 1024)
    await rm(path)
    expect(await restoreCache([path], 'official-large')).toBe('official-large')
    expect(bytes.equals(await readFile(path))).toBe(true)
  })

  it('finds the newest entry by a restore key', async () => {
    const path = join(folder, 'content.bin')
    await writeFile(path, 'one')
    await saveCache([path], 'restore-1')
    await writeFile(path, 'two')
    await saveCache([path], 'restore-2')
    await rm(path)
    expect(await restoreCache([path], 'restore-3', ['restore-'])).toBe('restore-2')
    expect(await readFile(path, 'utf8')).toBe('two')
  })

  it('is a miss for the client when reading is denied', async () => {
    const path = join(folder, 'content.bin')
    await writeFile(path, 'one')
    await saveCache([path], 'denied-1')
    const allow = cache.deny('read')
    expect(await restoreCache([path], 'denied-1')).toBeUndefined()
    allow()
    expect(await restoreCache([path], 'denied-1')).toBe('denied-1')
  })

  it('saves nothing for the client when writing is denied', async () => {
    const path = join(folder, 'content.bin')
    await writeFile(path, 'one')
    cache.deny('write')
    expect(await saveCache([path], 'denied-1')).toBe(-1)
    expect(cache.entries()).toEqual([])
  })
})

describe('the service', () => {
  it('refuses a missing or wrong token', async () => {
    expect((await call('CreateCacheEntry', { key: 'a', version: VERSION }, 'wrong')).status).toBe(401)
  })

  it('never takes a second entry of one key and version', async () => {
    await upload('once', Buffer.from('first'))
    expect(await call('CreateCacheEntry', { key: 'once', version: VERSION })).toMatchObject({
      status: 409,
      json: { code: 'already_exists' },
    })
    await upload('once', Buffer.from('other version'), 'cd'.repeat(32))
    expect(cache.entries()).toHaveLength(2)
  })

  it('shows an entry only after it was finalized', async () => {
    await call('CreateCacheEntry', { key: 'pending', version: VERSION })
    expect((await call('GetCacheEntryDownloadURL', { key: 'pending', version: VERSION })).json).toMatchObject(
      {
        ok: false,
      },
    )
  })

  it('refuses to finalize another size than was uploaded', async () => {
    const { json } = await call('CreateCacheEntry', { key: 'short', version: VERSION })
    await fetch(String(json['signed_upload_url']), {
      method: 'PUT',
      headers: { 'x-ms-blob-type': 'BlockBlob' },
      body: 'five!',
    })
    const done = await call('FinalizeCacheEntryUpload', { key: 'short', version: VERSION, size_bytes: '6' })
    expect(done.status).toBe(400)
    expect(cache.entries()).toEqual([])
  })

  it('prefers the very key to newer ones that begin with it', async () => {
    await upload('key', Buffer.from('exact'))
    await upload('key-newer', Buffer.from('prefix'))
    expect(await (await fetch(await downloadUrl('key'))).text()).toBe('exact')
    expect((await call('GetCacheEntryDownloadURL', { key: 'key-', version: VERSION })).json).toMatchObject({
      ok: true,
      matched_key: 'key-newer',
    })
  })

  it('matches no entry of another version', async () => {
    await upload('key', Buffer.from('exact'))
    const found = await call('GetCacheEntryDownloadURL', { key: 'key', version: 'cd'.repeat(32) })
    expect(found.json).toMatchObject({ ok: false })
  })

  it('refuses keys with commas, beyond 512 characters, and versions that are no digest', async () => {
    for (const body of [
      { key: 'a,b', version: VERSION },
      { key: 'k'.repeat(513), version: VERSION },
      { key: 'k', version: 'v1' },
    ]) {
      expect((await call('CreateCacheEntry', body)).status).toBe(400)
    }
  })

  it('is full and rate-limited on demand', async () => {
    const relieve = cache.full()
    const refused = await call('CreateCacheEntry', { key: 'a', version: VERSION })
    expect(refused.json['msg']).toContain('insufficient usage')
    relieve()
    cache.rateLimit(7, 1)
    const limited = await call('CreateCacheEntry', { key: 'a', version: VERSION })
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
    expect((await call('CreateCacheEntry', { key: 'a', version: VERSION })).status).toBe(200)
  })
})

describe('the blob store', () => {
  it('answers ranges with 206, Content-Range and the ETag of the whole', async () => {
    await upload('key', Buffer.from('0123456789'))
    const url = await downloadUrl('key')
    const whole = await fetch(url)
    const part = await fetch(url, { headers: { Range: 'bytes=3-5' } })
    expect([whole.status, part.status]).toEqual([200, 206])
    expect(part.headers.get('content-range')).toBe('bytes 3-5/10')
    expect(part.headers.get('etag')).toBe(whole.headers.get('etag'))
    expect(await part.text()).toBe('345')
    expect((await fetch(url, { headers: { Range: 'bytes=10-' } })).status).toBe(416)
    expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe('10')
  })

  it('reads ranges across blocks', async () => {
    const { json } = await call('CreateCacheEntry', { key: 'blocks', version: VERSION })
    const url = String(json['signed_upload_url'])
    const ids = ['AAAA', 'AAAB', 'AAAC']
    for (const [index, id] of ids.entries()) {
      await fetch(`${url}&comp=block&blockid=${id}`, { method: 'PUT', body: String(index).repeat(4) })
    }
    const list = ids.map((id) => `<Latest>${id}</Latest>`).join('')
    const committed = await fetch(`${url}&comp=blocklist`, {
      method: 'PUT',
      body: `<BlockList>${list}</BlockList>`,
    })
    expect(committed.status).toBe(201)
    await call('FinalizeCacheEntryUpload', { key: 'blocks', version: VERSION, size_bytes: '12' })
    const part = await fetch(await downloadUrl('blocks'), { headers: { Range: 'bytes=2-9' } })
    expect(await part.text()).toBe('00111122')
  })

  it('keeps bodies of any size as they came, many at a time', async () => {
    const bodies = [1, 65_537, 1_048_576, 5_000_011].map((size) => randomBytes(size))
    await Promise.all(bodies.map((bytes, index) => upload(`body ${index}`, bytes)))
    for (const [index, bytes] of bodies.entries()) {
      const url = await downloadUrl(`body ${index}`)
      expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(bytes)).toBe(true)
      const from = Math.floor(bytes.length / 3)
      const rest = await fetch(url, { headers: { Range: `bytes=${from}-` } })
      expect(Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(from))).toBe(true)
    }
  })

  it('forgets the bytes of cleared entries, too', async () => {
    await upload('key', randomBytes(1000))
    const url = await downloadUrl('key')
    cache.clear()
    expect((await fetch(url)).status).toBe(404)
    expect(cache.entries()).toEqual([])
    await upload('key', Buffer.from('new'))
    expect(await (await fetch(await downloadUrl('key'))).text()).toBe('new')
  })

  it('has nothing of a body whose client hung up', async () => {
    const { json } = await call('CreateCacheEntry', { key: 'half', version: VERSION })
    const url = String(json['signed_upload_url'])
    const half = request(`${url}&comp=block&blockid=AAAA`, {
      method: 'PUT',
      headers: { 'content-length': 10_000_000 },
    })
    // Whoever hangs up is told so as an error.
    half.on('error', () => undefined)
    await new Promise((sent) => half.write(randomBytes(4_000_000), sent))
    await new Promise((closed) => half.once('close', closed).destroy())
    const list = { method: 'PUT', body: '<BlockList><Latest>AAAA</Latest></BlockList>' }
    expect((await fetch(`${url}&comp=blocklist`, list)).status).toBe(400)
  })

  it('refuses blocks it never got and ids of two lengths', async () => {
    const { json } = await call('CreateCacheEntry', { key: 'blocks', version: VERSION })
    const url = String(json['signed_upload_url'])
    await fetch(`${url}&comp=block&blockid=AAAA`, { method: 'PUT', body: 'x' })
    const longer = await fetch(`${url}&comp=block&blockid=AAAAAAAA`, { method: 'PUT', body: 'x' })
    const unknown = await fetch(`${url}&comp=blocklist`, {
      method: 'PUT',
      body: '<BlockList><Latest>BBBB</Latest></BlockList>',
    })
    expect([longer.status, unknown.status]).toEqual([400, 400])
  })

  it('refuses expired and altered URLs, and URLs of the other kind', async () => {
    await upload('key', Buffer.from('bytes'))
    const url = await downloadUrl('key')
    const altered = url.replace(/sig=[^&]+/, 'sig=AAAA')
    const prolonged = url.replace(/se=[^&]+/, `se=${encodeURIComponent('2099-01-01T00:00:00.000Z')}`)
    expect((await fetch(altered)).status).toBe(403)
    expect((await fetch(prolonged)).status).toBe(403)
    expect((await fetch(url, { method: 'PUT', body: 'evil' })).status).toBe(403)
    cache.expireUrls()
    expect((await fetch(url)).status).toBe(403)
    expect((await fetch(await downloadUrl('key'))).status).toBe(200)
  })

  it('lets URLs expire by themselves', async () => {
    const brief = createCacheService({ token: TOKEN, blobBaseUrl: () => there.url, urlLifetimeMs: -1 })
    const there: Loopback = await listen(brief.blobs)
    const asked = await listen(brief.service)
    const { json } = await call('CreateCacheEntry', { key: 'k', version: VERSION }, TOKEN, asked)
    const put = await fetch(String(json['signed_upload_url']), {
      method: 'PUT',
      headers: { 'x-ms-blob-type': 'BlockBlob' },
      body: 'late',
    })
    expect(put.status).toBe(403)
    await Promise.all([there.close(), asked.close(), brief.close()])
  })

  it('lets nobody change a finished entry', async () => {
    const { json } = await call('CreateCacheEntry', { key: 'key', version: VERSION })
    const url = String(json['signed_upload_url'])
    const put = { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body: 'bytes' }
    await fetch(url, put)
    await call('FinalizeCacheEntryUpload', { key: 'key', version: VERSION, size_bytes: '5' })
    expect((await fetch(url, put)).status).toBe(409)
  })

  it('poisons one byte', async () => {
    await upload('key', Buffer.from([0, 1, 2, 3]))
    await cache.poison('key', 2)
    const bytes = await (await fetch(await downloadUrl('key'))).bytes()
    expect([...bytes]).toEqual([0, 1, 0xfd, 3])
    await expect(cache.poison('key', 4)).rejects.toThrow(RangeError)
    await expect(cache.poison('absent')).rejects.toThrow(RangeError)
  })
})
