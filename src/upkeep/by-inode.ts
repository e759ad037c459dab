import type { DiskEntry } from '../store/index.ts'

type Inode = Pick<DiskEntry, 'dev' | 'ino'>

/** What is known of files, whatever their names. */
export class ByInode<T> {
  readonly #devices = new Map<bigint, Map<bigint, T>>()

  get({ dev, ino }: Inode): T | undefined {
    return this.#devices.get(dev)?.get(ino)
  }

  set({ dev, ino }: Inode, value: T): void {
    const inodes = this.#devices.get(dev)
    if (inodes === undefined) this.#devices.set(dev, new Map([[ino, value]]))
    else inodes.set(ino, value)
  }
}
