import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ModelManager } from '../../src/manager/index.ts'
import { runCommand } from '../support/command.ts'
import { modelBytes } from '../support/model-host.ts'
import { aVolumeWorld, type VolumeWorld } from '../support/volume-command.ts'

const LONG = { timeout: 300_000 }
const DAY_S = 24 * 60 * 60

/** Three models, of which `old` was used 40 days ago. */
async function filled(world: VolumeWorld): Promise<VolumeWorld> {
  const { host, base } = world
  const model = (name: string, file: string) => ({ name, ...host.serve(file) })
  await using manager = new ModelManager({ basePath: base, allowHosts: [host.host] })
  await manager.prepareRequest({
    checkpoint: model('sdxl', 'sdxl.safetensors'),
    loras: [model('detail', 'detail.safetensors'), model('old', 'old.safetensors')],
  })
  await manager.dispose()
  const then = Date.now() / 1000 - 40 * DAY_S
  await used(base, 'old', { last_used: then, downloaded_at: then })
  return world
}

/** Writes down when a LoRA was used. What the manager tells itself of it, and would believe more, goes. */
async function used(base: string, name: string, fields: Readonly<Record<string, number>>): Promise<void> {
  const path = join(base, 'cache_registry.json')
  const registry = JSON.parse(await readFile(path, 'utf8'))
  Object.assign(registry.loras[name], fields)
  await writeFile(path, JSON.stringify(registry))
  await rm(join(base, '.r3mes/volume/entries.json'), { force: true })
}

describe('r3mes volume ls', () => {
  it('says what is there, how large it is, who was used when, and where it is from', LONG, async () => {
    const { base, host, volume } = await filled(await aVolumeWorld())
    const { stdout, exitCode } = await volume('ls')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^checkpoint +sdxl +2\.07 kB +1 +\d+ \w+ ago +[0-9a-f]{12}… +127/m)
    expect(stdout).toMatch(/^lora +old .* 40 days ago/m)
    const json = JSON.parse((await volume('ls', '--json')).stdout)
    expect(json).toHaveLength(3)
    expect(json).toContainEqual({
      kind: 'lora',
      name: 'detail',
      path: join(base, 'loras/detail.safetensors'),
      ...host.serve('detail.safetensors'),
      unpinned: false,
      downloaded_at: expect.any(Number),
      last_used: expect.any(Number),
      usage_count: 1,
      file_size: modelBytes('detail.safetensors').length,
    })
  })

  it('says how large a file is that another program wrote down without its size', LONG, async () => {
    const { base, volume } = await aVolumeWorld()
    await mkdir(join(base, 'loras'), { recursive: true })
    await writeFile(join(base, 'loras/theirs.safetensors'), 'x'.repeat(2500))
    const theirs = { path: '/workspace/models/loras/theirs.safetensors' }
    await writeFile(join(base, 'cache_registry.json'), JSON.stringify({ loras: { theirs } }))
    expect((await volume('ls')).stdout).toMatch(/^lora +theirs +2\.50 kB +0 +never +unknown/m)
  })

  it('says of an empty volume that it is one', LONG, async () => {
    const { base, volume } = await aVolumeWorld()
    await mkdir(base)
    expect((await volume('ls')).stdout).toBe('The volume holds no models.\n')
    expect((await volume('ls', '--json')).stdout).toBe('[]\n')
  })

  it('shows no text of the registry that a terminal or a runner would obey', LONG, async () => {
    const { base, volume } = await filled(await aVolumeWorld())
    const path = join(base, 'cache_registry.json')
    const registry = JSON.parse(await readFile(path, 'utf8'))
    const hostile = '\u001b]0;x\u0007\n::error::x ##[error]y'
    registry.loras.detail.url = `https://a/${hostile}`
    registry.loras[`x${hostile}`] = { ...registry.loras.detail }
    await writeFile(path, JSON.stringify(registry))
    for (const flags of [[], ['--json']]) {
      const { stdout } = await volume('ls', ...flags)
      expect(stdout).not.toMatch(/\u001b|\u0007|^::|##\[/m)
    }
  })
})

describe('r3mes volume stats', () => {
  it('has the keys of the Python manager', LONG, async () => {
    const { volume } = await filled(await aVolumeWorld())
    const size = modelBytes('detail.safetensors').length
    const json = JSON.parse((await volume('stats', '--json')).stdout)
    expect(json).toMatchObject({
      checkpoints: { count: 1, total_size: modelBytes('sdxl.safetensors').length },
      loras: { count: 2, total_size: expect.any(Number) },
      embeddings: { count: 0, total_size: 0 },
      disk_usage: { total: expect.any(Number), used: expect.any(Number), free: expect.any(Number) },
    })
    expect(json.loras.total_size).toBeGreaterThan(size)
    const { stdout } = await volume('stats')
    expect(stdout).toMatch(/^loras +2 +4\.13 kB$/m)
    expect(stdout).toContain('The disk has ')
  })
})

describe('a command that looks at a volume', () => {
  it.each(['ls', 'stats', 'cleanup'])('makes none: %s', LONG, async (command) => {
    const { folder, volume } = await aVolumeWorld()
    const { exitCode, stdout } = await volume(command, '--json')
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ success: false, 'error-code': 'INPUT_INVALID' })
    expect(await readdir(folder)).toEqual(['home'])
  })

  it('finds it by MODELS_BASE_PATH, and says when there is none at the usual place', LONG, async () => {
    const { base } = await filled(await aVolumeWorld())
    const { stdout } = await runCommand(['volume', 'stats', '--json'], { MODELS_BASE_PATH: base })
    expect(JSON.parse(stdout)).toMatchObject({ loras: { count: 2 } })
    const help = await runCommand(['volume', 'stats', '--help'])
    expect(help.stdout).toMatch(/Default:\s+\/workspace\/models/)
  })
})

