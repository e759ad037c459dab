import { lchown, mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listen } from '../support/loopback.ts'
import { aFolder } from '../support/store.ts'
import { aManager, aModelHost, hexOf, safetensors } from '../support/volume.ts'

/** A host of one LoRA that it gives only when it is told to. */
async function aHostThatWaits() {
  const bytes = safetensors()
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const server = await listen(async (_request, response) => {
    asked.resolve()
    await answered.promise
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
  })
  onTestFinished(() => server.close())
  return {
    host: new URL(server.url).host,
    lora: { name: 'waiting', url: `${server.url}/waiting`, hash: hexOf(bytes) },
    isAsked: asked.promise,
    answer: () => answered.resolve(),
  }
}

describe('a file that is in place already', () => {
  it.each(['prepared before', 'prepared first'])(
    'is not swapped under a request of another manager that waits for its other models, %s',
    async (order) => {
      const host = await aModelHost()
      const [older, newer] = [safetensors(), safetensors()]
      const waiting = await aHostThatWaits()
      const one = await aManager({ hosts: [host, waiting.host] })
      const other = await aManager({ hosts: [host], basePath: one.base })
      const of = (bytes: Buffer) => ({
        name: 'a',
        url: host.serve(`/${hexOf(bytes)}`, bytes),
        hash: hexOf(bytes),
      })
      // The registry goes on naming these bytes until the request is done: it is what makes room for them look right.
      if (order === 'prepared before') {
        const before = await aManager({ hosts: [host], basePath: one.base })
        await before.manager.get('lora', of(newer))
        await before.manager.dispose()
      }
      const request = one.manager.prepareModelsForRequest(null, [of(older), waiting.lora])
      await waiting.isAsked
      const path = join(one.base, 'loras/a.safetensors')
      await expect.poll(() => readFile(path).catch(() => '')).toEqual(older)
      await expect(other.manager.get('lora', of(newer))).rejects.toMatchObject({ code: 'STORE_NOT_WRITABLE' })
      waiting.answer()
      expect((await request)[1]).toHaveLength(2)
      expect(await readFile(path)).toEqual(older)
    },
  )

  it('that another request of the same manager replaced meanwhile is a failure, and the rest goes on', async () => {
    const host = await aModelHost()
    const [older, newer] = [safetensors(), safetensors()]
    const waiting = await aHostThatWaits()
    const { manager, base } = await aManager({ hosts: [host, waiting.host] })
    const of = (bytes: Buffer) => ({
      name: 'a',
      url: host.serve(`/${hexOf(bytes)}`, bytes),
      hash: hexOf(bytes),
    })
    const request = manager.prepareModelsForRequest(null, [of(older), waiting.lora])
    await waiting.isAsked
    const path = join(base, 'loras/a.safetensors')
    await expect.poll(() => readFile(path).catch(() => '')).toEqual(older)
    await manager.get('lora', of(newer))
    waiting.answer()
    const [, loras, failures] = await request
    expect(loras.map(([each]) => each)).toEqual([join(base, 'loras/waiting.safetensors')])
    expect(failures).toMatchObject([{ name: 'a', error: { code: 'STORE_CORRUPT' } }])
    expect(await readFile(path)).toEqual(newer)
  })
})

describe('a folder of models', () => {
  it.runIf(process.geteuid?.() === 0)(
    'may be a link of this user’s to another disk, and none that another user has made',
    async () => {
      const host = await aModelHost()
      const bytes = safetensors()
      const lora = { name: 'a', url: host.serve('/a', bytes), hash: hexOf(bytes) }
      const [base, elsewhere] = [join(await aFolder(), 'models'), await aFolder()]
      await mkdir(base)
      await symlink(elsewhere, join(base, 'loras'))
      await lchown(join(base, 'loras'), 1234, 1234)
      const { manager } = await aManager({ hosts: [host], basePath: base })
      await expect(manager.get('lora', lora)).rejects.toMatchObject({ code: 'STORE_UNSAFE' })
      await expect(manager.cleanupOldModels(0, 0)).rejects.toMatchObject({ code: 'STORE_UNSAFE' })
      expect(await readdir(elsewhere)).toEqual([])
      await lchown(join(base, 'loras'), 0, 0)
      await manager.get('lora', lora)
      expect(await readFile(join(elsewhere, 'a.safetensors'))).toEqual(bytes)
    },
  )
})
