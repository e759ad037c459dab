import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Cdn } from './cdn.ts'
import { gitBlobId } from './content.ts'
import { type Asked, routedHost, sendJson, sendText } from './routes.ts'
import { serveContent } from './serve-content.ts'
import type { Host } from './server.ts'
import type { Content } from './types.ts'

type RepoType = 'model' | 'dataset'

interface Repo {
  readonly type: RepoType
  /** `<owner>/<name>` */
  readonly name: string
  readonly files: Map<string, Content>
  /** Set: only who brings this bearer token is let in. */
  token: string | undefined
}

/** Smaller files are git blobs and come from the hub itself; larger ones are LFS files and come from the CDN. */
const LFS_FROM_BYTES = 1024
const PAGE = 1000

/** A HuggingFace-like hub. Every revision of a repository is the same one. */
export class Hub {
  readonly #repos = new Map<string, Repo>()
  readonly #cdn: Cdn
  readonly #baseUrl: () => string

  constructor(cdn: Cdn, baseUrl: () => string) {
    this.#cdn = cdn
    this.#baseUrl = baseUrl
  }

  publish(name: string, path: string, content: Content, type: RepoType): void {
    this.#repo(name, type).files.set(path, content)
    this.#cdn.publish(content)
  }

  /** From now on the repository is gated: 401 without a token, 403 with another one. */
  requireToken(name: string, token: string, type: RepoType): void {
    this.#repo(name, type).token = token
  }

  readonly host: Host = routedHost({
    '/:owner/:name/resolve/:revision/*': (asked) => this.#resolve(asked, 'model'),
    '/datasets/:owner/:name/resolve/:revision/*': (asked) => this.#resolve(asked, 'dataset'),
    '/api/models/:owner/:name': (asked) => this.#info(asked, 'model'),
    '/api/datasets/:owner/:name': (asked) => this.#info(asked, 'dataset'),
    '/api/models/:owner/:name/revision/:revision': (asked) => this.#info(asked, 'model'),
    '/api/datasets/:owner/:name/revision/:revision': (asked) => this.#info(asked, 'dataset'),
    '/api/models/:owner/:name/tree/:revision': (asked) => this.#tree(asked, 'model'),
    '/api/datasets/:owner/:name/tree/:revision': (asked) => this.#tree(asked, 'dataset'),
    '/api/models/:owner/:name/tree/:revision/*': (asked) => this.#tree(asked, 'model'),
    '/api/datasets/:owner/:name/tree/:revision/*': (asked) => this.#tree(asked, 'dataset'),
  })

  #repo(name: string, type: RepoType): Repo {
    const key = `${type} ${name}`
    const repo = this.#repos.get(key) ?? { type, name, files: new Map(), token: undefined }
    this.#repos.set(key, repo)
    return repo
  }

  /** The repository that was asked for; undefined when it was refused, which is then answered. */
  #open({ request, response, part }: Asked, type: RepoType): Repo | undefined {
    const repo = this.#repos.get(`${type} ${part('owner')}/${part('name')}`)
    if (repo === undefined) {
      refuse(response, 404, 'RepoNotFound', 'Repository not found')
      return undefined
    }
    const authorization = request.headers.authorization
    if (repo.token === undefined || authorization === `Bearer ${repo.token}`) return repo
    const status = authorization === undefined ? 401 : 403
    refuse(response, status, 'GatedRepo', 'Access to this repository is restricted')
    return undefined
  }

  async #resolve(asked: Asked, type: RepoType): Promise<void> {
    const repo = this.#open(asked, type)
    if (repo === undefined) return
    const { request, response } = asked
    const path = asked.part('*')
    const content = repo.files.get(path)
    response.setHeader('X-Repo-Commit', commitOf(repo))
    if (content === undefined) return refuse(response, 404, 'EntryNotFound', 'Entry not found')
    if (content.size < LFS_FROM_BYTES) {
      return serveContent(request, response, content, {
        etag: `"${gitBlobId(content.read(0, content.size))}"`,
      })
    }
    const etag = `"${content.sha256}"`
    response
      .writeHead(302, {
        Location: this.#cdn.signedUrl(content, path.split('/').at(-1) ?? path),
        'X-Linked-Etag': etag,
        'X-Linked-Size': content.size,
        ETag: etag,
        'Content-Length': 0,
      })
      .end()
  }

  #info(asked: Asked, type: RepoType): void {
    const repo = this.#open(asked, type)
    if (repo === undefined) return
    sendJson(asked.response, 200, {
      id: repo.name,
      sha: commitOf(repo),
      private: false,
      gated: repo.token === undefined ? false : 'manual',
      disabled: false,
      siblings: [...repo.files.keys()].sort().map((rfilename) => ({ rfilename })),
    })
  }

  #tree(asked: Asked, type: RepoType): void {
    const repo = this.#open(asked, type)
    if (repo === undefined) return
    const { search, response } = asked
    const folder = asked.part('*')
    const entries = treeEntries(repo, folder, search.get('recursive') === 'true')
    if (folder !== '' && entries.length === 0) {
      refuse(response, 404, 'EntryNotFound', 'Entry not found')
      return
    }
    const limit = Math.max(1, Math.min(PAGE, Number(search.get('limit') ?? PAGE) || PAGE))
    const start = Number(search.get('cursor') ?? 0) || 0
    const headers: Record<string, string> = {}
    if (start + limit < entries.length) {
      const next = new URL(asked.request.url ?? '/', this.#baseUrl())
      next.searchParams.set('cursor', String(start + limit))
      headers['Link'] = `<${next}>; rel="next"`
    }
    sendJson(response, 200, entries.slice(start, start + limit), headers)
  }
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  sendText(response, status, message, { 'X-Error-Code': code, 'X-Error-Message': message })
}

/** Changes with every file, as a commit does. */
function commitOf({ type, name, files }: Repo): string {
  const lines = [...files].map(([path, { sha256 }]) => `${path} ${sha256}`).sort()
  return createHash('sha1')
    .update([type, name, ...lines].join('\n'))
    .digest('hex')
}

interface TreeEntry {
  readonly type: 'file' | 'directory'
  readonly path: string
  readonly size: number
  readonly oid: string
  readonly lfs?: { readonly oid: string; readonly size: number; readonly pointerSize: number }
}

function treeEntries({ files }: Repo, folder: string, recursive: boolean): TreeEntry[] {
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
  if (size < LFS_FROM_BYTES) return { type: 'file', path, size, oid: gitBlobId(content.read(0, size)) }
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
