import { createHash } from 'node:crypto'
import { gitBlobId } from './content.ts'
import type { Content } from './types.ts'

export type RepoType = 'model' | 'dataset'

/** The files of one commit by path. */
export type HubFiles = ReadonlyMap<string, Content>

/** What a revision stands for. */
export interface HubCommit {
  /** 40 hex characters. */
  readonly id: string
  readonly files: HubFiles
}

/** Smaller files are git blobs and come from the hub itself; larger ones are LFS files and come from the CDN. */
const LFS_FROM_BYTES = 1024

export function isLfs(content: Content): boolean {
  return content.size >= LFS_FROM_BYTES
}

/** A repository whose every branch and tag is at its newest commit. Commits that it named once stay as they were. */
export class HubRepo {
  readonly type: RepoType
  /** `<owner>/<name>` */
  readonly name: string
  /** Set: only who brings this bearer token is let in. */
  token: string | undefined
  readonly #files = new Map<string, Content>()
  /** Undefined while nobody asked for it since the last change: a repository is filled file by file. */
  #newest: HubCommit | undefined
  readonly #commits = new Map<string, HubCommit>()

  constructor(type: RepoType, name: string) {
    this.type = type
    this.name = name
  }

  publish(path: string, content: Content): void {
    this.#files.set(path, content)
    this.#newest = undefined
  }

  /** @returns undefined for a commit that was never named; any other revision is the newest commit */
  at(revision: string): HubCommit | undefined {
    return /^[0-9a-f]{40}$/.test(revision) ? this.#commits.get(revision) : this.newest
  }

  get newest(): HubCommit {
    if (this.#newest === undefined) {
      const lines = [...this.#files].map(([path, { sha256 }]) => `${path} ${sha256}`).sort()
      const id = createHash('sha1')
        .update([this.type, this.name, ...lines].join('\n'))
        .digest('hex')
      this.#newest = this.#commits.get(id) ?? { id, files: new Map(this.#files) }
      this.#commits.set(id, this.#newest)
    }
    return this.#newest
  }
}

/** As the hub's tree API lists it. */
export interface TreeEntry {
  readonly type: 'file' | 'directory'
  readonly path: string
  readonly size: number
  readonly oid: string
  readonly lfs?: { readonly oid: string; readonly size: number; readonly pointerSize: number }
}

/** What lies below a folder (empty: the root), sorted by path. */
export function treeEntries(files: HubFiles, folder: string, recursive: boolean): TreeEntry[] {
  const prefix = folder === '' ? '' : `${folder}/`
  const entries = new Map<string, TreeEntry>()
  for (const [path, content] of files) {
    if (!path.startsWith(prefix)) continue
    const segments = path.slice(prefix.length).split('/')
    for (let depth = 1; depth < (recursive ? segments.length : Math.min(2, segments.length)); depth += 1) {
      const directory = prefix + segments.slice(0, depth).join('/')
      const oid = createHash('sha1').update(`tree ${directory}`).digest('hex')
      entries.set(directory, { type: 'directory', path: directory, size: 0, oid })
    }
    if (recursive || segments.length === 1) entries.set(path, fileEntry(path, content))
  }
  return [...entries.values()].sort((one, other) => (one.path < other.path ? -1 : 1))
}

function fileEntry(path: string, content: Content): TreeEntry {
  const { size, sha256 } = content
  if (!isLfs(content)) return { type: 'file', path, size, oid: gitBlobId(content.read(0, size)) }
  // What git itself holds of an LFS file.
  const pointer = Buffer.from(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`,
  )
  return {
    type: 'file',
    path,
    size,
    oid: gitBlobId(pointer),
    lfs: { oid: sha256, size, pointerSize: pointer.length },
  }
}
