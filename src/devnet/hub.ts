import type { ServerResponse } from 'node:http'
import type { Cdn } from './cdn.ts'
import { gitBlobId } from './content.ts'
import { type HubCommit, HubRepo, isLfs, type RepoType, treeEntries } from './hub-repo.ts'
import { type Asked, routedHost, sendJson, sendText } from './routes.ts'
import { serveContent } from './serve-content.ts'
import type { Host } from './server.ts'
import type { Content } from './types.ts'

const PAGE = 1000

/** A HuggingFace-like hub. Every branch and tag of a repository is at its newest commit; older commits stay. */
export class Hub {
  readonly #repos = new Map<string, HubRepo>()
  readonly #cdn: Cdn
  readonly #baseUrl: () => string

  constructor(cdn: Cdn, baseUrl: () => string) {
    this.#cdn = cdn
    this.#baseUrl = baseUrl
  }

  publish(name: string, path: string, content: Content, type: RepoType): void {
    this.#repo(name, type).publish(path, content)
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

  #repo(name: string, type: RepoType): HubRepo {
    const key = `${type} ${name}`
    const repo = this.#repos.get(key) ?? new HubRepo(type, name)
    this.#repos.set(key, repo)
    return repo
  }

  /** The repository that was asked for; undefined when it was refused, which is then answered. */
  #open({ request, response, part }: Asked, type: RepoType): HubRepo | undefined {
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

  /** What was asked for, a commit of a repository; undefined when it was refused, which is then answered. */
  #opened(asked: Asked, type: RepoType): { readonly repo: HubRepo; readonly commit: HubCommit } | undefined {
    const repo = this.#open(asked, type)
    if (repo === undefined) return undefined
    const revision = asked.part('revision')
    const commit = revision === '' ? repo.newest : repo.at(revision)
    if (commit !== undefined) return { repo, commit }
    refuse(asked.response, 404, 'RevisionNotFound', 'Invalid rev id')
    return undefined
  }

  async #resolve(asked: Asked, type: RepoType): Promise<void> {
    const opened = this.#opened(asked, type)
    if (opened === undefined) return
    const { commit } = opened
    const { request, response } = asked
    const path = asked.part('*')
    const content = commit.files.get(path)
    response.setHeader('X-Repo-Commit', commit.id)
    if (content === undefined) return refuse(response, 404, 'EntryNotFound', 'Entry not found')
    if (!isLfs(content)) {
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
    const opened = this.#opened(asked, type)
    if (opened === undefined) return
    const { repo, commit } = opened
    sendJson(asked.response, 200, {
      id: repo.name,
      sha: commit.id,
      private: false,
      gated: repo.token === undefined ? false : 'manual',
      disabled: false,
      siblings: [...commit.files.keys()].sort().map((rfilename) => ({ rfilename })),
    })
  }

  #tree(asked: Asked, type: RepoType): void {
    const opened = this.#opened(asked, type)
    if (opened === undefined) return
    const { commit } = opened
    const { search, response } = asked
    const folder = asked.part('*')
    const entries = treeEntries(commit.files, folder, search.get('recursive') === 'true')
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
