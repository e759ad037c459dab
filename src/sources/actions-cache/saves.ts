import type { BodyFile } from './body.ts'
import { fileKey, type Pack, packsByFile } from './packs.ts'
import type { CacheLimits, SaveableFile } from './types.ts'

/** An entry to be saved: its body is its files one after the other. */
export interface Save {
  readonly key: string
  /** Bytes. */
  readonly size: number
  readonly files: readonly BodyFile[]
}

/**
 * What a run should save: entries whose files are all here, of which this run had to fetch at least one from elsewhere,
 * and which the cache is not known to have. In the order of `files`.
 */
export function planSaves(
  files: readonly SaveableFile[],
  packs: readonly Pack[],
  present: ReadonlySet<string>,
): Save[] {
  const here = new Map(files.map((file) => [file.sha256, file]))
  const holding = packsByFile(packs)
  const saves = new Map<string, Save>()
  for (const file of files) {
    if (file.from === 'store' || file.from === 'cache' || file.size === 0) continue
    const around = holding.get(file.sha256) ?? []
    if (around.length === 0) {
      const key = fileKey(file.sha256)
      saves.set(key, { key, size: file.size, files: [{ path: file.path, size: file.size }] })
    }
    for (const { key, size, files: packed } of around) {
      if (saves.has(key)) continue
      const members = packed.flatMap(({ sha256 }) => here.get(sha256) ?? [])
      if (members.length === packed.length) {
        saves.set(key, {
          key,
          size,
          files: members.map((member) => ({ path: member.path, size: member.size })),
        })
      }
    }
  }
  return [...saves.values()].filter(({ key }) => !present.has(key))
}

/** Those that fit in what one run may save; a later one may still fit where an earlier one did not. */
export function withinLimits(
  saves: readonly Save[],
  limits: Pick<CacheLimits, 'saveEntries' | 'saveBytes'>,
): { readonly chosen: readonly Save[]; readonly left: readonly Save[] } {
  const chosen: Save[] = []
  const left: Save[] = []
  let bytes = 0
  for (const save of saves) {
    const fits = chosen.length < limits.saveEntries && bytes + save.size <= limits.saveBytes
    if (fits) bytes += save.size
    const where = fits ? chosen : left
    where.push(save)
  }
  return { chosen, left }
}
