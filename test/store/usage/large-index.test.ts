import { appendFile, readFile, stat, writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changed, type EntryChange } from '../../../src/store/usage/entry.ts'
import { changeIndex, openIndex } from '../../../src/store/usage/index-file.ts'
import { entryLines, findEntry, type IndexDocument, readValue } from '../../../src/store/usage/text.ts'
import { SECTIONS } from '../../../src/store/usage/types.ts'
import { aFolder, aStore } from '../../support/store.ts'
import { allOf, aUse, logPath, readRegistry, registryPath } from '../../support/usage.ts'

const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
const MANY = Array.from({ length: 3000 }, (_, index) => `adapter ${index}`)

/** A store whose index is too large to be written anew at each change. */
async function aLargeIndex() {
  const at = await aStore()
  await at.store.usage.noteUse(MANY.map((name) => aUse(at.home, name)))
  return at
}

describe('an index of many entries', () => {
  it('is changed by a few lines beside it, which every reader here sees', async () => {
    const { store, home } = await aLargeIndex()
    const { ino } = await stat(registryPath(home))
    await store.usage.noteUse([aUse(home, 'adapter 7'), aUse(home, 'new')])
    await store.usage.remove([{ section: 'adapters', name: 'adapter 8' }])
    expect((await stat(registryPath(home))).ino).toBe(ino)
    const other = await aStore({ home })
    expect(await other.store.usage.lookUp('adapters', 'adapter 7')).toMatchObject({ usageCount: 2 })
    expect(await other.store.usage.lookUp('adapters', 'new')).toMatchObject({ usageCount: 1 })
    expect(await other.store.usage.lookUp('adapters', 'adapter 8')).toBeUndefined()
    const counts = new Map((await allOf(other.store.usage)).map(({ name, usageCount }) => [name, usageCount]))
    expect(counts.size).toBe(MANY.length)
    expect([counts.get('adapter 7'), counts.get('new'), counts.get('adapter 9')]).toEqual([2, 1, 1])
  })

  it('is written anew when enough has changed, once', async () => {
    const { store, home } = await aLargeIndex()
    const { ino } = await stat(registryPath(home))
    for (let round = 0; round < 5; round += 1) {
      await store.usage.noteUse(MANY.slice(0, 150).map((name) => aUse(home, name)))
    }
    expect((await stat(registryPath(home))).ino).not.toBe(ino)
    const { usage } = (await aStore({ home })).store
    expect(await usage.lookUp('adapters', 'adapter 149')).toMatchObject({ usageCount: 6 })
    expect(await usage.lookUp('adapters', 'adapter 150')).toMatchObject({ usageCount: 1 })
  })

  it('counts no change twice when a process died between writing the index and removing the changes', async () => {
    const { store, home } = await aLargeIndex()
    await store.usage.noteUse([aUse(home, 'adapter 1')])
    const log = await readFile(logPath(home))
    await store.usage.noteUse(MANY.slice(0, 700).map((name) => aUse(home, name)))
    await expect(stat(logPath(home))).rejects.toThrow()
    await writeFile(logPath(home), log)
    expect(await store.usage.lookUp('adapters', 'adapter 1')).toMatchObject({ usageCount: 3 })
    await store.usage.noteUse([aUse(home, 'adapter 1')])
    expect(await store.usage.lookUp('adapters', 'adapter 1')).toMatchObject({ usageCount: 4 })
  })

  it('takes no part of a change that was not written whole', async () => {
    const { store, home } = await aLargeIndex()
    await store.usage.noteUse([aUse(home, 'adapter 1')])
    await appendFile(logPath(home), '{"section":"adapters","name":"adapter 2","chan')
    expect(await store.usage.lookUp('adapters', 'adapter 2')).toMatchObject({ usageCount: 1 })
    await store.usage.noteUse([aUse(home, 'adapter 2'), aUse(home, 'adapter 1')])
    expect(await store.usage.lookUp('adapters', 'adapter 1')).toMatchObject({ usageCount: 3 })
    expect(await store.usage.lookUp('adapters', 'adapter 2')).toMatchObject({ usageCount: 2 })
  })

  it('is made anew when a line in its middle is damaged', async () => {
    const { store, home, reporter } = await aLargeIndex()
    const text = await readFile(registryPath(home), 'utf8')
    await writeFile(registryPath(home), text.replace('"adapter 1500": {"url"', '"adapter 1500": {"url '))
    expect(await store.usage.lookUp('adapters', 'adapter 1500')).toBeUndefined()
    expect(reporter.lines.map(({ level }) => level)).toEqual(['warning'])
    await store.usage.noteUse([aUse(home, 'coder')])
    expect(Object.keys((await readRegistry(home))['adapters'] ?? {})).toEqual(['coder'])
  })
})

describe('any changes in any order', () => {
  // V8 itself takes "\u0000" for the key "\\" when it has parsed an object with that key before.
  const key = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\\'))
  const name = fc.oneof(fc.constantFrom('a', 'b', 'c', 'v1.0.0', '__proto__', 'x": {', 'é\n', '😀', '#'), key)
  const fields = fc.dictionary(key, fc.oneof(fc.integer(), fc.string(), fc.boolean()), { maxKeys: 3 })
  const change = fc.oneof(
    fc.record({ kind: fc.constant('use' as const), fields, downloaded: fc.boolean() }),
    fc.record({ kind: fc.constant('add' as const), fields }),
    fc.record({ kind: fc.constant('remove' as const) }),
  )
  const entryChange = fc.record({ section: fc.constantFrom(...SECTIONS), name, change })
  const batches = fc.array(fc.array(entryChange, { maxLength: 20 }), { maxLength: 8 })

  it(`leave the same entries as a plain map does (seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (all) => {
        const folder = await aFolder()
        const places = { index: `${folder}/index.json`, log: `${folder}/log` }
        const empty = (): Promise<IndexDocument> =>
          Promise.resolve({
            sections: {
              checkpoints: new Map(),
              loras: new Map(),
              embeddings: new Map(),
              models: new Map(),
              adapters: new Map(),
              datasets: new Map(),
            },
            others: new Map([['theirs', { deep: [1, null, 'x'] }]]),
            folded: undefined,
          })
        const open = () => openIndex(places, empty, () => expect.fail('It is damaged'))
        const model = new Map<string, unknown>()
        const keyOf = (each: EntryChange) => `${each.section} ${each.name}`
        for (const batch of all) {
          for (const each of batch) {
            const after = changed(model.get(keyOf(each)), each.change)
            if (after === undefined) model.delete(keyOf(each))
            else model.set(keyOf(each), JSON.parse(JSON.stringify(after)))
          }
          {
            await using index = await open()
            await changeIndex(places, index, batch)
          }
          const registry = JSON.parse(await readFile(places.index, 'utf8'))
          expect(registry.theirs).toEqual({ deep: [1, null, 'x'] })
          await using index = await open()
          expect(index.isStored).toBe(true)
          const listed = new Map<string, unknown>()
          for (const section of SECTIONS) {
            for await (const line of entryLines(index.text, section)) {
              const { json } = await findEntry(index.text, section, line.name)
              expect(json).toBe(line.json)
              expect(readValue(line.json)).toEqual(registry[section][line.name])
              listed.set(`${section} ${line.name}`, readValue(line.json))
            }
          }
          expect(listed).toEqual(model)
        }
      }),
      { seed: SEED, numRuns: 60 },
    )
  })
})
