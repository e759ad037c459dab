import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { aFolder } from '../support/store.ts'
import { aManager, aModelHost, hexOf, registryOf, safetensors } from '../support/volume.ts'
import type { VolumeJob, VolumeReport } from '../support/volume-child.ts'

const CHILD = fileURLToPath(new URL('../support/volume-child.ts', import.meta.url))
const PROCESSES = 16

/** A process of its own that asks for LoRAs and ends. */
async function asking(job: VolumeJob): Promise<VolumeReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, JSON.stringify(job)])
  return JSON.parse(stdout)
}

const everyProcess = Array.from({ length: PROCESSES }, (_, index) => index)

describe('a volume that many processes share', { timeout: 300_000 }, () => {
  it('loses no file, no entry and no use when they are 16, and each model is downloaded once', async () => {
    const host = await aModelHost()
    const common = safetensors(3_000_000)
    const commonLora = { name: 'common', url: host.serve('/common', common), hash: hexOf(common) }
    const own = everyProcess.map((index) => {
      const bytes = safetensors(10_000 + index)
      return {
        bytes,
        lora: { name: `own${index}`, url: host.serve(`/own${index}`, bytes), hash: hexOf(bytes) },
      }
    })
    const base = join(await aFolder(), 'models')
    const options = { basePath: base, allowHosts: [host.host], environment: {} }
    const reports = await Promise.all(
      own.map(({ lora }, index) => {
        // Each one wants the same bytes under a name of its own, too.
        const alias = { ...commonLora, name: `alias${index}` }
        return asking({ options, loras: [commonLora, alias, lora] })
      }),
    )
    expect(reports.flatMap(({ failures }) => failures)).toEqual([])
    for (const { bytes, lora } of own) {
      expect(await readFile(join(base, 'loras', `${lora.name}.safetensors`))).toEqual(bytes)
    }
    const loras = (await registryOf(base))['loras'] ?? {}
    expect(Object.keys(loras)).toHaveLength(1 + 2 * PROCESSES)
    expect(loras['common']).toMatchObject({ usage_count: PROCESSES })
    expect(host.asked.filter((line) => line === 'GET /common')).toHaveLength(1)
    expect(host.asked).toHaveLength(1 + PROCESSES)
    const { nlink } = await stat(join(base, 'loras/common.safetensors'))
    expect(nlink).toBe(1 + 1 + PROCESSES)
    expect(await readdir(join(base, '.r3mes/partials'))).toEqual([])
    const { manager } = await aManager({ basePath: base })
    expect(await manager.getCacheStats()).toMatchObject({ loras: { count: 1 + 2 * PROCESSES } })
  })

  it('takes one first use of a URL without a hash for the right one, whoever came first', async () => {
    const host = await aModelHost()
    const bytes = safetensors(2_000_000)
    const url = host.serve('/unpinned', bytes)
    const base = join(await aFolder(), 'models')
    const options = { basePath: base, allowHosts: [host.host], environment: {}, allowUnpinned: true }
    const reports = await Promise.all(
      everyProcess.slice(0, 6).map((index) => asking({ options, loras: [{ name: `u${index % 3}`, url }] })),
    )
    expect(reports.flatMap(({ failures }) => failures)).toEqual([])
    expect(host.asked).toEqual(['GET /unpinned'])
  })
})
