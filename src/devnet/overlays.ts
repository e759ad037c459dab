/** Things that lie over each other: the one that came last counts, until it is taken away. */
export class Overlays<T> {
  readonly #items: { readonly item: T }[] = []

  /** @returns takes it away again */
  add(item: T): () => void {
    const added = { item }
    this.#items.push(added)
    return () => {
      const index = this.#items.indexOf(added)
      if (index !== -1) this.#items.splice(index, 1)
    }
  }

  get top(): T | undefined {
    return this.#items.at(-1)?.item
  }
}
