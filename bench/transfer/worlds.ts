/** Starts `world.ts`. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'

export interface WorldOptions {
  /** Bytes of model 1.0.0. */
  readonly model: number
  /** An adapter `many_files` of so many files. */
  readonly files?: { readonly count: number; readonly bytes: number }
  /** Where the model and the adapter's files are written, each under its digest. */
  readonly folder: string
}

export interface WorldFacts {
  readonly inputs: Readonly<Record<string, string>>
  readonly urls: { readonly hub: string; readonly cache: string }
  readonly cacheToken: string
  readonly cacheEnvironment: Readonly<Record<string, string>>
  /** Of model 1.0.0. */
  readonly sha256: string
}

export interface World extends WorldFacts, AsyncDisposable {
  /** Forgets every entry of the Actions cache. */
  clearCache(): Promise<void>
}

/** Linux has a file system in memory there. */
const MEMORY_FOLDER = '/dev/shm'

/** Where the sample's model 1.0.0 lies on the hub. */
export const HUB_MODEL = { repo: 'r3mes-network/bitnet', path: 'v1.0.0/model.gguf' } as const

/**
 * The Actions cache keeps its entries in memory where there is room for them: the disk of a host that is not this machine must
 * not slow down the one that is measured.
 */
async function inMemory(model: number): Promise<{ readonly TMPDIR?: string }> {
  // Two entries, and a third that is on its way.
  const needed = 3 * model
  const free = await statfs(MEMORY_FOLDER).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  )
  return free > needed && process.availableMemory() > 2 * needed ? { TMPDIR: MEMORY_FOLDER } : {}
}

/** @throws Error when the devnet does not start */
export async function startWorld(options: WorldOptions): Promise<World> {
  const child = fork(join(import.meta.dirname, 'world.ts'), [JSON.stringify(options)], {
    env: { ...process.env, ...(await inMemory(options.model)) },
  })
  const exited = once(child, 'exit')
  const facts = await Promise.race([
    once(child, 'message').then(([first]: WorldFacts[]) => first),
    exited.then(() => undefined),
  ])
  if (facts === undefined) throw new Error('the devnet of the bench did not start')
  return {
    ...facts,
    async clearCache() {
      const cleared = once(child, 'message')
      child.send('clear')
      await cleared
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
