import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { installPython } from '../../../scripts/real-parts/python-packages.ts'
import type { OurJob } from '../jobs.ts'
import { measure } from '../measured.ts'
import type { Ready, Row } from '../row.ts'
import { GIB, sizeText } from '../sizes.ts'
import { HUB_MODEL, startWorld } from '../worlds.ts'
import { ourCommand } from './download.ts'

const BYTES = 2 * GIB

/** The hub and its CDN are the devnet's, in a process of their own. */
export const hub: Row = {
  name: 'hub',
  title: (bench) => `${sizeText(bench.scaled(BYTES))} from a hub, verified and in place`,
  peer: '`hf_hub_download` and a SHA-256',
  goal: { kind: 'ratio', least: 5 },
  async prepare(bench): Promise<Ready> {
    await using begun = new AsyncDisposableStack()
    const folder = await bench.folder('hub')
    begun.defer(() => rm(folder, { recursive: true, force: true }))
    const packages = join(folder, 'python')
    bench.report('Installing the newest huggingface_hub …')
    await installPython('huggingface_hub', packages)
    const [target, content] = [await bench.folder('hub/target'), await bench.folder('hub/content')]
    const world = begun.use(await startWorld({ model: bench.scaled(BYTES), folder: content }))
    const job: OurJob = {
      kind: 'ensure',
      inputs: {
        ...world.inputs,
        'model-version': '1.0.0',
        home: join(target, 'home'),
        sources: 'huggingface',
      },
      phases: ['store', 'transfer', 'promote'],
    }
    const script = join(import.meta.dirname, '../peers/hub.py')
    const peer = {
      path: 'python3',
      args: [script, world.urls.hub, HUB_MODEL.repo, HUB_MODEL.path, join(target, 'hf'), world.sha256],
      env: { PYTHONPATH: packages, HF_HUB_DISABLE_TELEMETRY: '1', HF_HUB_DISABLE_PROGRESS_BARS: '1' },
    }
    const ended = begun.move()
    return {
      bytes: bench.scaled(BYTES),
      ours: () => measure(ourCommand(bench, job)),
      peer: () => measure(peer),
      async clean() {
        await bench.folder('hub/target')
      },
      [Symbol.asyncDispose]: () => ended.disposeAsync(),
    }
  },
}
