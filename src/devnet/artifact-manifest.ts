import canonicalize from 'canonicalize'
import { givenContent } from './content.ts'
import type { Content } from './types.ts'

/** The name under which an artifact manifest lies beside its files. */
export const MANIFEST_NAME = 'r3mes-manifest.json'

/**
 * The manifest of an artifact of several files: RFC 8785 JSON, files sorted by the bytes of their paths. A record names
 * it as `manifest:` and its SHA-256.
 */
export function artifactManifest(
  files: readonly { readonly path: string; readonly content: Content }[],
): Content {
  const sorted = files.toSorted((one, other) =>
    Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)),
  )
  const json = canonicalize({
    version: 1,
    files: sorted.map(({ path, content }) => ({ path, size: content.size, sha256: content.sha256 })),
  })
  return givenContent(MANIFEST_NAME, Buffer.from(json ?? ''))
}
