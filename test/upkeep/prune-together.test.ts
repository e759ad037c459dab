import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isSha256Hex, silentReporter } from '../../src/core/index.ts'
import { openStore } from '../../src/store/index.ts'
import { pruneStore } from '../../src/upkeep/index.ts'
import { allOf } from '../support/all-of.ts'
import { sha256Of } from '../support/digest.ts'
import { aUsed } from '../support/prune.ts'
import { aFolder, anArtifact, aStore, filesIn } from '../support/store.ts'

const CHILD = join(import.meta.dirname, '../support/prune-child.ts')

/** Another process that prunes a store down to nothing. */
function aPruner(home: string, mode: 'once' | 'again') {
  const child = spawn(process.execPath, [CHILD, home, '0', mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

const SHARED = 's'.repeat(20_000)

/** What each artifact of {@link aFullStore} holds. */
function contentOf(number: number): Record<string, string> {
  return { 'model.gguf': `weights ${number} `.repeat(2_000), 'tokenizer/vocab.json': SHARED }
}

async function aFullStore(artifacts: number): Promise<string> {
  const { store, home } = await aStore({ home: join(await aFolder(), 'home') })
  for (let number = 0; number < artifacts; number++) {
    await aUsed(store, { name: `v${number}.0.0`, days: number, files: contentOf(number) })
  }
  await store.close()
  return home
}

/** Every final path is whole, and every blob has the bytes of its name. */
async function expectSound(home: string): Promise<void> {
  for (const name of await readdir(join(home, 'models'))) {
    if (name.startsWith('.r3mes-')) continue
    const number = Number(/^v(\d+)\.0\.0$/.exec(name)?.[1])
    expect(await filesIn(join(home, 'models', name)), name).toEqual(contentOf(number))
  }
  await using store = await openStore({ home, reporter: silentReporter })
  for (const entry of (await allOf(store.blobEntries())).flat()) {
    const { sha256 = '' } = entry
    if (!isSha256Hex(sha256)) throw new Error(`${entry.path} is no blob`)
    expect(await store.find(sha256), entry.path).toBeDefined()
  }
}

describe('two that prune at once', () => {
  it('remove everything once, and count no byte twice', { timeout: 60_000 }, async () => {
    const home = await aFullStore(20)
    const alone = await (async () => {
      await using store = await openStore({ home, reporter: silentReporter })
      return await pruneStore(store, { maxSize: 0 }, silentReporter, { dryRun: true })
    })()
    const children = [aPruner(home, 'once'), aPruner(home, 'once')]
    const outputs = await Promise.all(children.map(({ stdout }) => text(stdout)))
    const done = outputs.map((output) => JSON.parse(output.trim().split('\n').at(-1) ?? ''))
    expect(done.reduce((sum, { removed }) => sum + removed, 0)).toBe(alone.removed.length)
    expect(done.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(alone.bytes)
    {
      // What one left because the other one was at it goes now. Blobs that lost a name just now have an hour.
      await using store = await openStore({ home, reporter: silentReporter })
      await pruneStore(store, { maxSize: 0 }, silentReporter, { now: Date.now() + 2 * 60 * 60 * 1000 })
    }
    expect(await filesIn(join(home, 'models'))).toEqual({})
    expect(await filesIn(join(home, 'blobs'))).toEqual({})
  })
})

describe('runs that go on while another process prunes without end', () => {
  it('find what they put in place as long as they use it', { timeout: 120_000 }, async () => {
    const home = await aFullStore(5)
    const pruner = aPruner(home, 'again')
    await once(pruner.stdout, 'data')
    let again = 0
    for (let turn = 0; turn < 15; turn++) {
      await using store = await openStore({ home, reporter: silentReporter })
      const number = turn % 5
      const path = join(home, 'models', `v${number}.0.0`)
      const wanted = contentOf(number)
      await store.leases.use({
        blobs: Object.values(wanted).map((each) => sha256Of(each)),
        artifacts: [path],
      })
      if (!existsSync(path)) again += 1
      const promotion = await store.promote(
        await anArtifact(store, { name: `v${number}.0.0`, files: wanted }),
      )
      expect(promotion.path).toBe(path)
      for (let look = 0; look < 3; look++) {
        expect(await filesIn(path)).toEqual(wanted)
        for (const each of Object.values(wanted)) expect(await store.find(sha256Of(each))).toBeDefined()
      }
    }
    expect(pruner.exitCode).toBeNull()
    // The pruner has been at it: what nobody used was gone when the next run looked.
    expect(again).toBeGreaterThan(0)
  })
})

describe('a prune that is killed', () => {
  it('leaves a store that is sound, and that the next one finishes', { timeout: 120_000 }, async () => {
    const seed = Date.now() % 100_000
    console.log(`Seed of the kills: ${seed}`)
    let random = seed
    const next = (): number => {
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31
      return random / 2 ** 31
    }
    let gone = 0
    for (let kill = 0; kill < 4; kill++) {
      const home = await aFullStore(16)
      const pruner = aPruner(home, 'once')
      await once(pruner.stdout, 'data')
      const enough = 1 + Math.floor(next() * 14)
      while (pruner.exitCode === null && (await readdir(join(home, 'models'))).length > 16 - enough) {
        await new Promise((resolve) => setImmediate(resolve))
      }
      pruner.kill('SIGKILL')
      if (pruner.exitCode === null && pruner.signalCode === null) await once(pruner, 'exit')
      await expectSound(home)
      gone += 16 - (await readdir(join(home, 'models'))).length
      await using store = await openStore({ home, reporter: silentReporter })
      await pruneStore(store, { maxSize: 0 }, silentReporter, { now: Date.now() + 2 * 60 * 60 * 1000 })
      expect(await filesIn(join(home, 'models'))).toEqual({})
      expect(await filesIn(join(home, 'blobs'))).toEqual({})
      expect(await allOf(store.usage.entries())).toEqual([])
    }
    expect(gone).toBeGreaterThan(0)
  })
})
