import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { linkModels, type ModelToLink } from '../../src/manager/link.ts'
import { SECTION_OF_MODEL } from '../../src/manager/types.ts'
import type { Webui } from '../../src/manager/webui.ts'
import { aFolder } from '../support/store.ts'

type Kind = ModelToLink['kind']

interface World {
  readonly basePath: string
  readonly to: string
  /** Makes a model in the volume; its bytes are its name. */
  model(kind: Kind, file: string): Promise<ModelToLink>
  link(models: readonly ModelToLink[], webui?: Webui): ReturnType<typeof linkModels>
}

async function aWorld(): Promise<World> {
  const folder = await aFolder()
  const [basePath, to] = [join(folder, 'volume'), join(folder, 'webui')]
  await mkdir(basePath)
  return {
    basePath,
    to,
    async model(kind, file) {
      const path = join(basePath, SECTION_OF_MODEL[kind], file)
      await mkdir(join(path, '..'), { recursive: true })
      await writeFile(path, file)
      return { kind, path }
    },
    link: (models, webui) => linkModels(models, { basePath, to, ...(webui === undefined ? {} : { webui }) }),
  }
}

/** Runs a piece of a program that knows {@link linkModels}, and says what it printed. */
async function inOwnProcess(code: string): Promise<string> {
  const module = JSON.stringify(join(import.meta.dirname, '../../src/manager/link.ts'))
  const program = `import { linkModels } from ${module}; ${code}`
  return (await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])).stdout
}

async function oneOfEach({ model }: World): Promise<ModelToLink[]> {
  return [
    await model('checkpoint', 'sdxl.safetensors'),
    await model('lora', 'detail.safetensors'),
    await model('embedding', 'bad-hands.pt'),
  ]
}

