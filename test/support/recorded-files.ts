/**
 * The changes that a process made to a folder, as recorded-files-preload.ts notes them, and what a power cut leaves of them.
 *
 * Certain after a power cut is what was synced: the bytes of a file by its own sync, a name by the sync of its folder
 * (POSIX fsync; a rename moves both its names at once, as every journal does). All else may be there or not, in any order.
 */
import { posix } from 'node:path'
import type { Change, Fate, Inode, Tree } from './crash-tree.ts'

/** What the preloaded module is told, as JSON in `RECORDED_FILES`. */
export interface Instruction {
  /** Absolute folder that is watched. */
  readonly under: string
  /** When the process kills itself. */
  readonly kill?: KillPoint | undefined
  /** What happens to the machine: a shell command that runs right before this call, counted from 1. */
  readonly event?: { readonly call: number; readonly shell: string } | undefined
  /** Where the changes go, one JSON line each. */
  readonly log?: string | undefined
  /** Where {@link Counted} goes, as JSON, when the process ends in order. */
  readonly count?: string | undefined
}

/**
 * - `before` a call into the file system, counted from 1
 * - `during`: as soon as the call was handed to the operating system
 * - `after` so many milliseconds from the first call
 */
export type KillPoint =
  | { readonly kind: 'before' | 'during'; readonly call: number }
  | { readonly kind: 'after'; readonly milliseconds: number }

/** What there is to choose kill points from. */
export interface Counted {
  readonly calls: number
  /** From the first call to the end of the process. */
  readonly milliseconds: number
}

/** One change, noted when it was done. Paths are absolute; `file` names an open file. */
export type FileOperation =
  | { readonly op: 'mkdir' | 'unlink'; readonly path: string }
  | { readonly op: 'rename' | 'link' | 'copy'; readonly from: string; readonly to: string }
  | { readonly op: 'chmod'; readonly path: string; readonly mode: number }
  | {
      readonly op: 'open'
      readonly path: string
      readonly file: number
      readonly create: boolean
      readonly truncate: boolean
      readonly mode: number
    }
  | { readonly op: 'write'; readonly file: number; readonly at: number; readonly bytes: string }
  | { readonly op: 'truncate'; readonly file: number; readonly to: number }
  | { readonly op: 'chmod-file'; readonly file: number; readonly mode: number }
  /** `before`: so many changes were done when it began, and only those are certain after it. */
  | { readonly op: 'sync'; readonly file: number; readonly before: number }

type OpenOperation = Extract<FileOperation, { op: 'open' }>

/** The lines of a log. A line that its process could not finish is left out. */
export function parseLog(text: string): readonly FileOperation[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as FileOperation)
}

interface Effect {
  readonly change: Change
  /** Number of the operation that made it. */
  readonly at: number
  /** Number of the sync that made it certain; infinite when there was none. */
  safeAt: number
}

/** Decides what becomes of a change that no sync made certain. */
export type Chance = (change: Change) => Fate

/** Recorded changes, on top of what was there before. */
export class Recording {
  readonly operations: readonly FileOperation[]
  readonly #root: string
  readonly #before: Tree
  /** As it was seen by the process. */
  readonly #live: Tree
  readonly #effects: Effect[] = []
  readonly #opened = new Map<number, Inode>()

  /**
   * @param root absolute path of the recorded folder
   * @param before what was in it; that is certain
   */
  constructor(operations: readonly FileOperation[], root: string, before: Tree) {
    this.operations = operations
    this.#root = root
    this.#before = before
    this.#live = before.copy()
    for (const [at, operation] of operations.entries()) {
      if (operation.op === 'sync') this.#sync(operation, at)
      for (const change of this.#changesOf(operation)) {
        this.#live.apply(change)
        this.#effects.push({ change, at, safeAt: Number.POSITIVE_INFINITY })
      }
    }
  }

