import { link, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EnsureJob } from '../jobs.ts'
import { type Command, measure } from '../measured.ts'
import type { Bench, Ready, Row } from '../row.ts'
import { GIB, sizeText } from '../sizes.ts'
import { startWorld } from '../worlds.ts'
import { ourCommand } from './download.ts'

const BYTES = 2 * GIB
const KEY = 'bench'

/** The same bytes, service and disk for both: the model is saved by us as a blob, by the peer as an archive of the file. */
async function prepare(bench: Bench, what: 'save' | 'restore'): Promise<Ready> {
  await using begun = new AsyncDisposableStack()
  const name = `cache-${what}`
  const folder = await bench.folder(name)
  begun.defer(() => rm(folder, { recursive: true, force: true }))
  const [target, content] = [await bench.folder(`${name}/target`), await bench.folder(`${name}/content`)]
  const world = begun.use(await startWorld({ model: bench.scaled(BYTES), folder: content }))
  const [home, workspace] = [join(target, 'home'), join(target, 'workspace')]
  const job: EnsureJob = {
    kind: 'ensure',
    inputs: { ...world.inputs, 'model-version': '1.0.0', home, cache: 'true' },
    phases: what === 'save' ? ['cache'] : ['store', 'transfer', 'promote'],
    cache: { url: world.urls.cache, token: world.cacheToken },
  }
  const ours = (): Promise<Command> => Promise.resolve(ourCommand(bench, job, { watch: target }))
  const peer = async (action: 'save' | 'restore'): Promise<Command> => ({
    path: process.execPath,
    args: [bench.tools.actionsCache, action, join(workspace, 'model.gguf'), KEY],
    env: { ...world.cacheEnvironment, RUNNER_TEMP: join(target, 'temp'), GITHUB_WORKSPACE: workspace },
    watch: target,
  })
  /** Nothing but the file that the peer is to save. */
  const clean = async (): Promise<void> => {
    await bench.folder(`${name}/target`)
    await mkdir(workspace)
    await mkdir(join(target, 'temp'))
    if (what === 'save') await world.clearCache()
  }
  const withFile = async (): Promise<void> => {
    await link(join(content, world.sha256), join(workspace, 'model.gguf'))
  }
  if (what === 'restore') {
    await clean()
    await measure(await ours())
    await clean()
    await withFile()
    await measure(await peer('save'))
  }
  const ended = begun.move()
  return {
    bytes: bench.scaled(BYTES),
    ours: async () => measure(await ours()),
    async peer() {
      if (what === 'save') await withFile()
      return measure(await peer(what))
    },
    clean,
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  }
}

/** Times the phase `cache` of a run that has just fetched the file. */
export const cacheSave: Row = {
  name: 'cache-save',
  title: (bench) => `Actions cache, save ${sizeText(bench.scaled(BYTES))}`,
  peer: '`@actions/cache`',
  goal: { kind: 'ratio', least: 3 },
  prepare: (bench) => prepare(bench, 'save'),
}

/** Into an empty store. */
export const cacheRestore: Row = {
  name: 'cache-restore',
  title: (bench) => `Actions cache, restore ${sizeText(bench.scaled(BYTES))}, verified`,
  peer: '`@actions/cache`',
  goal: { kind: 'ratio', least: 3 },
  prepare: (bench) => prepare(bench, 'restore'),
}
