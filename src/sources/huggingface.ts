import type { Place } from '../core/index.ts'
import { below, encodePath } from './paths.ts'
import type { Source } from './types.ts'

export interface HuggingFaceSettings {
  /** Base URL of the hub. */
  readonly endpoint: URL
  /** Sent to the endpoint's own origin alone. */
  readonly token?: string | undefined
}

type HubPlace = Extract<Place, { kind: 'huggingface' }>

/** `<endpoint>/[datasets/]<repo>/resolve/<revision>/<path>`; undefined when a part would lead elsewhere on the hub. */
function resolveUrl(endpoint: URL, place: HubPlace): URL | undefined {
  const repo = encodePath(place.repo)
  const path = encodePath(place.path)
  // A revision such as refs/pr/1 is one segment of the URL.
  if (repo === undefined || path === undefined || encodePath(place.revision) === undefined) return undefined
  const prefix = place.repoType === 'dataset' ? 'datasets/' : ''
  return below(endpoint, `${prefix}${repo}/resolve/${encodeURIComponent(place.revision)}/${path}`)
}

/** Files of HuggingFace repositories, by branch, tag or commit. */
export function huggingFaceSource({ endpoint, token }: HuggingFaceSettings): Source {
  const headers = token === undefined || token === '' ? undefined : { authorization: `Bearer ${token}` }
  return {
    name: 'huggingface',
    async origins(file) {
      return file.places
        .filter((place) => place.kind === 'huggingface')
        .map((place) => resolveUrl(endpoint, place))
        .filter((url) => url !== undefined)
        .map((url) => ({
          source: 'huggingface',
          url,
          configured: true,
          ...(headers === undefined ? {} : { headers }),
        }))
    },
  }
}
