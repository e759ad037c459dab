/** A tree of files in memory, whose changes can be kept or lost one by one. */
import { chmod, link, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'

/** A file or folder without a name. What it holds depends on the tree. */
export type Inode = { readonly kind: 'file'; readonly mode: number } | { readonly kind: 'folder' }

export interface FileState {
  bytes: Buffer
  mode: number
}
type FolderState = Map<string, Inode>

interface Naming {
  readonly folder: Inode
  readonly name: string
  /** Undefined: the name is gone. */
  readonly node: Inode | undefined
}

/** The smallest thing that can be kept or lost. */
export type Change =
  | { readonly what: 'names'; readonly namings: readonly Naming[] }
  | { readonly what: 'bytes'; readonly node: Inode; readonly at: number; readonly bytes: Buffer }
  | { readonly what: 'length'; readonly node: Inode; readonly to: number }
  | { readonly what: 'mode'; readonly node: Inode; readonly mode: number }

/**
 * What becomes of a change. `empty`: written bytes are gone, and the file is as long as without them; `zeros`: as long as
 * with them; `half`: the first half of them came to the disk.
 */
export type Fate = 'kept' | 'empty' | 'zeros' | 'half'

/** Something with a name in a tree. */
export interface Entry {
  /** From the root, with `/`. */
  readonly path: string
  readonly node: Inode
  /** Undefined for a folder. */
  readonly file: FileState | undefined
}

export class Tree {
  readonly root: Inode
  readonly #files = new Map<Inode, FileState>()
  readonly #folders = new Map<Inode, FolderState>()
  readonly #places = new Map<Inode, Naming>()

  constructor(root: Inode = { kind: 'folder' }) {
    this.root = root
  }

  /** The same, to be changed on its own. */
  copy(): Tree {
    const copy = new Tree(this.root)
    for (const [node, { bytes, mode }] of this.#files) copy.#files.set(node, { bytes, mode })
    for (const [node, entries] of this.#folders) copy.#folders.set(node, new Map(entries))
    for (const [node, place] of this.#places) copy.#places.set(node, place)
    return copy
  }

  apply(change: Change, fate: Fate = 'kept'): void {
    switch (change.what) {
      case 'names':
        if (fate === 'kept') for (const naming of change.namings) this.#name(naming)
        return
      case 'bytes':
        this.#write(this.file(change.node), change.at, change.bytes, fate)
        return
      case 'length': {
        const file = this.file(change.node)
        if (fate === 'kept') file.bytes = resized(file.bytes, change.to)
        return
      }
      case 'mode':
        if (fate === 'kept') this.file(change.node).mode = change.mode
    }
  }

  file(node: Inode): FileState {
    const known = this.#files.get(node)
    if (known !== undefined) return known
    const fresh = { bytes: Buffer.alloc(0), mode: node.kind === 'file' ? node.mode : 0 }
    this.#files.set(node, fresh)
    return fresh
  }

  entry(folder: Inode, name: string): Inode | undefined {
    return this.#folders.get(folder)?.get(name)
  }

  /** Everything that has a name, folders before what is in them. */
  *entries(folder: Inode = this.root, prefix = ''): Generator<Entry> {
    for (const [name, node] of this.#folders.get(folder) ?? []) {
      const path = posix.join(prefix, name)
      yield { path, node, file: node.kind === 'file' ? this.file(node) : undefined }
      if (node.kind === 'folder') yield* this.entries(node, path)
    }
  }

  #name(naming: Naming): void {
    const entries = this.#entriesOf(naming.folder)
    const { name, node } = naming
    if (node === undefined) {
      entries.delete(name)
      return
    }
    if (node.kind === 'folder') {
      // A folder has one name: where the end of the earlier one was lost, the later one counts.
      const earlier = this.#places.get(node)
      if (earlier !== undefined && this.entry(earlier.folder, earlier.name) === node) {
        this.#entriesOf(earlier.folder).delete(earlier.name)
      }
      this.#places.set(node, naming)
    }
    entries.set(name, node)
  }

  #entriesOf(folder: Inode): FolderState {
    const entries = this.#folders.get(folder) ?? new Map<string, Inode>()
    this.#folders.set(folder, entries)
    return entries
  }

  #write(file: FileState, at: number, bytes: Buffer, fate: Fate): void {
    if (fate === 'empty') return
    const long = resized(file.bytes, Math.max(file.bytes.length, at + bytes.length))
    const arrived = fate === 'zeros' ? 0 : fate === 'half' ? Math.floor(bytes.length / 2) : bytes.length
    bytes.copy(long, at, 0, arrived)
    file.bytes = long
  }
}

/** Always a copy. */
function resized(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.alloc(length)
  bytes.copy(copy, 0, 0, length)
  return copy
}

/**
 * The tree below a folder of the disk, hard links included.
 *
 * @param isMeant whether a path from the root belongs to it
 */
export async function readTree(
  folder: string,
  isMeant: (path: string) => boolean = () => true,
): Promise<Tree> {
  const tree = new Tree()
  const known = new Map<number, Inode>()
  const readInto = async (parent: Inode, inside: string): Promise<void> => {
    const path = join(folder, inside)
    for (const name of (await readdir(path)).filter((each) => isMeant(posix.join(inside, each)))) {
      const { ino, mode, ...entry } = await lstat(join(path, name)).then((found) => ({
        ino: found.ino,
        mode: found.mode & 0o7777,
        isFolder: found.isDirectory(),
      }))
      const node: Inode = known.get(ino) ?? (entry.isFolder ? { kind: 'folder' } : { kind: 'file', mode })
      tree.apply({ what: 'names', namings: [{ folder: parent, name, node }] })
      if (entry.isFolder) await readInto(node, posix.join(inside, name))
      else if (!known.has(ino)) {
        const bytes = await readFile(join(path, name))
        tree.apply({ what: 'bytes', node, at: 0, bytes })
      }
      known.set(ino, node)
    }
  }
  await readInto(tree.root, '')
  return tree
}

/**
 * Writes a tree to an empty folder.
 *
 * @param bytesOf what is written for a file
 */
export async function writeTree(
  tree: Tree,
  folder: string,
  bytesOf: (path: string, bytes: Buffer) => Uint8Array = (_path, bytes) => bytes,
): Promise<void> {
  const written = new Map<Inode, string>()
  for (const { path, node, file } of tree.entries()) {
    const target = join(folder, path)
    const first = written.get(node)
    if (file === undefined) await mkdir(target)
    else if (first !== undefined && (await isLinked(first, target))) continue
    else {
      written.set(node, target)
      await writeFile(target, bytesOf(path, file.bytes))
      await chmod(target, file.mode)
    }
  }
}

/** False where the file system has no hard links. */
async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM') return false
    throw thrown
  }
}
