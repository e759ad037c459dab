import type { DiskEntry } from '../store/index.ts'

type Inode = Pick<DiskEntry, 'dev' | 'ino'>

/** Numbers are found faster than big ones, and hold the inodes of most file systems. */
function keyOf(ino: bigint): number | bigint {
  return ino <= Number.MAX_SAFE_INTEGER ? Number(ino) : ino
}

/** What is known of files, whatever their names. */
export class ByInode<T> {
  readonly #devices = new Map<bigint, Map<number | bigint, T>>()

  get({ dev, ino }: Inode): T | undefined {
    return this.#devices.get(dev)?.get(keyOf(ino))
  }

  set({ dev, ino }: Inode, value: T): void {
    const inodes = this.#devices.get(dev)
    if (inodes === undefined) this.#devices.set(dev, new Map([[keyOf(ino), value]]))
    else inodes.set(keyOf(ino), value)
  }
}
