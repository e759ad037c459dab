/** Decides which links are made, replaced and removed, and what is left alone. Pure. */
import type { WrittenLink } from './link-list.ts'

/** What stands at the path of a link. */
export type FoundAtPath =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'link'; readonly target: string }
  /** A file, a folder, or anything else that no run made. */
  | { readonly kind: 'other' }

export interface LinkPlan {
  readonly create: readonly WrittenLink[]
  /** Links of earlier runs that lead elsewhere. */
  readonly replace: readonly WrittenLink[]
  /** Links of earlier runs to what is not linked any more. */
  readonly remove: readonly WrittenLink[]
  readonly keep: readonly WrittenLink[]
  /** Somebody else's file or link has the name. */
  readonly occupied: readonly WrittenLink[]
}

/**
 * A link counts as one of ours when the list has it and it leads where the list says, so that a file or link that somebody
 * put at its path meanwhile is left alone.
 *
 * @param wanted no path twice
 * @param recorded of earlier runs; a path may stand there twice when one of them was killed
 */
export function planLinks(
  wanted: readonly WrittenLink[],
  recorded: readonly WrittenLink[],
  foundAt: (path: string) => FoundAtPath,
): LinkPlan {
  const targets = Map.groupBy(recorded, ({ path }) => path)
  const isOurs = (path: string): boolean => {
    const found = foundAt(path)
    return found.kind === 'link' && targets.get(path)?.some(({ target }) => target === found.target) === true
  }
  const place = (link: WrittenLink): keyof LinkPlan => {
    const found = foundAt(link.path)
    if (found.kind === 'nothing') return 'create'
    // It is what a run would make, whether the list still has it or was lost.
    if (found.kind === 'link' && found.target === link.target) return 'keep'
    return isOurs(link.path) ? 'replace' : 'occupied'
  }
  const places = Map.groupBy(wanted, place)
  const stays = new Set(wanted.map(({ path }) => path))
  return {
    create: places.get('create') ?? [],
    replace: places.get('replace') ?? [],
    keep: places.get('keep') ?? [],
    occupied: places.get('occupied') ?? [],
    remove: recorded.filter((link) => {
      const found = foundAt(link.path)
      return !stays.has(link.path) && found.kind === 'link' && found.target === link.target
    }),
  }
}
