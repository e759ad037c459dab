/** What is neither an artifact nor a blob, and stays behind: receipts, unfinished downloads, damaged files. */
import { basename, join } from 'node:path'
import { entryAt, sameIdentity } from './disk.ts'
import { journalPath, type Layout } from './layout.ts'
import { allocatedOf, deleteFile } from './remove.ts'
import { type DiskEntry, walkFolder } from './walk.ts'

/**
 * - `receipt`: of a run
 * - `partial`: a download that nobody works on any more, and its journal
 * - `quarantine`: a damaged file that was kept
 */
export type RemainKind = 'receipt' | 'partial' | 'quarantine'

export interface Remain {
  readonly kind: RemainKind
  readonly entry: DiskEntry
  /** Bytes on the disk. */
  readonly bytes: number
  /** When it was changed, or got or lost a name, last: milliseconds since the epoch. */
  readonly changedAt: number
}

export interface Remains {
  find(kind: RemainKind): AsyncIterable<Remain>
  /**
   * Removes one, if it is what was found.
   *
   * @returns bytes that this freed; undefined when it stays
   */
  remove(remain: Remain): Promise<number | undefined>
}

/** @param isForsaken whether nobody works on a partial any more, by its name and the time of its last change */
export function remainsIn(
  layout: Layout,
  isForsaken: (name: string, changedAt: number) => Promise<boolean>,
): Remains {
  async function isMeant(kind: RemainKind, name: string, changedAt: number): Promise<boolean> {
    switch (kind) {
      case 'receipt':
        return name.endsWith('.json')
      case 'partial':
        return name.endsWith('.part') && (await isForsaken(name, changedAt))
      case 'quarantine':
        return true
    }
  }

  return {
    async *find(kind) {
      for await (const batch of walkFolder(folderOf(layout, kind))) {
        for (const entry of batch) {
          const { path, ctimeNs } = entry
          const changedAt = Number(ctimeNs / 1_000_000n)
          if (entry.kind !== 'file' || !(await isMeant(kind, basename(path), changedAt))) continue
          yield { kind, entry, bytes: allocatedOf(entry), changedAt }
        }
      }
    },

    async remove({ kind, entry }) {
      const now = await entryAt(entry.path)
      if (now === undefined || !sameIdentity(now, entry)) return undefined
      // A damaged artifact that is a link of it is told to be ours by it, and can be repaired.
      if (kind === 'quarantine' && now.nlink > 1n) return undefined
      const changedAt = Number(now.ctimeNs / 1_000_000n)
      if (!(await isMeant(kind, basename(entry.path), changedAt))) return undefined
      const bytes = await deleteFile(entry.path)
      return kind === 'partial' ? bytes + (await deleteFile(journalPath(entry.path))) : bytes
    },
  }
}

function folderOf(layout: Layout, kind: RemainKind): string {
  switch (kind) {
    case 'receipt':
      return join(layout.cache, 'receipts')
    case 'partial':
      return layout.partials
    case 'quarantine':
      return layout.quarantine
  }
}
