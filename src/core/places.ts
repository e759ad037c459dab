/** From a record's `download_source` to a place. The text is the chain's: what is no place stays one less source. */
import type { Place } from './place.ts'

const HUB_HOSTS = ['huggingface.co', 'hf.co']
const REPO_PART = /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/

type HubPlace = Extract<Place, { kind: 'huggingface' }>

function decodePart(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text)
    return /[\p{Cc}\\]/u.test(decoded) ? undefined : decoded
  } catch {
    return undefined
  }
}

/** Decodes each segment; none may be empty, `.` or `..`, or hide a slash. */
function decodePath(segments: readonly string[]): string | undefined {
  const decoded = segments.map(decodePart)
  const isPlain = decoded.every(
    (part) => part !== undefined && part !== '' && part !== '.' && part !== '..' && !part.includes('/'),
  )
  return isPlain ? decoded.join('/') : undefined
}

function isRevision(revision: string | undefined): revision is string {
  return (
    revision !== undefined && revision !== '' && !revision.split('/').some((part) => /^\.{0,2}$/.test(part))
  )
}

function hubPlace(
  repoType: 'model' | 'dataset',
  owner: string | undefined,
  name: string | undefined,
  revisionText: string,
  pathSegments: readonly string[],
): HubPlace | undefined {
  if (owner === undefined || name === undefined || !REPO_PART.test(owner) || !REPO_PART.test(name))
    return undefined
  const revision = decodePart(revisionText)
  // A folder may be written with or without its last slash.
  const path = decodePath(pathSegments.at(-1) === '' ? pathSegments.slice(0, -1) : pathSegments)
  if (!isRevision(revision) || path === undefined) return undefined
  return { kind: 'huggingface', repoType, repo: `${owner}/${name}`, revision, path }
}

/** `hf://[datasets/]<owner>/<name>[@<percent-encoded revision>]/<path>` */
function fromHfUri(text: string): HubPlace | undefined {
  const segments = text.slice('hf://'.length).split('/')
  const isDataset = segments[0] === 'datasets'
  const [owner, nameAndRevision, ...path] = isDataset ? segments.slice(1) : segments
  if (nameAndRevision === undefined) return undefined
  const at = nameAndRevision.indexOf('@')
  const name = at === -1 ? nameAndRevision : nameAndRevision.slice(0, at)
  const revision = at === -1 ? 'main' : nameAndRevision.slice(at + 1)
  return hubPlace(isDataset ? 'dataset' : 'model', owner, name, revision, path)
}

function trimSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

/** The path below the hub that a URL belongs to; undefined when it is not on one. */
function pathOnHub(url: URL, hfEndpoint: URL | undefined): string | undefined {
  // With credentials it is not what a hub hands out: the URL rules refuse it.
  if (url.username !== '' || url.password !== '') return undefined
  if (hfEndpoint !== undefined && url.origin === hfEndpoint.origin) {
    const base = trimSlash(hfEndpoint.pathname)
    return url.pathname.startsWith(`${base}/`) ? url.pathname.slice(base.length) : undefined
  }
  return url.protocol === 'https:' && url.port === '' && HUB_HOSTS.includes(url.hostname)
    ? url.pathname
    : undefined
}

/** `<hub>/[datasets/]<owner>/<name>/resolve/<revision>/<path>` */
function fromResolveUrl(url: URL, hfEndpoint: URL | undefined): HubPlace | undefined {
  const segments = pathOnHub(url, hfEndpoint)?.slice(1).split('/')
  if (segments === undefined) return undefined
  const isDataset = segments[0] === 'datasets'
  const [owner, name, verb, revision, ...path] = isDataset ? segments.slice(1) : segments
  if (verb !== 'resolve' || revision === undefined) return undefined
  return hubPlace(isDataset ? 'dataset' : 'model', owner, name, revision, path)
}

/**
 * The place that a record names: `hf://…`, a hub's `/resolve/` URL or another URL. Whether that URL may be asked is for the
 * rules of whoever asks, which know the hosts that are allowed; a refusal is then on record.
 *
 * @param hfEndpoint the configured hub, whose `/resolve/` URLs count as the public hub's do
 * @returns undefined when the text is no place: free text, a scheme other than https and http
 */
export function placeOf(downloadSource: string, hfEndpoint?: URL): Place | undefined {
  const text = downloadSource.trim()
  if (/^hf:\/\//i.test(text)) return fromHfUri(text)
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const onHub = fromResolveUrl(url, hfEndpoint)
  if (onHub !== undefined) return onHub
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined
  url.hash = ''
  return { kind: 'http', url: url.href }
}

/** The last segment of a place, decoded: what a file is called when its record does not say. */
export function lastSegment(place: Place): string | undefined {
  const segments = place.kind === 'http' ? new URL(place.url).pathname.split('/') : place.path.split('/')
  const last = segments.at(-1) ?? ''
  const name = place.kind === 'http' ? decodePart(last) : last
  if (name !== undefined && name !== '') return name
  return place.kind === 'ipfs' ? place.cid : undefined
}

/** The place of a file in the folder that `place` is. `path` is relative, of safe segments. */
export function joinPlace(place: Place, path: string): Place {
  if (place.kind !== 'http') return { ...place, path: place.path === '' ? path : `${place.path}/${path}` }
  const url = new URL(place.url)
  url.pathname = `${trimSlash(url.pathname)}/${path.split('/').map(encodeURIComponent).join('/')}`
  return { kind: 'http', url: url.href }
}
