/**
 * What removing things would free, with hard links: bytes are free when the last name of a file goes, and a blob can go when
 * nothing that stays refers to it. Taking something away and giving it back cost the same, so that a choice can be tried out.
 */
import type { PruneState } from './prune-state.ts'

/** What is chosen in one piece. A blob is one only when nothing referred to it before. */
export type Piece =
  | { readonly kind: 'artifact'; readonly index: number }
  | { readonly kind: 'blob'; readonly index: number }

export class Tally {
  readonly #state: PruneState
  /** Names that each file still has. */
  readonly #links: number[]
  /** What still refers to each blob. */
  readonly #references: number[]
  #freed = 0

  constructor(state: PruneState) {
    this.#state = state
    this.#links = state.files.map(({ links }) => links)
    this.#references = state.blobs.map(({ isHeld }) => (isHeld ? 1 : 0))
    for (const { blobs } of state.artifacts) for (const blob of blobs) this.#count(blob, 1)
  }

  /** Bytes that everything taken so far frees. */
  get freed(): number {
    return this.#freed
  }

  /** Whether nothing that is still there refers to a blob, and nobody holds it. */
  isUnreferenced(blob: number): boolean {
    return this.#references[blob] === 0
  }

  /** @returns the blobs that go with it */
  take(piece: Piece): readonly number[] {
    if (piece.kind === 'blob') {
      this.#dropBlob(piece.index)
      return [piece.index]
    }
    const artifact = this.#state.artifacts[piece.index]
    if (artifact === undefined) return []
    for (const file of artifact.files) this.#drop(file)
    const orphaned: number[] = []
    for (const blob of artifact.blobs) if (this.#count(blob, -1) === 0) orphaned.push(blob)
    for (const blob of orphaned) this.#dropBlob(blob)
    return orphaned
  }

  giveBack(piece: Piece): void {
    if (piece.kind === 'blob') {
      this.#restoreBlob(piece.index)
      return
    }
    const artifact = this.#state.artifacts[piece.index]
    if (artifact === undefined) return
    for (const blob of artifact.blobs) if (this.#count(blob, 1) === 1) this.#restoreBlob(blob)
    for (const file of artifact.files) this.#restore(file)
  }

  #count(blob: number, change: 1 | -1): number {
    const left = (this.#references[blob] ?? 0) + change
    this.#references[blob] = left
    return left
  }

  #dropBlob(blob: number): void {
    const file = this.#state.blobs[blob]?.file
    if (file !== undefined) this.#drop(file)
  }

  #restoreBlob(blob: number): void {
    const file = this.#state.blobs[blob]?.file
    if (file !== undefined) this.#restore(file)
  }

  #drop(file: number): void {
    const left = (this.#links[file] ?? 0) - 1
    this.#links[file] = left
    if (left === 0) this.#freed += this.#state.files[file]?.bytes ?? 0
  }

  #restore(file: number): void {
    const left = (this.#links[file] ?? 0) + 1
    this.#links[file] = left
    if (left === 1) this.#freed -= this.#state.files[file]?.bytes ?? 0
  }
}
