import { entryAt } from '../disk.ts'
import type { Layout } from '../layout.ts'
import { type EntryChange, readEntry } from './entry.ts'
import { describeAll, placedIn, rootsOf } from './rebuild.ts'
import { OWN_SECTIONS, type OwnSection, type Reconciliation } from './types.ts'

export interface Differences extends Reconciliation {
  readonly changes: readonly EntryChange[]
  /** Of what was dropped: entries that named links, or places outside of the store. */
  readonly foreign: number
}

/** What has to change in the index so that it says what is on the disk. */
export async function reconciled(
  layout: Layout,
  entries: (section: OwnSection) => AsyncIterable<{ readonly name: string; readonly raw: unknown }>,
): Promise<Differences> {
  const roots = rootsOf(layout)
  const placed = await placedIn(layout)
  const changes: EntryChange[] = []
  const indexed = new Set<string>()
  let foreign = 0
  for (const section of OWN_SECTIONS) {
    for await (const { name, raw } of entries(section)) {
      const entry = readEntry(section, name, raw, roots)
      const there = entry === undefined ? undefined : await isThere(entry.path, placed)
      if (entry !== undefined && there === true) {
        indexed.add(entry.path)
        continue
      }
      if (entry === undefined || there === 'link') foreign += 1
      changes.push({ section, name, change: { kind: 'remove' } })
    }
  }
  const dropped = changes.length
  const missing = [...placed.values()].filter(({ path }) => !indexed.has(path))
  if (missing.length > 0) {
    for (const [{ section, name }, fields] of await describeAll(layout, missing)) {
      changes.push({ section, name, change: { kind: 'add', fields } })
    }
  }
  return { changes, dropped, added: missing.length, foreign }
}

/** The walk shows no empty folders, and nothing that came while it went on. */
async function isThere(path: string, placed: ReadonlyMap<string, unknown>): Promise<boolean | 'link'> {
  if (placed.has(path)) return true
  const entry = await entryAt(path)
  if (entry?.isSymbolicLink() === true) return 'link'
  return entry?.isFile() === true || entry?.isDirectory() === true
}
