/** URLs that people copy from the pages of models. Pure. */
import { lastSegment, type Place, placeOf, R3mesError } from '../core/index.ts'
import { checkUrl, parseAllowedHost } from '../transfer/index.ts'
import { withSubject } from './names.ts'

/** A URL, as it is asked for and as it is written down. */
export interface ModelUrl {
  /** With everything that it was given with: for its host alone. */
  readonly place: Place
  /** Without the secrets in its query: for registries, and to know it again. */
  readonly recorded: string
  /** Last segment of its path, decoded. */
  readonly file: string | undefined
}

/** Parameters of a query that let whoever has them in: `token`, `hf_token`, `X-Amz-Signature`, `apiKey`, `client_secret` and the like. */
const SECRET =
  /^(?:.*[-_])?(?:token|secret|password|passwd|pwd|signature|credential|jwt|bearer)$|^(?:(?:access|api|auth|private|hf)?token|auth|authorization|(?:access|api|secret)[-_]?key|sig)$/i

/** May be a key to the host, and may be which file of it is meant. */
const KEY = /^key$/i
const FILE_NAME = /[./]/

/** Hosts whose pages show a file under `/blob/` and serve it under `/resolve/`. */
const HUBS: ReadonlySet<string> = new Set(['huggingface.co', 'www.huggingface.co', 'hf.co'])

/** A URL as text, without what its query has of secrets. */
export function withoutSecrets(url: URL): string {
  const shown = new URL(url)
  for (const [name, value] of [...shown.searchParams]) {
    // Without what says which file it is, two URLs would be one, and share the digest that was learned first.
    if (SECRET.test(name) || (KEY.test(name) && !FILE_NAME.test(value))) shown.searchParams.delete(name)
  }
  // Rewritten only where something was taken out: parsing a query changes how it is written.
  return shown.searchParams.size === url.searchParams.size ? url.href : shown.href
}

function isOnHub(url: URL, hub: URL): boolean {
  return HUBS.has(url.hostname) || url.origin === hub.origin
}

/** `/owner/name/blob/…` is the page about a file. */
function asFileUrl(url: URL, hub: URL): URL {
  if (!isOnHub(url, hub)) return url
  const file = new URL(url)
  if (file.hostname === 'www.huggingface.co') file.hostname = 'huggingface.co'
  // A hub of one's own may lie below a path.
  const base = url.origin === hub.origin ? hub.pathname.replace(/\/+$/, '') : ''
  if (!file.pathname.startsWith(`${base}/`)) return file
  const inside = file.pathname.slice(base.length)
  file.pathname = base + inside.replace(/^(\/(?:datasets\/)?[^/]+\/[^/]+)\/blob\//, '$1/resolve/')
  return file
}

/**
 * Reads the URL of a model and holds it against the rules for recorded URLs. What its name resolves to is judged when it is asked.
 *
 * @param subject the model in checked names
 * @param allowHosts `host:port` that may be anywhere and speak http
 * @param hub whose `/resolve/` URLs are HuggingFace's
 * @throws R3mesError `INPUT_INVALID`, `URL_REFUSED`
 */
export function readModelUrl(
  text: string,
  subject: string,
  { allowHosts, hub }: { readonly allowHosts: readonly string[]; readonly hub: URL },
): ModelUrl {
  const url = typeof text === 'string' ? URL.parse(text.trim()) : null
  if (url === null) {
    throw new R3mesError(
      'INPUT_INVALID',
      `The URL of ${subject} is none. Write the whole address of the file, such as https://huggingface.co/owner/name/resolve/main/model.safetensors.`,
    )
  }
  const hubHost = `${hub.hostname}:${hub.port || (hub.protocol === 'http:' ? '80' : '443')}`
  try {
    checkUrl(url, [...allowHosts, hubHost].map(parseAllowedHost))
  } catch (thrown) {
    throw withSubject(thrown, subject)
  }
  url.hash = ''
  const file = asFileUrl(url, hub)
  const place = placeOf(file.href, hub)
  if (place === undefined) throw notAFile(subject)
  if (place.kind !== 'huggingface' && isOnHub(file, hub)) throw notAFile(subject)
  return { place, recorded: recordedUrl(file, place), file: lastSegment(place) }
}

/** A hub's file is the same one whatever its query says, such as `download=true`. */
function recordedUrl(url: URL, place: Place): string {
  if (place.kind !== 'huggingface') return withoutSecrets(url)
  const bare = new URL(url)
  bare.search = ''
  return bare.href
}

function notAFile(subject: string): R3mesError {
  return new R3mesError(
    'INPUT_INVALID',
    `The URL of ${subject} leads to no file of a HuggingFace repository. Open the file on its page and copy the address of its download: it has \`/resolve/\` in it.`,
  )
}
