import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { buildLoraPrompt, ModelManager, modelManager } from '../../src/index.ts'
import { listen } from '../support/loopback.ts'
import { serveParts } from '../support/ranged.ts'
import { aFolder } from '../support/store.ts'
import { aManager, hexOf, registryOf, safetensors } from '../support/volume.ts'
import type { VolumeJob } from '../support/volume-child.ts'

const CHILD = fileURLToPath(new URL('../support/volume-child.ts', import.meta.url))

describe('a process that is killed while it brings a model', () => {
  it.each([
    ['with a hash', true],
    ['without one', false],
  ])('leaves nothing under its name, and the next one brings it: %s', async (_how, isPinned) => {
    const bytes = safetensors(6_000_000)
    const serve = serveParts(bytes)
    const killed = Promise.withResolvers<void>()
    let kill: (() => void) | undefined
    const host = await listen((request, response) => {
      if (kill === undefined) {
        serve(request, response)
        return
      }
      // Half of what was asked for, and then its process is no more.
      const { range } = request.headers
      const [start = 0, end = bytes.length - 1] =
        range === undefined ? [] : range.slice(6).split('-').map(Number)
      const last = Math.min(end, bytes.length - 1)
      const part = bytes.subarray(start, last + 1)
      response.writeHead(range === undefined ? 200 : 206, {
        ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${last}/${bytes.length}` }),
        'content-length': part.length,
        etag: '"v1"',
      })
      response.write(part.subarray(0, part.length / 2), () => {
        kill?.()
        killed.resolve()
      })
    })
    onTestFinished(() => host.close())
    const base = join(await aFolder(), 'models')
    const allowHosts = [new URL(host.url).host]
    const lora = { name: 'a', url: `${host.url}/a`, ...(isPinned ? { hash: hexOf(bytes) } : {}) }
    const job: VolumeJob = {
      options: { basePath: base, allowHosts, environment: {}, allowUnpinned: true },
      loras: [lora],
    }
    const child = spawn(process.execPath, [CHILD, JSON.stringify(job)], { stdio: 'ignore' })
    kill = () => void child.kill('SIGKILL')
    await killed.promise
    await once(child, 'close')
    kill = undefined
    expect(await readdir(join(base, 'loras'))).toEqual([])
    const { manager } = await aManager({ basePath: base, hosts: allowHosts, allowUnpinned: true })
    const { path } = await manager.get('lora', lora)
    expect(await readFile(path)).toEqual(bytes)
    expect(await readdir(join(base, 'loras'))).toEqual(['a.safetensors'])
    expect((await registryOf(base))['loras']?.['a']).toMatchObject({ usage_count: 1 })
  })
})

describe('the one manager of a program', () => {
  it('is made when it is first used, and not before', async () => {
    vi.stubEnv('MODELS_BASE_PATH', 'no absolute path')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(modelManager).toBeInstanceOf(ModelManager)
    expect(() => modelManager.basePath).toThrow('MODELS_BASE_PATH')
    const base = join(await aFolder(), 'models')
    vi.stubEnv('MODELS_BASE_PATH', base)
    await modelManager.ensureDirectories()
    onTestFinished(() => modelManager.dispose())
    expect(await readdir(base)).toHaveLength(3)
    expect(await modelManager.prepareModelsForRequest()).toEqual([null, [], []])
    expect(await modelManager.getCacheStats()).toMatchObject({ checkpoints: { count: 0, total_size: 0 } })
    const loras = [['/models/landscape.safetensors', 0.8]] as const
    expect(modelManager.buildLoraPrompt('x', loras)).toBe(buildLoraPrompt('x', loras))
  })
})
