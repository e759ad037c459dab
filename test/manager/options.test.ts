import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import {
  type CleanupOptions,
  ModelManager,
  type ModelManagerOptions,
  type ModelRequest,
  type PrepareOptions,
  type VolumeRequest,
} from '../../src/manager/index.ts'
import { aFolder } from '../support/store.ts'
import { aManager, aModelHost, hexOf, safetensors } from '../support/volume.ts'

/** As a program without a type checker would do it. */
function refusal(options: Record<string, unknown>): R3mesError {
  try {
    new ModelManager({ basePath: '/nowhere', environment: {}, ...options } as ModelManagerOptions)
  } catch (thrown) {
    if (thrown instanceof R3mesError) return thrown
    throw thrown
  }
  throw new Error('The options were taken')
}

describe('an option of a manager', () => {
  it.each([
    [{ allowUnpined: true }, 'ModelManager knows no `allowUnpined`. Did you mean `allowUnpinned`?'],
    [{ base_path: '/m' }, 'Did you mean `basePath`?'],
    [{ 'on\nError': 'fail' }, 'ModelManager knows nothing of that name.'],
    [{ allowUnpinned: 'false' }, '`allowUnpinned` has to be `true` or `false`.'],
    [{ mirrors: 'https://mirror.example.org/{sha256}' }, '`mirrors` has to be a list of texts.'],
    [{ allowHosts: [1] }, '`allowHosts` has to be a list of texts.'],
    [{ basePath: 7 }, 'has to be an absolute path'],
  ])('%j is refused', (options, message) => {
    const error = refusal(options)
    expect(error.code).toBe('INPUT_INVALID')
    expect(error.message).toContain(message)
  })

  it('that is not set is none', () => {
    const options = { basePath: '/nowhere', privateKey: undefined, environment: {} }
    expect(new ModelManager(options).basePath).toBe('/nowhere')
  })

  it('is never a private key', () => {
    const error = refusal({ privateKey: 'the key itself' })
    expect(error.code).toBe('PRIVATE_KEY_REFUSED')
    expect(error.message).not.toContain('the key itself')
  })
})

describe('an option of a call', () => {
  const detail = { name: 'a', url: 'https://models.example.org/a.safetensors', hash: 'a'.repeat(64) }

  it.each([
    [{ onError: 'explode' }, '`onError` has to be `continue` or `fail`.'],
    [{ onErorr: 'fail' }, 'Did you mean `onError`?'],
  ])('%j of a request is refused', async (options, message) => {
    const { manager } = await aManager()
    const asked = manager.prepareModelsForRequest(null, [detail], options as PrepareOptions)
    await expect(asked).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(message),
    })
  })

  it('or a part of a request that there is not is refused', async () => {
    const { manager } = await aManager()
    const asked = manager.prepareRequest({ lora: [detail] } as VolumeRequest)
    await expect(asked).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('Did you mean `loras`?'),
    })
  })

  it.each([
    [{ dryrun: true }, 'Did you mean `dryRun`?'],
    [{ dryRun: 'yes' }, '`dryRun` has to be `true` or `false`.'],
  ])('%j of a cleanup is refused, and nothing is removed', async (options, message) => {
    const host = await aModelHost()
    const bytes = safetensors()
    const basePath = join(await aFolder(), 'models')
    const first = await aManager({ hosts: [host], basePath })
    const path = await first.manager.getOrDownloadLora('a', host.serve('/a', bytes), hexOf(bytes))
    await first.manager.dispose()
    const { manager } = await aManager({ basePath })
    await expect(manager.cleanupOldModels(0, 0, options as CleanupOptions)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(message),
    })
    expect(existsSync(path ?? '')).toBe(true)
  })
})

describe('a model of a request', () => {
  const model = { name: 'a', url: 'https://models.example.org/a.safetensors' }

  it.each([
    ['a hash under another name', { ...model, sha256: 'a'.repeat(64) }, 'lora a knows no `sha256`.'],
    ['a hash that is none', { ...model, hash: 7 }, 'The hash of lora a is no SHA-256.'],
    ['a scale that is none', { ...model, scale: true }, 'The scale of a LoRA is no decimal number'],
  ])('with %s is refused, also where URLs need no hash', async (_what, request, message) => {
    const { manager } = await aManager({ allowUnpinned: true })
    const [, , [failure]] = await manager.prepareModelsForRequest(null, [request as ModelRequest])
    expect(failure?.error).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(message) })
  })

  it('whose URL is refused is named', async () => {
    const { manager } = await aManager()
    const loras = [
      { ...model, url: 'http://models.example.org/a', hash: 'a'.repeat(64) },
      { ...model, name: 'b', url: 'ftp://models.example.org/b', hash: 'b'.repeat(64) },
    ]
    const [, , failures] = await manager.prepareModelsForRequest(null, loras)
    expect(failures.map(({ error }) => error.message)).toEqual([
      expect.stringMatching(/^lora a could not be brought\. A URL is refused: it is not https\./),
      expect.stringMatching(
        /^lora b could not be brought\. A URL is refused: it is neither https nor http\./,
      ),
    ])
  })
})
