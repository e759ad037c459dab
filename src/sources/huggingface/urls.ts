/** Where a hub has what. Pure. */
import type { Place } from '../../core/index.ts'
import { below, encodePath } from '../paths.ts'

export type HubPlace = Extract<Place, { kind: 'huggingface' }>

/** A repository at a revision: what the places of one artifact have in common. */
export type HubRevision = Pick<HubPlace, 'repoType' | 'repo' | 'revision'>

/** 40 hex characters for SHA-1 repositories, 64 for SHA-256 ones. */
export function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}

/** `[datasets/]<owner>/<name>`; undefined when a part would lead elsewhere on the hub. */
function repoPath({ repoType, repo, revision }: HubRevision): string | undefined {
  const path = encodePath(repo)
  if (path === undefined || encodePath(revision) === undefined) return undefined
  return repoType === 'dataset' ? `datasets/${path}` : path
}

/** The page of the repository that people see. */
export function pageUrl(endpoint: URL, place: HubRevision): URL | undefined {
  const repo = repoPath(place)
  return repo === undefined ? undefined : below(endpoint, repo)
}

/** `<endpoint>/[datasets/]<repo>/resolve/<revision>/<path>`; undefined when a part would lead elsewhere on the hub. */
export function resolveUrl(endpoint: URL, place: HubPlace): URL | undefined {
  const repo = repoPath(place)
  const path = encodePath(place.path)
  if (repo === undefined || path === undefined) return undefined
  // A revision such as refs/pr/1 is one segment of the URL.
  return below(endpoint, `${repo}/resolve/${encodeURIComponent(place.revision)}/${path}`)
}

function apiUrl(endpoint: URL, place: HubRevision, what: string): URL | undefined {
  const repo = encodePath(place.repo)
  if (repo === undefined || encodePath(place.revision) === undefined) return undefined
  return below(endpoint, `api/${place.repoType}s/${repo}/${what}/${encodeURIComponent(place.revision)}`)
}

/** Answers with the commit that a revision stands for. */
export function revisionUrl(endpoint: URL, place: HubRevision): URL | undefined {
  return apiUrl(endpoint, place, 'revision')
}

/**
 * Lists what lies below a folder.
 *
 * @param folder empty: the whole repository
 */
export function treeUrl(endpoint: URL, place: HubRevision, folder: string): URL | undefined {
  const root = apiUrl(endpoint, place, 'tree')
  const path = folder === '' ? '' : encodePath(folder)
  if (root === undefined || path === undefined) return undefined
  const url = path === '' ? root : below(root, path)
  url.search = '?recursive=true'
  return url
}

/** The deepest folder that all paths lie in, empty for the root. */
export function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/').slice(0, -1))
  const differs = first.findIndex((segment, at) => others.some((other) => other[at] !== segment))
  return (differs === -1 ? first : first.slice(0, differs)).join('/')
}
