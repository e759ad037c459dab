import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { modelBytes } from '../support/model-host.ts'
import { aVolumeWorld } from '../support/volume-command.ts'

const LONG = { timeout: 120_000 }
const OTHER = 'f'.repeat(64)

describe('r3mes volume get', () => {
  it('puts a model in place, read-only, and prints its path alone', LONG, async () => {
    const { host, base, volume } = await aVolumeWorld()
    const { url, hash } = host.serve('detail.safetensors')
    const path = join(base, 'loras/detail.safetensors')
    const first = await volume('get', url, '--as', 'lora/detail', '--sha256', hash)
    expect(first).toMatchObject({ exitCode: 0, stdout: `${path}\n` })
    expect(await readFile(path)).toEqual(modelBytes('detail.safetensors'))
    expect((await lstat(path)).mode & 0o222).toBe(0)
    const asked = host.asked.length
    const again = await volume('get', url, '--as', 'lora/detail', '--sha256', hash, '--json')
    expect(JSON.parse(again.stdout)).toEqual({
      success: true,
      kind: 'lora',
      name: 'detail',
      path,
      sha256: hash,
      'file-size': modelBytes('detail.safetensors').length,
      brought: false,
      unpinned: false,
      'error-code': '',
      'error-message': '',
    })
    expect(host.asked).toHaveLength(asked)
  })

  it.each([
    ['in upper case', (hash: string) => hash.toUpperCase()],
    ['with sha256: before it', (hash: string) => `sha256:${hash}`],
    ['with SHA256: before it, in upper case', (hash: string) => `SHA256:${hash.toUpperCase()}`],
  ])('takes a hash %s', LONG, async (_how, written) => {
    const { host, volume, models } = await aVolumeWorld()
    const { url, hash } = host.serve('a.ckpt')
    const { exitCode } = await volume('get', url, '--as', 'checkpoint/a', '--sha256', written(hash))
    expect(exitCode).toBe(0)
    expect(await models()).toEqual(['checkpoints/a.ckpt'])
  })

  it('wants to be told that no hash is meant, and then holds the URL to its first bytes', LONG, async () => {
    const { host, base, volume, models } = await aVolumeWorld()
    const { url } = host.serve('a.safetensors')
    const refused = await volume('get', url, '--as', 'lora/a')
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toContain('allow-unpinned')
    expect(host.asked).toEqual([])
    expect(await models()).toEqual([])
    // The flag stands before the URL and does not swallow it.
    const got = await volume('get', '--allow-unpinned', url, '--as', 'lora/a', '--json')
    expect(JSON.parse(got.stdout)).toMatchObject({ brought: true, unpinned: true })
    host.serve('a.safetensors', modelBytes('somebody else’s'))
    expect(await volume('get', '--allow-unpinned', url, '--as', 'lora/a')).toMatchObject({ exitCode: 0 })
    expect(await readFile(join(base, 'loras/a.safetensors'))).toEqual(modelBytes('a.safetensors'))
  })

  it.each([
    ['http', 'http://models.example.org/a.safetensors', 6, 'URL_REFUSED'],
    ['another scheme', 'ftp://models.example.org/a.safetensors', 6, 'URL_REFUSED'],
    ['a file', 'file:///etc/passwd', 6, 'URL_REFUSED'],
    ['data', 'data:,model', 6, 'URL_REFUSED'],
    ['a password', 'https://user:secret@models.example.org/a.safetensors', 6, 'URL_REFUSED'],
    ['this machine', 'https://localhost/a.safetensors', 6, 'URL_REFUSED'],
    ['a private address', 'https://10.0.0.1/a.safetensors', 6, 'URL_REFUSED'],
    ['the metadata service of a cloud', 'http://169.254.169.254/latest', 6, 'URL_REFUSED'],
    ['loopback in IPv6', 'https://[::1]/a.safetensors', 6, 'URL_REFUSED'],
    ['no URL', 'models.example.org/a.safetensors', 2, 'INPUT_INVALID'],
    ['a path', '../a.safetensors', 2, 'INPUT_INVALID'],
    ['nothing', '', 2, 'INPUT_INVALID'],
    ['a hub’s page', 'https://huggingface.co/owner/name', 2, 'INPUT_INVALID'],
  ])('refuses %s, asks nobody and leaves nothing', LONG, async (_what, url, exitCode, code) => {
    const { host, volume, models } = await aVolumeWorld()
    const got = await volume('get', url, '--as', 'lora/a', '--sha256', OTHER, '--json')
    expect(got).toMatchObject({ exitCode })
    expect(JSON.parse(got.stdout)).toEqual({
      success: false,
      'error-code': code,
      'error-message': expect.stringMatching(/\.$/),
    })
    expect(got.stdout).not.toContain('secret')
    expect(host.asked).toEqual([])
    expect(await models()).toEqual([])
  })

  it.each([
    ['lora/../escape', 'ID_UNSAFE'],
    ['lora//etc/passwd', 'ID_UNSAFE'],
    ['lora/a/b', 'ID_UNSAFE'],
    ['lora/a\\b', 'ID_UNSAFE'],
    ['lora/con', 'ID_UNSAFE'],
    ['lora/a.', 'ID_UNSAFE'],
    ['lora/', 'ID_UNSAFE'],
    ['lora/\u202egnp', 'ID_UNSAFE'],
    [`lora/${'a'.repeat(200)}`, 'ID_UNSAFE'],
    ['lora', 'INPUT_INVALID'],
    ['loras/a', 'INPUT_INVALID'],
    ['movie/a', 'INPUT_INVALID'],
  ])('refuses the name %j', LONG, async (as, code) => {
    const { host, volume, models } = await aVolumeWorld()
    const { url, hash } = host.serve('a.safetensors')
    const got = await volume('get', url, `--as=${as}`, '--sha256', hash, '--json')
    expect(got.exitCode).toBe(2)
    expect(JSON.parse(got.stdout)).toMatchObject({ 'error-code': code })
    expect(host.asked).toEqual([])
    expect(await models()).toEqual([])
  })

  it.each(['md5:00', 'zz', `${OTHER}0`, OTHER.slice(1), 'sha512:00'])(
    'refuses the hash %s',
    LONG,
    async (hash) => {
      const { host, volume } = await aVolumeWorld()
      const { url } = host.serve('a.safetensors')
      const got = await volume('get', url, '--as', 'lora/a', '--sha256', hash)
      expect(got).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('64 hexadecimal digits') })
      expect(host.asked).toEqual([])
    },
  )

  it('says that a login page is none of the models, and leaves nothing', LONG, async () => {
    const { host, volume, models } = await aVolumeWorld()
    const url = host.answer('a.safetensors', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      response.end('<!doctype html><title>Sign in</title>')
    })
    for (const pin of [['--sha256', OTHER], ['--allow-unpinned']]) {
      const got = await volume('get', url, '--as', 'lora/a', ...pin)
      expect(got).toMatchObject({ exitCode: 6, stdout: '' })
      expect(got.stderr).toMatch(/web page/i)
      expect(await models()).toEqual([])
    }
  })

  it('does not take an empty hash for leave to bring any bytes', LONG, async () => {
    const { host, volume, models } = await aVolumeWorld()
    const { url } = host.serve('a.safetensors')
    const got = await volume('get', url, '--as', 'lora/a', '--allow-unpinned', '--sha256', '')
    expect(got).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('It is empty') })
    expect(await models()).toEqual([])
    expect(host.asked).toEqual([])
  })

  it('takes no file without bytes', LONG, async () => {
    const { host, volume, models } = await aVolumeWorld()
    const { url } = host.serve('a.safetensors', '')
    const got = await volume('get', url, '--as', 'lora/a', '--allow-unpinned')
    expect(got).toMatchObject({ exitCode: 6, stdout: '' })
    expect(await models()).toEqual([])
  })

  it('names the kinds when it is told of none', async () => {
    const { volume } = await aVolumeWorld()
    const got = await volume('get', 'https://models.example.org/a')
    expect(got).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--as <kind/name>') })
  })
})
