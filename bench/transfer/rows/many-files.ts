import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startNginx } from '../../../scripts/real-parts/nginx.ts'
import type { OurJob } from '../jobs.ts'
import { measure } from '../measured.ts'
import { randomFile } from '../random-file.ts'
import type { Bench, Ready, Row } from '../row.ts'
import { KIB, sizeText } from '../sizes.ts'
import { startWorld } from '../worlds.ts'
import { ARIA2C_QUIET, ourCommand } from './download.ts'

const COUNT = 2000
const BYTES = 64 * KIB
const PEER = '`aria2c -i -j16`, unverified'
/** What `parallel-downloads` is by default. */
const PARALLEL = 8

function countOf(bench: Bench): number {
  return Math.max(1, Math.round(COUNT * bench.options.size))
}

function titleOf(bench: Bench, what: string): string {
  return `${countOf(bench)} files of ${sizeText(BYTES)}, ${what}`
}

/** The peer's input file and command: it fetches every file of the folder that nginx serves. */
async function aria2cList(bench: Bench, folder: string, served: string, url: string, target: string) {
  const list = join(folder, 'list')
  await writeFile(list, (await readdir(served)).map((name) => `${url}/${name}\n`).join(''))
  const options = [
    '-i',
    list,
    '-d',
    target,
    '-j16',
    '-x1',
    '--file-allocation=none',
    '--allow-overwrite=true',
  ]
  return { path: bench.tools.aria2c, args: [...ARIA2C_QUIET, ...options] }
}

/** The engine alone. */
export const manyFiles: Row = {
  name: 'many',
  title: (bench) => titleOf(bench, 'verified'),
  peer: PEER,
  goal: { kind: 'ratio', least: 1 },
  async prepare(bench): Promise<Ready> {
    await using begun = new AsyncDisposableStack()
    const folder = await bench.folder('many')
    begun.defer(() => rm(folder, { recursive: true, force: true }))
    const [served, target] = [await bench.folder('many/served'), await bench.folder('many/target')]
    const files = await Promise.all(
      Array.from({ length: countOf(bench) }, (_, n) => randomFile(join(served, `file-${n}`), BYTES)),
    )
    const nginx = begun.use(await startNginx({ root: served }))
    const peer = await aria2cList(bench, folder, served, nginx.url, target)
    const job: OurJob = {
      kind: 'files',
      files: files.map(({ sha256, bytes }, n) => ({ url: `${nginx.url}/file-${n}`, sha256, bytes })),
      folder: target,
      parallel: PARALLEL,
    }
    const ended = begun.move()
    return {
      bytes: files.length * BYTES,
      ours: () => measure(ourCommand(bench, job)),
      peer: () => measure(peer),
      async clean() {
        await bench.folder('many/target')
      },
      [Symbol.asyncDispose]: () => ended.disposeAsync(),
    }
  },
}

/** The same as one artifact of a whole run: blobs, read-only, in place. */
export const manyFilesStored: Row = {
  name: 'many-stored',
  title: (bench) => titleOf(bench, 'verified, in the store and in place'),
  peer: PEER,
  goal: { kind: 'none' },
  async prepare(bench): Promise<Ready> {
    await using begun = new AsyncDisposableStack()
    const folder = await bench.folder('many-stored')
    begun.defer(() => rm(folder, { recursive: true, force: true }))
    const [served, target] = [
      await bench.folder('many-stored/served'),
      await bench.folder('many-stored/target'),
    ]
    const world = begun.use(
      await startWorld({ model: 1024, files: { count: countOf(bench), bytes: BYTES }, folder: served }),
    )
    const nginx = begun.use(await startNginx({ root: served }))
    const peer = await aria2cList(bench, folder, served, nginx.url, target)
    const job: OurJob = {
      kind: 'ensure',
      inputs: {
        ...world.inputs,
        'model-version': '1.0.0',
        adapters: 'many_files',
        home: join(target, 'home'),
        sources: 'http',
        mirrors: `${nginx.url}/{sha256}`,
        'allow-hosts': nginx.hostPort,
      },
      phases: ['store', 'transfer', 'promote'],
    }
    const ended = begun.move()
    return {
      bytes: countOf(bench) * BYTES,
      ours: () => measure(ourCommand(bench, job)),
      peer: () => measure(peer),
      async clean() {
        await bench.folder('many-stored/target')
      },
      [Symbol.asyncDispose]: () => ended.disposeAsync(),
    }
  },
}
