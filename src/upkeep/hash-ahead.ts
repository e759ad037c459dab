/**
 * Hashing begins while the store is still walked: with many small files both take about as long, and they need not wait for each
 * other.
 */
import type { HashedFile, HashPool } from '../core/index.ts'
import type { DiskEntry } from '../store/index.ts'
import { ByInode } from './by-inode.ts'

/** Bytes. Larger files wait until all are known: the largest ones come first then, so that no thread ends long after the others. */
const SMALL = 1024n * 1024n
/** Files and bytes of one list take about as long as telling a thread of the next one is worth. */
const LIST_FILES = 64
const LIST_BYTES = 8n * 1024n * 1024n

/** Files that one thread hashes one after the other. */
interface List {
  readonly entries: DiskEntry[]
  found: Promise<readonly HashedFile[]> | undefined
  done: readonly HashedFile[] | undefined
}

interface Ordered {
  readonly list: List
  readonly index: number
}

export class HashAhead {
  readonly #pool: Pick<HashPool, 'hash'>
  readonly #ordered = new ByInode<Ordered>()
  #list: List = { entries: [], found: undefined, done: undefined }
  #bytes = 0n

  constructor(pool: Pick<HashPool, 'hash'>) {
    this.#pool = pool
  }

  /** Files that will probably have to be hashed. Only small ones are begun with. */
  offer(entries: readonly DiskEntry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'file' && entry.size <= SMALL) this.#add(entry)
    }
  }

  /** Hashes what nobody offered, the largest first. To be called once, with all files that have to be hashed. */
  rest(entries: readonly DiskEntry[]): void {
    this.#send()
    const others = entries.filter((entry) => this.#ordered.get(entry) === undefined)
    for (const entry of others.toSorted((one, other) => Number(other.size - one.size))) this.#add(entry)
    this.#send()
  }

  /**
   * What hashing a file found, at once when its list is known already: of many small files most are.
   *
   * @throws the reason of the pool's signal once it is aborted
   */
  of(entry: DiskEntry): HashedFile | undefined | Promise<HashedFile | undefined> {
    const ordered = this.#ordered.get(entry)
    if (ordered === undefined) return undefined
    const { list, index } = ordered
    return list.done === undefined ? list.found?.then((files) => files[index]) : list.done[index]
  }

  #add(entry: DiskEntry): void {
    if (this.#ordered.get(entry) !== undefined) return
    const list = this.#list
    this.#ordered.set(entry, { list, index: list.entries.push(entry) - 1 })
    this.#bytes += entry.size
    if (list.entries.length >= LIST_FILES || this.#bytes >= LIST_BYTES) this.#send()
  }

  #send(): void {
    const list = this.#list
    if (list.entries.length === 0) return
    list.found = this.#pool.hash(list.entries.map(({ path }) => path))
    list.found.then(
      (files) => {
        list.done = files
      },
      // Whoever asks for a file hears of it.
      () => {},
    )
    this.#list = { entries: [], found: undefined, done: undefined }
    this.#bytes = 0n
  }
}
