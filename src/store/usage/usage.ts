import type { Reporter } from '../../core/index.ts'
import { alone } from '../alone.ts'
import { entryAt } from '../disk.ts'
import { storeError } from '../fs-error.ts'
import { type Layout, usagePlaces } from '../layout.ts'
import { setAside } from './aside.ts'
import { countRun, readCounters } from './counters.ts'
import { changed, type EntryChange, entryName, fieldsOf, readEntry } from './entry.ts'
import { changeIndex, now, type OpenIndex, openIndex, replaceIndex } from './index-file.ts'
import { rebuiltIndex, rootsOf } from './rebuild.ts'
import { reconciled } from './reconcile.ts'
import { CorruptIndex, entryLines, findEntry, readValue } from './text.ts'
import { OWN_SECTIONS, type OwnSection, SECTION_OF_KIND, type UsageEntry, type UsageIndex } from './types.ts'

/** Opens nothing: the index is read when it is asked for. */
export function usageIn(layout: Layout, reporter: Reporter): UsageIndex {
  const places = usagePlaces(layout)
  const roots = rootsOf(layout)
  let hasWarned = false

  /** Index and totals are good to have, no more: what goes wrong is said once. */
  async function orNot<T>(without: T, doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      const error = storeError(thrown, doing)
      const why = error instanceof Error ? error.message : String(error)
      if (!hasWarned) reporter.warning(`The usage index of the store is left out. ${why}`)
      else reporter.debug(`The usage index of the store is left out again: ${why}`)
      hasWarned = true
      return without
    }
  }

  const locked = <T>(work: () => Promise<T>): Promise<T> => alone(places.lock, work)

  function tellOfDamage(kept: string): void {
    reporter.warning(
      `The usage index of the store was damaged. It is kept as ${kept}, and was made anew from what the store holds.`,
    )
  }

  function open(): Promise<OpenIndex> {
    return openIndex(places, () => rebuiltIndex(layout), tellOfDamage)
  }

  /** Works on the index; on a new one when only the work shows that it is damaged. */
  async function withIndex<T>(work: (index: OpenIndex) => Promise<T>): Promise<T> {
    try {
      await using index = await open()
      return await work(index)
    } catch (thrown) {
      if (!(thrown instanceof CorruptIndex)) throw thrown
    }
    const kept = await setAside(places.index)
    if (kept !== undefined) tellOfDamage(kept)
    await using index = await open()
    return await work(index)
  }

  async function change(changes: readonly EntryChange[]): Promise<void> {
    if (changes.length === 0) return
    await locked(() => withIndex((index) => changeIndex(places, index, changes)))
  }

  /** Keeps what had to be made anew, so that the next one finds it. */
  async function store(index: OpenIndex): Promise<void> {
    if (!index.isStored)
      await orNot(undefined, 'writing the usage index', () => changeIndex(places, index, []))
  }

  async function find(section: OwnSection, name: string): Promise<UsageEntry | undefined> {
    const raw = await locked(() =>
      withIndex(async (index) => {
        await store(index)
        const { json } = await findEntry(index.text, section, name)
        let entry = json === undefined ? undefined : readValue(json)
        for (const each of index.log?.changes ?? []) {
          if (each.section === section && each.name === name) entry = changed(entry, each.change)
        }
        return entry
      }),
    )
    const entry = readEntry(section, name, raw, roots)
    const there = entry === undefined ? undefined : await entryAt(entry.path)
    return there?.isSymbolicLink() === true ? undefined : entry
  }

  /** The index may change while it is read: what was open stays what it was. */
  async function* readAll(): AsyncGenerator<UsageEntry> {
    await using index = await locked(() =>
      withIndex(async (first) => {
        await store(first)
        return await open()
      }),
    )
    for (const section of OWN_SECTIONS) {
      for await (const { name, raw } of entriesOf(index, section)) {
        const entry = readEntry(section, name, raw, roots)
        if (entry !== undefined) yield entry
      }
    }
  }

  return {
    noteUse: (uses) =>
      orNot(undefined, 'noting what was used', () =>
        change(
          uses.map((use) => ({
            section: SECTION_OF_KIND[use.kind],
            name: entryName(use.path, use.isFolder),
            change: { kind: 'use', fields: fieldsOf(use), downloaded: use.downloaded },
          })),
        ),
      ),

    lookUp: (section, name) => orNot(undefined, 'reading the usage index', () => find(section, name)),

    async *entries() {
      const all = readAll()
      try {
        for (;;) {
          const next = await orNot(undefined, 'reading the usage index', () => all.next())
          if (next === undefined || next.done === true) return
          yield next.value
        }
      } finally {
        await all.return(undefined)
      }
    },

    remove: (names) =>
      orNot(undefined, 'removing entries of the usage index', () =>
        change(names.map(({ section, name }) => ({ section, name, change: { kind: 'remove' } }))),
      ),

    rebuild: () =>
      orNot(undefined, 'rebuilding the usage index', () =>
        locked(async () => replaceIndex(places, await rebuiltIndex(layout))),
      ),

    reconcile: () =>
      orNot({ dropped: 0, added: 0 }, 'comparing the usage index with the store', async () => {
        const found = await locked(() =>
          withIndex(async (index) => {
            const { changes, ...counts } = await reconciled(layout, (section) => entriesOf(index, section))
            if (changes.length > 0 || !index.isStored) await changeIndex(places, index, changes)
            return counts
          }),
        )
        if (found.foreign > 0) {
          reporter.warning(
            `${found.foreign} entries of the usage index named links, or places outside of the store. They were removed from the index; what they named was not touched.`,
          )
        }
        return { dropped: found.dropped, added: found.added }
      }),

    count: (counted) =>
      orNot(undefined, 'counting the run', () => locked(() => countRun(places.counters, counted, now()))),

    counters: () =>
      orNot(undefined, 'reading the totals of all runs', () => locked(() => readCounters(places.counters))),
  }
}

/** The entries of a section as they stand in the file, with what the log changes. */
async function* entriesOf(
  { text, log }: OpenIndex,
  section: OwnSection,
): AsyncGenerator<{ readonly name: string; readonly raw: unknown }> {
  const waiting = Map.groupBy(
    (log?.changes ?? []).filter((each) => each.section === section),
    ({ name }) => name,
  )
  const after = (name: string, before: unknown): unknown => {
    let raw = before
    for (const { change } of waiting.get(name) ?? []) raw = changed(raw, change)
    waiting.delete(name)
    return raw
  }
  for await (const { name, json } of entryLines(text, section)) {
    const raw = after(name, readValue(json))
    if (raw !== undefined) yield { name, raw }
  }
  for (const name of [...waiting.keys()]) {
    const raw = after(name, undefined)
    if (raw !== undefined) yield { name, raw }
  }
}