describe('links for a program', () => {
  it.each([
    [undefined, ['checkpoints', 'loras', 'embeddings']],
    ['automatic1111', ['models/Stable-diffusion', 'models/Lora', 'embeddings']],
    ['comfyui', ['models/checkpoints', 'models/loras', 'models/embeddings']],
  ] as const)('stand in the folders that %s reads', async (webui, folders) => {
    const world = await aWorld()
    const models = await oneOfEach(world)
    const { created } = await world.link(models, webui)
    const paths = models.map(({ path }, index) => `${folders[index]}/${basename(path)}`)
    expect(created).toEqual(paths.toSorted())
    expect(paths.map((path) => readFileSync(join(world.to, path), 'utf8'))).toEqual([
      'sdxl.safetensors',
      'detail.safetensors',
      'bad-hands.pt',
    ])
  })

  it('hold when volume and program are mounted elsewhere together', async () => {
    const world = await aWorld()
    const [path] = (await world.link([await world.model('lora', 'a.safetensors')])).created
    const moved = `${join(world.to, '..')}-moved`
    await rename(join(world.to, '..'), moved)
    expect(await readFile(join(moved, 'webui', path ?? ''), 'utf8')).toBe('a.safetensors')
    await rm(moved, { recursive: true })
  })

  it('are not touched when nothing changed', async () => {
    const world = await aWorld()
    const models = await oneOfEach(world)
    const { created } = await world.link(models, 'comfyui')
    const before = await Promise.all(created.map((path) => lstat(join(world.to, path), { bigint: true })))
    const list = await stat(join(world.to, '.r3mes-links/links.json'), { bigint: true })
    expect(await world.link(models, 'comfyui')).toMatchObject({
      created: [],
      replaced: [],
      removed: [],
      kept: created,
    })
    const after = await Promise.all(created.map((path) => lstat(join(world.to, path), { bigint: true })))
    expect(after.map(({ ino, ctimeNs }) => [ino, ctimeNs])).toEqual(
      before.map(({ ino, ctimeNs }) => [ino, ctimeNs]),
    )
    expect((await stat(join(world.to, '.r3mes-links/links.json'), { bigint: true })).mtimeNs).toBe(
      list.mtimeNs,
    )
  })

  it('go when their model is not there any more, and only they', async () => {
    const world = await aWorld()
    const [gone, stays] = [await world.model('lora', 'gone.safetensors'), await world.model('lora', 'b.pt')]
    await world.link([gone, stays])
    await writeFile(join(world.to, 'loras', 'mine.safetensors'), 'mine')
    await symlink('/nowhere', join(world.to, 'loras', 'my-link.safetensors'))
    await mkdir(join(world.to, 'loras', 'folder'))
    const report = await world.link([stays])
    expect(report).toMatchObject({ removed: ['loras/gone.safetensors'], kept: ['loras/b.pt'] })
    expect((await readdir(join(world.to, 'loras'))).sort()).toEqual([
      'b.pt',
      'folder',
      'mine.safetensors',
      'my-link.safetensors',
    ])
    expect(await readFile(gone.path, 'utf8')).toBe('gone.safetensors')
  })

  it('leave a file of the same name alone, say so, and do so again when the model has gone', async () => {
    const world = await aWorld()
    await mkdir(join(world.to, 'models/Lora'), { recursive: true })
    const mine = join(world.to, 'models/Lora/detail.safetensors')
    await writeFile(mine, 'mine')
    const model = await world.model('lora', 'detail.safetensors')
    for (const models of [[model], [model], []]) {
      const { occupied, created, removed } = await world.link(models, 'automatic1111')
      expect({ created, removed }).toEqual({ created: [], removed: [] })
      expect(occupied).toEqual(models.length === 0 ? [] : ['models/Lora/detail.safetensors'])
      expect(await readFile(mine, 'utf8')).toBe('mine')
    }
  })

  it('leave a file alone that somebody put in the place of a link', async () => {
    const world = await aWorld()
    const model = await world.model('lora', 'a.safetensors')
    await world.link([model])
    await rm(join(world.to, 'loras/a.safetensors'))
    await writeFile(join(world.to, 'loras/a.safetensors'), 'mine')
    expect(await world.link([model])).toMatchObject({ occupied: ['loras/a.safetensors'] })
    expect(await world.link([])).toMatchObject({ removed: [] })
    expect(await readFile(join(world.to, 'loras/a.safetensors'), 'utf8')).toBe('mine')
  })

  it('move with the program’s folders when another program is named', async () => {
    const world = await aWorld()
    const models = await oneOfEach(world)
    const { created } = await world.link(models, 'automatic1111')
    const { removed } = await world.link(models, 'comfyui')
    expect(removed).toEqual(created)
    expect(await readdir(join(world.to, 'models/Lora'))).toEqual([])
    expect(await readdir(join(world.to, 'models/loras'))).toEqual(['detail.safetensors'])
  })

  it('lead to another volume after a run with that one', async () => {
    const [one, other] = [await aWorld(), await aWorld()]
    await one.link([await one.model('lora', 'a.safetensors')])
    const model = await other.model('lora', 'a.safetensors')
    await writeFile(model.path, 'of the other volume')
    const report = await linkModels([model], { basePath: other.basePath, to: one.to })
    expect(report.replaced).toEqual(['loras/a.safetensors'])
    expect(await readFile(join(one.to, 'loras/a.safetensors'), 'utf8')).toBe('of the other volume')
    expect(await readdir(join(one.to, 'loras'))).toEqual(['a.safetensors'])
  })

  it('go to where a folder of the program leads', async () => {
    const world = await aWorld()
    const elsewhere = join(world.to, '../big-disk/deep/loras')
    await mkdir(elsewhere, { recursive: true })
    await mkdir(join(world.to, 'models'), { recursive: true })
    await symlink(elsewhere, join(world.to, 'models/Lora'))
    await world.link([await world.model('lora', 'a.safetensors')], 'automatic1111')
    expect(await readFile(join(elsewhere, 'a.safetensors'), 'utf8')).toBe('a.safetensors')
  })

  it('are not needed where a folder of the program is the volume’s own', async () => {
    const world = await aWorld()
    const models = await oneOfEach(world)
    await mkdir(join(world.to, 'models'), { recursive: true })
    await symlink(join(world.basePath, 'loras'), join(world.to, 'models/Lora'))
    const report = await world.link(models, 'automatic1111')
    expect(report).toMatchObject({ same: ['models/Lora'], occupied: [] })
    expect(report.created).toHaveLength(2)
  })

  it('are refused inside the volume, where they would be taken for models', async () => {
    const world = await aWorld()
    const model = await world.model('lora', 'a.safetensors')
    const inside = { basePath: world.basePath, to: join(world.basePath, 'loras') }
    await expect(linkModels([model], inside)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect(await readFile(model.path, 'utf8')).toBe('a.safetensors')
  })

  it('do not follow a list that somebody wrote out of the folders', async () => {
    const world = await aWorld()
    await world.link([])
    const secret = join(world.to, 'secret')
    await symlink('/target', secret)
    const links = [
      { path: 'secret', target: '/target' },
      { path: 'loras/../secret', target: '/target' },
    ]
    await writeFile(join(world.to, '.r3mes-links/links.json'), JSON.stringify({ version: 1, links }))
    expect(await world.link([])).toMatchObject({ removed: [] })
    expect(await readlink(secret)).toBe('/target')
  })

  it('are written down through no link that another program put there', async () => {
    const world = await aWorld()
    const model = await world.model('lora', 'a.safetensors')
    await world.link([])
    const mine = join(world.to, 'mine')
    await writeFile(mine, 'mine')
    const own = join(world.to, '.r3mes-links')
    for (const name of ['links.json.tmp', 'links.json']) {
      await rm(join(own, name), { force: true })
      await symlink(mine, join(own, name))
    }
    expect(await world.link([model])).toMatchObject({ created: ['loras/a.safetensors'] })
    expect(await readFile(mine, 'utf8')).toBe('mine')
    await rm(own, { recursive: true })
    const elsewhere = await aFolder()
    await symlink(elsewhere, own)
    await expect(world.link([model])).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect(await readdir(elsewhere)).toEqual([])
  })

  it('are one for two names of a file', async () => {
    const world = await aWorld()
    const model = await world.model('lora', 'a.safetensors')
    expect(await world.link([model, model])).toMatchObject({ created: ['loras/a.safetensors'] })
    expect(await world.link([model, model])).toMatchObject({ kept: ['loras/a.safetensors'] })
  })

  it('are found again when their list was lost', async () => {
    const world = await aWorld()
    const model = await world.model('lora', 'a.safetensors')
    await world.link([model])
    await writeFile(join(world.to, '.r3mes-links/links.json'), 'damaged')
    expect(await world.link([model])).toMatchObject({ kept: ['loras/a.safetensors'] })
    expect(await world.link([])).toMatchObject({ removed: ['loras/a.safetensors'] })
  })

  it('clear away what a killed run left unfinished, and no hidden file of somebody else', async () => {
    const world = await aWorld()
    await world.link([])
    await symlink('/x', join(world.to, 'loras/.r3mes-0123456789abcdef.tmp'))
    await writeFile(join(world.to, 'loras/.r3mes-0123456789abcdee.tmp'), 'mine')
    await symlink('/x', join(world.to, 'loras/.hidden.tmp'))
    await world.link([])
    expect((await readdir(join(world.to, 'loras'))).sort()).toEqual([
      '.hidden.tmp',
      '.r3mes-0123456789abcdee.tmp',
    ])
  })

  it('say what stands in the way of a folder', async () => {
    const world = await aWorld()
    await mkdir(world.to)
    await writeFile(join(world.to, 'models'), 'a file')
    await expect(world.link([], 'comfyui')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await expect(
      linkModels([], { basePath: join(world.basePath, 'missing'), to: world.to }),
    ).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })

  it('are always there to a program that looks while they change', async () => {
    const world = await aWorld()
    const other = await aWorld()
    const file = 'stays.safetensors'
    const sets = await Promise.all([world, other].map(async (each) => [await each.model('lora', file)]))
    const bases = [world.basePath, other.basePath]
    await world.link(sets[0] ?? [])
    let isDone = false
    let looks = 0
    const looking = (async () => {
      while (!isDone) {
        expect(await readFile(join(world.to, 'loras', file), 'utf8')).toBe(file)
        looks += 1
      }
    })()
    for (let run = 1; run <= 100; run++) {
      const { replaced } = await linkModels(sets[run % 2] ?? [], {
        basePath: bases[run % 2] ?? '',
        to: world.to,
      })
      expect(replaced).toEqual([`loras/${file}`])
    }
    isDone = true
    await looking
    expect(looks).toBeGreaterThan(0)
  })

  it('made by 8 processes at once are all there, and known to the next run', async () => {
    const world = await aWorld()
    const models = await Promise.all(
      Array.from({ length: 20 }, (_, index) => world.model('lora', `l${index}.safetensors`)),
    )
    const { basePath, to } = world
    const code = `await linkModels(${JSON.stringify(models)}, ${JSON.stringify({ basePath, to })})`
    await Promise.all(Array.from({ length: 8 }, () => inOwnProcess(code)))
    expect(await readdir(join(to, 'loras'))).toHaveLength(20)
    expect((await world.link([])).removed).toHaveLength(20)
  })

  it('say that a folder cannot be written, and make nothing', async () => {
    const world = await aWorld()
    await mkdir(world.to)
    // Root may write everywhere.
    const toNobody = process.getuid?.() === 0 ? 'process.setuid(12345);' : ''
    await chmod(join(world.to, '..'), 0o755)
    await chmod(world.to, 0o555)
    const said = await inOwnProcess(
      `${toNobody} await linkModels([], ${JSON.stringify({ basePath: world.basePath, to: world.to })}).catch(({ code }) => console.log(code))`,
    )
    expect(said).toBe('STORE_NOT_WRITABLE\n')
    expect(existsSync(join(world.to, 'loras'))).toBe(false)
  })
})
