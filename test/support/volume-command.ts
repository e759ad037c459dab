/** `r3mes volume` on a volume of its own, with a host of models beside it. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CommandResult, runCommand } from './command.ts'
import { aModelHost, type ModelHost } from './model-host.ts'
import { aFolder } from './store.ts'

export interface VolumeWorld {
  readonly folder: string
  readonly base: string
  readonly host: ModelHost
  /** `r3mes volume` with these words, on this volume, which may ask the host. */
  volume(...args: readonly string[]): Promise<CommandResult>
  /** Writes a request, and says where. A text is written as it is. */
  request(value: unknown): Promise<string>
  /** Files in the folders of models, such as `loras/detail.safetensors`. */
  models(): Promise<readonly string[]>
}

/** Commands that ask no host take no `--allow-hosts`. */
const ASKING = new Set(['get', 'prepare'])

export async function aVolumeWorld(environment: Readonly<Record<string, string>> = {}): Promise<VolumeWorld> {
  const folder = await aFolder()
  const host = await aModelHost()
  const base = join(folder, 'models')
  await mkdir(join(folder, 'home'))
  let requests = 0
  return {
    folder,
    base,
    host,
    volume: (command = '', ...args) =>
      runCommand(
        [
          ...['volume', command, ...args],
          ...(command === 'prompt' ? [] : ['--base', base]),
          ...(ASKING.has(command) ? ['--allow-hosts', host.host] : []),
        ],
        { HOME: join(folder, 'home'), ...environment },
      ),
    async request(value) {
      requests += 1
      const path = join(folder, `request-${requests}.json`)
      await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value))
      return path
    },
    async models() {
      const found = await Promise.all(
        ['checkpoints', 'loras', 'embeddings'].map(async (section) =>
          (await readdir(join(base, section)).catch(() => [])).map((name) => `${section}/${name}`),
        ),
      )
      return found.flat().sort()
    },
  }
}