describe('r3mes volume cleanup', () => {
  it('removes what it showed, and no more', LONG, async () => {
    const world = await filled(await aVolumeWorld())
    const { volume, models } = world
    const before = await models()
    const dry = await volume('cleanup', '--keep-popular', '0', '--dry-run', '--json')
    expect(await models()).toEqual(before)
    const done = await volume('cleanup', '--keep-popular', '0', '--json')
    expect(JSON.parse(done.stdout)).toEqual({ ...JSON.parse(dry.stdout), dry_run: false })
    expect(JSON.parse(done.stdout)).toMatchObject({
      success: true,
      removed: [{ kind: 'lora', name: 'old', file_size: modelBytes('old.safetensors').length }],
      in_use: [],
    })
    expect(await models()).toEqual(before.filter((path) => path !== 'loras/old.safetensors'))
  })

  it('keeps what is popular, and what is young enough', LONG, async () => {
    const { volume, models } = await filled(await aVolumeWorld())
    const before = await models()
    for (const flags of [[], ['--max-age', '41d', '--keep-popular', '0']]) {
      const { stdout } = await volume('cleanup', ...flags)
      expect(stdout).toBe('Removed 0 models: 0 B freed.\n')
    }
    expect(await models()).toEqual(before)
  })

  it('keeps what a living process uses, and says so', LONG, async () => {
    const { base, host, volume, models } = await filled(await aVolumeWorld())
    await using manager = new ModelManager({ basePath: base, allowHosts: [host.host] })
    const before = await models()
    await manager.get('lora', { name: 'old', ...host.serve('old.safetensors') })
    await used(base, 'old', { last_used: 1, downloaded_at: 1 })
    const { stdout } = await volume('cleanup', '--max-age', '1s', '--keep-popular', '0')
    expect(stdout).toMatch(/^lora +old .* stays: in use$/m)
    expect(await models()).toContain('loras/old.safetensors')
    expect(before).toContain('loras/old.safetensors')
  })

  it.each([
    ['--max-age', '0d', 'An age of 0 would remove all'],
    ['--max-age', 'soon', 'such as 30d'],
    ['--keep-popular', '-1', 'whole number'],
  ])('says what %s takes instead of %s', async (option, value, hint) => {
    const { exitCode, stderr } = await runCommand(['volume', 'cleanup', `${option}=${value}`])
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(hint) })
  })
})

describe('r3mes volume link', () => {
  it(
    'shows every checked model to a program, again after each change, and touches no file of its user',
    LONG,
    async () => {
      const { folder, volume } = await filled(await aVolumeWorld())
      const to = join(folder, 'webui')
      await mkdir(join(to, 'models/Lora'), { recursive: true })
      await writeFile(join(to, 'models/Lora/mine.safetensors'), 'mine')
      await writeFile(join(to, 'models/Lora/detail.safetensors'), 'mine as well')
      const first = await volume('link', '--to', to, '--webui', 'automatic1111')
      expect(first.stdout).toBe(
        [
          'new      models/Lora/old.safetensors',
          'new      models/Stable-diffusion/sdxl.safetensors',
          '2 links: 2 new, 0 changed, 0 as before. 0 gone.',
          '',
        ].join('\n'),
      )
      expect(first.stderr).toContain('models/Lora/detail.safetensors is no link of ours')
      expect(first.exitCode).toBe(0)
      expect(await readFile(join(to, 'models/Lora/detail.safetensors'), 'utf8')).toBe('mine as well')
      expect(await readFile(join(to, 'models/Lora/old.safetensors'))).toEqual(modelBytes('old.safetensors'))
      await volume('cleanup', '--keep-popular', '0')
      const second = await volume('link', '--to', to, '--webui', 'automatic1111', '--json')
      expect(JSON.parse(second.stdout)).toEqual({
        success: true,
        created: [],
        replaced: [],
        removed: ['models/Lora/old.safetensors'],
        kept: ['models/Stable-diffusion/sdxl.safetensors'],
        occupied: ['models/Lora/detail.safetensors'],
        same: [],
        failures: [],
        'error-code': '',
        'error-message': '',
      })
      expect((await readdir(join(to, 'models/Lora'))).sort()).toEqual([
        'detail.safetensors',
        'mine.safetensors',
      ])
    },
  )

  it.each(['always', 'changed'])(
    'links no model that is not what its hash names, and ends with that error (%s)',
    LONG,
    async (verify) => {
      const { base, folder, volume } = await filled(await aVolumeWorld())
      const to = join(folder, 'ui')
      await volume('link', '--to', to, '--verify', verify)
      const broken = join(base, 'loras/detail.safetensors')
      const { mtime, size } = await stat(broken)
      await rm(broken)
      await writeFile(broken, Buffer.alloc(size), { mode: 0o444 })
      expect((await stat(broken)).mtime).not.toEqual(mtime)
      const { exitCode, stdout } = await volume('link', '--to', to, '--json', '--verify', verify)
      expect(exitCode).toBe(6)
      expect(JSON.parse(stdout)).toMatchObject({
        success: false,
        removed: ['loras/detail.safetensors'],
        failures: [{ kind: 'lora', name: 'detail', 'error-code': 'DIGEST_MISMATCH' }],
        'error-code': 'DIGEST_MISMATCH',
      })
      expect(existsSync(join(to, 'loras/old.safetensors'))).toBe(true)
    },
  )

  it('names the programs that it knows', async () => {
    const { exitCode, stderr } = await runCommand(['volume', 'link', '--to', '.', '--webui', 'comfy'])
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('comfyui') })
  })
})
