/** Paths of places as paths of URLs. Pure. */

/**
 * A path percent-encoded segment by segment.
 *
 * @returns undefined when a segment is empty or made of dots: URLs would resolve it to somewhere else on the host
 */
export function encodePath(path: string): string | undefined {
  const segments = path.split('/')
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) return undefined
  return segments.map(encodeURIComponent).join('/')
}

/** An encoded path below a base URL, whose own path stays and whose query does not. */
export function below(base: URL, encodedPath: string): URL {
  const url = new URL(base)
  url.search = ''
  url.hash = ''
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/${encodedPath}`
  return url
}
