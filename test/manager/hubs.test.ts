import { readFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { readModelUrl } from '../../src/manager/model-url.ts'
import {
  aManager,
  aModelHost,
  aPythonVolume,
  hexOf,
  registryOf,
  safetensors,
  type TestManagerOptions,
} from '../support/volume.ts'

async function aHub(): Promise<Devnet> {
  const devnet = await startDevnet({ sample: false })
  onTestFinished(() => devnet.close())
  return devnet
}

function aManagerOf({ urls }: Devnet, more: TestManagerOptions = {}) {
  return aManager({ hfEndpoint: urls.hub, hosts: [new URL(urls.cdn).host], ...more })
}

describe('a URL of HuggingFace', () => {
  it('is asked for at the hub that is configured, pages of files and parameters of downloads included', async () => {
    const devnet = await aHub()
    const content = devnet.addContent('lora', 300_000)
    devnet.publishToHub('owner/name', 'sub/lora.safetensors', content)
    for (const url of [
      'https://huggingface.co/owner/name/resolve/main/sub/lora.safetensors',
      'https://huggingface.co/owner/name/resolve/main/sub/lora.safetensors?download=true',
      'https://huggingface.co/owner/name/blob/main/sub/lora.safetensors',
      'https://hf.co/owner/name/resolve/main/sub/lora.safetensors',
      `${devnet.urls.hub}/owner/name/resolve/main/sub/lora.safetensors`,
    ]) {
      const { manager } = await aManagerOf(devnet)
      const got = await manager.get('lora', { name: 'lora', url, hash: content.sha256 })
      expect(got).toMatchObject({ size: 300_000, isHit: false })
    }
  })

  it('without a hash is held against the digest that the hub announces, and then against that ever after', async () => {
    const devnet = await aHub()
    const [first, second] = [devnet.addContent('first', 5_000_000), devnet.addContent('second', 5_000_000)]
    devnet.publishToHub('owner/name', 'model.bin', first)
    const url = 'https://huggingface.co/owner/name/resolve/main/model.bin'
    const { manager, base } = await aManagerOf(devnet, { allowUnpinned: true })
    const got = await manager.get('checkpoint', { name: 'm', url })
    expect(got).toMatchObject({ sha256: first.sha256, isUnpinned: true })
    expect(await readFile(got.path)).toHaveLength(5_000_000)
    expect((await registryOf(base))['checkpoints']?.['m']).toMatchObject({ url, unpinned: true })
    // The branch moves on; the volume does not.
    devnet.publishToHub('owner/name', 'model.bin', second)
    expect(await manager.get('checkpoint', { name: 'm', url })).toMatchObject({
      sha256: first.sha256,
      isHit: true,
    })
  })

  it('of a gated repository names the token that is missing, and works with it', async () => {
    const devnet = await aHub()
    const content = devnet.addContent('gated', 50_000)
    devnet.publishToHub('owner/gated', 'model.bin', content)
    devnet.requireToken('owner/gated', 'hf_right')
    const url = 'https://huggingface.co/owner/gated/resolve/main/model.bin'
    for (const hash of [content.sha256, null]) {
      const without = await aManagerOf(devnet, { allowUnpinned: true })
      const asked = without.manager.get('lora', { name: 'g', url, hash })
      await expect(asked).rejects.toMatchObject({
        code: 'AUTH_REQUIRED',
        message: expect.stringContaining('gated'),
      })
      const { manager } = await aManagerOf(devnet, {
        allowUnpinned: true,
        environment: { HF_TOKEN: 'hf_right' },
      })
      expect(await manager.get('embedding', { name: 'g', url, hash })).toMatchObject({
        sha256: content.sha256,
      })
    }
    expect(devnet.requests.to('cdn').every(({ headers }) => headers['authorization'] === undefined)).toBe(
      true,
    )
  })
})

describe('a URL of CivitAI', () => {
  it('is asked with the token, which goes nowhere else, and is redirected to a signed address', async () => {
    const [civitai, bucket] = [await aModelHost(), await aModelHost()]
    const bytes = safetensors(6_000_000)
    const signed = bucket.serve('/bucket/model.safetensors', bytes)
    const location = `${signed}?X-Amz-Signature=abc`
    const url = civitai.serve('/api/download/models/1', {
      bytes: Buffer.of(),
      status: 307,
      headers: { location },
    })
    for (const hash of [hexOf(bytes), null]) {
      const { manager } = await aManager(
        { hosts: [civitai, bucket], allowUnpinned: true, environment: { CIVITAI_API_TOKEN: 'civ-token' } },
        { civitai: new URL(civitai.url) },
      )
      expect(await manager.get('lora', { name: 'c', url, hash })).toMatchObject({ sha256: hexOf(bytes) })
    }
    expect(new Set(civitai.authorisations)).toEqual(new Set(['Bearer civ-token']))
    expect(new Set(bucket.authorisations)).toEqual(new Set([undefined]))
  })

  it('sends no token to other hosts, whatever they call themselves', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const { manager } = await aManager({ hosts: [host], civitaiToken: 'civ-token', hfToken: 'hf-token' })
    await manager.get('lora', { name: 'a', url: host.serve('/civitai.com/a', bytes), hash: hexOf(bytes) })
    expect(host.authorisations).toEqual([undefined])
  })

  it.each([
    ['401', { bytes: Buffer.from('{}'), status: 401 }],
    ['403', { bytes: Buffer.from('{}'), status: 403 }],
    [
      'login page',
      { bytes: Buffer.of(), status: 307, headers: { location: '/login?returnUrl=/x&reason=download-auth' } },
    ],
  ])(
    'that wants a login says which variable is missing, with and without a hash: %s',
    async (_what, served) => {
      const civitai = await aModelHost()
      const url = civitai.serve('/api/download/models/1', served)
      for (const hash of ['a'.repeat(64), null]) {
        const { manager } = await aManager(
          { hosts: [civitai], allowUnpinned: true },
          { civitai: new URL(civitai.url) },
        )
        await expect(manager.get('lora', { name: 'c', url, hash })).rejects.toMatchObject({
          code: 'AUTH_REQUIRED',
          message: expect.stringContaining('CIVITAI_API_TOKEN'),
        })
      }
      expect(civitai.asked.some((line) => line.includes('/login'))).toBe(false)
    },
  )

  it('with a token in its query is asked with it, and written down and told of without it', async () => {
    const host = await aModelHost()
    const bytes = safetensors()
    const path = '/api/download/models/1'
    const url = `${host.serve(path, bytes)}?type=Model&token=SECRET&format=SafeTensor`
    const { manager, base, reporter } = await aManager({ hosts: [host], allowUnpinned: true })
    const { path: file } = await manager.get('lora', { name: 'a', url })
    expect(host.asked).toEqual([`GET ${path}?type=Model&token=SECRET&format=SafeTensor`])
    const text = await readFile(`${base}/cache_registry.json`, 'utf8')
    expect(text).toContain(`${path}?type=Model&format=SafeTensor`)
    const gone = `${host.url}/gone?token=SECRET`
    await manager.getOrDownloadLora('b', gone, 'b'.repeat(64))
    await manager.getOrDownloadLora('b', gone)
    const pins = await readFile(`${base}/.r3mes/volume/pins.json`, 'utf8')
    const told = JSON.stringify(reporter.lines)
    expect([text, pins, told, file].filter((each) => each.includes('SECRET'))).toEqual([])
  })
})

