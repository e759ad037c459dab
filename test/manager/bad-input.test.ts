import { describe, expect, it } from 'vitest'
import { ModelManager, type ModelRequest } from '../../src/manager/index.ts'
import { aManager, aModelHost, hexOf, safetensors } from '../support/volume.ts'

const HASH = 'a'.repeat(64)
const URL_OF_MODEL = 'https://models.example.org/a.safetensors'

/** The code that a request is refused with, before anybody was asked. */
async function refusal(request: Partial<ModelRequest>, kind: 'lora' | 'checkpoint' = 'lora') {
  const { manager } = await aManager({ allowUnpinned: true })
  const full = { name: 'a', url: URL_OF_MODEL, hash: HASH, ...request }
  const [error] = (await manager.prepareRequest({ [kind === 'lora' ? 'loras' : 'embeddings']: [full] }))
    .failures
  return error?.error
}

describe('the name of a model', () => {
  it.each([
    '../a',
    '/etc/a',
    'a/b',
    'a\\b',
    '..',
    '.',
    '',
    'a\0b',
    'a\nb',
    'CON',
    'nul.safetensors',
    'com1',
    'a.',
    'a ',
    ' a',
    '.hidden',
    '-rf',
    'ä',
    'a\u202eb',
    'a:b',
    'x'.repeat(129),
  ])('may not be %j', async (name) => {
    expect((await refusal({ name }))?.code).toBe('ID_UNSAFE')
  })

  it('stays out of the message, and is in the detail', async () => {
    const error = await refusal({ name: '../<script>' })
    expect(error?.message).not.toContain('script')
    expect(error?.detail).toContain('script')
  })

  it('may not differ from another one of the request in case alone', async () => {
    const { manager } = await aManager()
    const loras = [
      { name: 'Detail', url: URL_OF_MODEL, hash: HASH },
      { name: 'detail', url: URL_OF_MODEL, hash: 'b'.repeat(64) },
    ]
    const { failures } = await manager.prepareRequest({ loras })
    expect(failures.map(({ name, error }) => [name, error.code])).toContainEqual(['detail', 'ID_UNSAFE'])
  })

  it('may not be the file of another model on the volume, in another case or with the extension', async () => {
    const host = await aModelHost()
    const [bytes, other] = [safetensors(), safetensors()]
    const { manager } = await aManager({ hosts: [host] })
    await manager.get('lora', { name: 'Detail', url: host.serve('/a', bytes), hash: hexOf(bytes) })
    const url = host.serve('/b', other)
    for (const name of ['detail', 'Detail.safetensors']) {
      const asked = manager.get('lora', { name, url, hash: hexOf(other) })
      await expect(asked).rejects.toMatchObject({ code: 'ID_UNSAFE' })
    }
    // An embedding lies in another folder.
    await manager.get('embedding', { name: 'detail', url, hash: hexOf(other) })
  })
})

describe('the URL of a model', () => {
  it.each([
    '',
    'models.example.org/a',
    'not a url',
    'https://',
    '//models.example.org/a',
    'C:\\a.safetensors',
  ])('has to be one: %j', async (url) => {
    expect((await refusal({ url }))?.code).toMatch(/^(?:INPUT_INVALID|URL_REFUSED)$/)
  })

  it.each([
    'http://models.example.org/a',
    'ftp://models.example.org/a',
    'file:///etc/passwd',
    'data:text/plain,a',
    'javascript:alert(1)',
    'https://user:password@models.example.org/a',
    'https://127.0.0.1/a',
    'https://localhost/a',
    'https://10.0.0.1/a',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/a',
    'https://[::ffff:10.0.0.1]/a',
    'https://metadata.google.internal/a',
    'https://2130706433/a',
  ])('is refused: %s', async (url) => {
    expect((await refusal({ url }))?.code).toBe('URL_REFUSED')
  })

  it.each([
    'https://huggingface.co/owner/name',
    'https://huggingface.co/owner/name/tree/main',
    'https://huggingface.co/owner/name/resolve/main/../../x',
    'https://huggingface.co/api/models/owner/name',
  ])('has to lead to a file of the hub: %s', async (url) => {
    const error = await refusal({ url })
    expect(error?.code).toBe('INPUT_INVALID')
    expect(error?.message).toContain('/resolve/')
  })

  it('of a name that leads to this machine is refused when it is asked', async () => {
    const { manager } = await aManager(
      {},
      {
        network: { resolve: async () => [{ address: '127.0.0.1', family: 4 }], retryPolicy: { retries: 0 } },
      },
    )
    const asked = manager.get('lora', { name: 'a', url: URL_OF_MODEL, hash: HASH })
    await expect(asked).rejects.toMatchObject({ code: 'URL_REFUSED' })
  })
})

describe('the hash of a model', () => {
  it.each([
    'abc',
    'g'.repeat(64),
    'a'.repeat(63),
    'a'.repeat(65),
    `md5:${'a'.repeat(32)}`,
    `sha256-${'a'.repeat(64)}`,
    `sha256:sha256:${'a'.repeat(64)}`,
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ])('is refused: %s', async (hash) => {
    expect((await refusal({ hash }))?.code).toBe('INPUT_INVALID')
  })

  it.each([
    ['upper case', (hex: string) => hex.toUpperCase()],
    ['a prefix', (hex: string) => `sha256:${hex}`],
    ['a prefix in upper case', (hex: string) => `SHA256:${hex.toUpperCase()}`],
    ['space around it', (hex: string) => ` ${hex}\n`],
  ])('may be written with %s', async (_how, write) => {
    const host = await aModelHost()
    const bytes = safetensors()
    const { manager } = await aManager({ hosts: [host] })
    const request = { name: 'a', url: host.serve('/a', bytes), hash: write(hexOf(bytes)) }
    expect(await manager.get('lora', request)).toMatchObject({ sha256: hexOf(bytes), isUnpinned: false })
  })

  it.each([null, undefined, '', ' '])(
    'has to be named unless unpinned models are allowed: %j',
    async (hash) => {
      const host = await aModelHost()
      const { manager } = await aManager({ hosts: [host] })
      const url = host.serve('/a', safetensors())
      const asked = manager.get('lora', { name: 'a', url, ...(hash === undefined ? {} : { hash }) })
      await expect(asked).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: expect.stringContaining('allowUnpinned'),
      })
      expect(host.asked).toEqual([])
    },
  )
})

describe('the options of a manager', () => {
  it.each([
    { basePath: 'models' },
    { basePath: '/a\0b' },
    { mirrors: ['https://mirror.example.org/'] },
    { allowHosts: ['https://a.example.org'] },
    { hfEndpoint: 'huggingface.co' },
    { hfEndpoint: 'https://user:pw@hub.example.org' },
    { hfToken: 'two words' },
    { civitaiToken: 'line\nbreak' },
    { maxModelSize: 0 },
    { parallelDownloads: 65 },
    { verify: 'never' as 'always' },
  ])('are checked when it is made: %j', (options) => {
    expect(() => new ModelManager({ environment: {}, ...options })).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    )
  })

  it('come from the environment where none are given', () => {
    expect(new ModelManager({ environment: {} }).basePath).toBe('/workspace/models')
    const named = new ModelManager({ environment: { MODELS_BASE_PATH: '/data/m/' } })
    expect(named.lorasPath).toBe('/data/m/loras')
    expect(() => new ModelManager({ environment: { MODELS_BASE_PATH: 'here' } })).toThrow(/MODELS_BASE_PATH/)
  })
})
