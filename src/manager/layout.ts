/** Where everything of a volume lies. */
import { join } from 'node:path'
import { type ModelKind, SECTION_OF_MODEL, type VolumeSection } from './types.ts'

/** Absolute paths. */
export interface VolumeLayout {
  readonly base: string
  readonly sections: Readonly<Record<VolumeSection, string>>
  /** Shared with the Python manager. */
  readonly registry: string
  /** The store of the blobs. */
  readonly home: string
  /** What only this manager writes. */
  readonly own: string
  /** What the manager knows of the entries: merged back when another program overwrote them. */
  readonly entries: string
  /** Digests that URLs had when they were first used. */
  readonly pins: string
  /** Held while registry or entries are written. */
  readonly lock: string
  /** Files that stood where a model belongs, and are not the manager's. */
  readonly kept: string
}

export function volumeLayout(base: string): VolumeLayout {
  const home = join(base, '.r3mes')
  const own = join(home, 'volume')
  return {
    base,
    sections: {
      checkpoints: join(base, 'checkpoints'),
      loras: join(base, 'loras'),
      embeddings: join(base, 'embeddings'),
    },
    registry: join(base, 'cache_registry.json'),
    home,
    own,
    entries: join(own, 'entries.json'),
    pins: join(own, 'pins.json'),
    lock: join(own, 'registry.lock'),
    kept: join(own, 'kept'),
  }
}

/** The folder of a kind of model. */
export function folderOf(layout: VolumeLayout, kind: ModelKind): string {
  return layout.sections[SECTION_OF_MODEL[kind]]
}