  /**
   * The folder after a power cut.
   *
   * @param done so many operations were done
   */
  after(done: number, chance: Chance = () => 'kept'): Tree {
    const tree = this.#before.copy()
    for (const { change, at, safeAt } of this.#effects) {
      if (at >= done) break
      tree.apply(change, safeAt < done ? 'kept' : chance(change))
    }
    return tree
  }

  /** How many changes were certain in the end, and how many were not. */
  get certainty(): { readonly certain: number; readonly open: number } {
    const certain = this.#effects.filter(({ safeAt }) => safeAt < Number.POSITIVE_INFINITY).length
    return { certain, open: this.#effects.length - certain }
  }

  #changesOf(operation: FileOperation): readonly Change[] {
    switch (operation.op) {
      case 'mkdir':
        return [this.#named([operation.path, { kind: 'folder' }])]
      case 'unlink':
        return [this.#named([operation.path, undefined])]
      case 'link':
        return [this.#named([operation.to, this.#at(operation.from)])]
      case 'rename': {
        const node = this.#at(operation.from)
        return [this.#named([operation.from, undefined], [operation.to, node])]
      }
      case 'copy': {
        const { bytes } = this.#live.file(this.#at(operation.from))
        const node: Inode = { kind: 'file', mode: 0o644 }
        return [this.#named([operation.to, node]), { what: 'bytes', node, at: 0, bytes: Buffer.from(bytes) }]
      }
      case 'chmod': {
        const node = this.#at(operation.path)
        return node.kind === 'file' ? [{ what: 'mode', node, mode: operation.mode }] : []
      }
      case 'chmod-file':
        return [{ what: 'mode', node: this.#fileOf(operation.file), mode: operation.mode }]
      case 'open':
        return this.#open(operation)
      case 'write': {
        const bytes = Buffer.from(operation.bytes, 'base64')
        return [{ what: 'bytes', node: this.#fileOf(operation.file), at: operation.at, bytes }]
      }
      case 'truncate':
        return [{ what: 'length', node: this.#fileOf(operation.file), to: operation.to }]
      case 'sync':
        return []
    }
  }

  #open({ path, file, create, truncate, mode }: OpenOperation): readonly Change[] {
    const there = this.#find(path)
    if (there === undefined && !create) throw new Error(`${path} was opened, but nobody made it`)
    const node: Inode = there ?? { kind: 'file', mode }
    this.#opened.set(file, node)
    if (there === undefined) return [this.#named([path, node])]
    return truncate && node.kind === 'file' ? [{ what: 'length', node, to: 0 }] : []
  }

  #sync({ file, before }: Extract<FileOperation, { op: 'sync' }>, at: number): void {
    const node = this.#fileOf(file)
    for (const effect of this.#effects) {
      if (effect.at < before && concerns(effect.change, node)) effect.safeAt = Math.min(effect.safeAt, at)
    }
  }

  #fileOf(file: number): Inode {
    const node = this.#opened.get(file)
    if (node === undefined) throw new Error(`Nothing was opened as ${file}`)
    return node
  }

  #named(...names: readonly (readonly [path: string, node: Inode | undefined])[]): Change {
    const namings = names.map(([path, node]) => ({
      folder: this.#at(posix.dirname(path)),
      name: posix.basename(path),
      node,
    }))
    return { what: 'names', namings }
  }

  #at(path: string): Inode {
    const node = this.#find(path)
    if (node === undefined) throw new Error(`The record does not know what made ${path}`)
    return node
  }

  #find(path: string): Inode | undefined {
    if (path === this.#root) return this.#live.root
    if (!path.startsWith(`${this.#root}/`)) throw new Error(`${path} lies outside of what is recorded`)
    const folder = this.#find(posix.dirname(path))
    return folder === undefined ? undefined : this.#live.entry(folder, posix.basename(path))
  }
}

/** Whether a sync of a file or folder makes a change certain. */
function concerns(change: Change, synced: Inode): boolean {
  if (change.what === 'names') return change.namings.some(({ folder }) => folder === synced)
  return change.node === synced
}