describe('a URL that another program has written down', () => {
  it('is told of without the token that it has', async () => {
    const url = 'https://a.example.org/a?format=pt&token=SECRET'
    const base = await aPythonVolume([{ kind: 'lora', name: 'a', bytes: safetensors(), url }])
    const { manager } = await aManager({ basePath: base })
    expect(await manager.entries()).toMatchObject([{ url: 'https://a.example.org/a?format=pt' }])
  })
})

describe('a URL as it is written down', () => {
  const read = (url: string) =>
    readModelUrl(url, 'lora a', { allowHosts: [], hub: new URL('https://huggingface.co') }).recorded

  it.each([
    ['https://a.example.org/x?token=1', 'https://a.example.org/x'],
    ['https://a.example.org/x?hf_token=1&private_token=2&client_secret=3', 'https://a.example.org/x'],
    ['https://a.example.org/x?accessToken=1&access_key=2&pwd=3&jwt=4', 'https://a.example.org/x'],
    ['https://a.example.org/x?key=AbC-123', 'https://a.example.org/x'],
    // This key says which file it is: without it, two files would share what the first one delivered.
    ['https://a.example.org/x?key=loras/a.pt&sig=1', 'https://a.example.org/x?key=loras%2Fa.pt'],
    ['https://a.example.org/x?a=1&API_KEY=2&b=3', 'https://a.example.org/x?a=1&b=3'],
    ['https://a.example.org/x?X-Amz-Signature=1&X-Amz-Date=2', 'https://a.example.org/x?X-Amz-Date=2'],
    ['https://a.example.org/x?a=%20b+c', 'https://a.example.org/x?a=%20b+c'],
    ['https://a.example.org/x#token=1', 'https://a.example.org/x'],
    ['https://huggingface.co/o/n/blob/v1/a.pt?download=true', 'https://huggingface.co/o/n/resolve/v1/a.pt'],
    [
      'https://huggingface.co/datasets/o/n/blob/v1/a.pt',
      'https://huggingface.co/datasets/o/n/resolve/v1/a.pt',
    ],
    ['https://huggingface.co/o/n/resolve/v1/blob/a.pt', 'https://huggingface.co/o/n/resolve/v1/blob/a.pt'],
  ])('%s is %s', (given, recorded) => {
    expect(read(given)).toBe(recorded)
  })
})
