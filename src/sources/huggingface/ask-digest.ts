/** What a hub says by itself about a file for which nobody named a digest. */
import { R3mesError, type Sha256Hex } from '../../core/index.ts'
import type { Network, Origin } from '../../transfer/index.ts'
import { explainRefusal, linkedSha256 } from './announced.ts'
import type { HuggingFaceSettings } from './source.ts'
import { type HubPlace, resolveUrl } from './urls.ts'

/** Ends the asking: the answer is known. */
class Announced extends Error {
  readonly sha256: Sha256Hex

  constructor(sha256: Sha256Hex) {
    super('The hub has announced a digest')
    this.sha256 = sha256
  }
}

/**
 * Where a hub has a file.
 *
 * @throws R3mesError `URL_REFUSED` when a part of the place would lead elsewhere on the hub
 */
export function hubOrigin({ endpoint, token }: HuggingFaceSettings, place: HubPlace): Origin {
  const url = resolveUrl(endpoint, place)
  if (url === undefined) {
    throw new R3mesError(
      'URL_REFUSED',
      'A URL of the HuggingFace hub is refused: a part of it would lead to another place of the hub. Copy the address of the download from the page of the file.',
    )
  }
  const hasToken = token !== undefined && token !== ''
  return {
    source: 'huggingface',
    url,
    configured: true,
    ...(hasToken ? { headers: { authorization: `Bearer ${token}` } } : {}),
    inspect: (head) => explainRefusal(head, { endpoint, place, hasToken }),
  }
}

/**
 * Asks a hub for the SHA-256 of a large file, without its bytes. It proves nothing: who has no better one may take it for the digest
 * of first use, and then every byte is held against it.
 *
 * @returns undefined for files that it knows no SHA-256 of
 * @throws R3mesError `AUTH_REQUIRED`, `SOURCES_EXHAUSTED`, `URL_REFUSED`
 */
export async function hubDigest(
  settings: HuggingFaceSettings,
  place: HubPlace,
  network: Network,
  signal?: AbortSignal,
): Promise<Sha256Hex | undefined> {
  const origin = hubOrigin(settings, place)
  const inspect: Origin['inspect'] = (head) => {
    origin.inspect?.(head)
    const sha256 = head.status < 400 ? linkedSha256(head) : undefined
    if (sha256 !== undefined) throw new Announced(sha256)
  }
  try {
    await network.read({ ...origin, inspect }, 0, signal)
  } catch (thrown) {
    if (thrown instanceof Announced) return thrown.sha256
    // Its body was not wanted.
    if (!(thrown instanceof R3mesError) || thrown.code !== 'ARTIFACT_TOO_LARGE') throw thrown
  }
  return undefined
}
