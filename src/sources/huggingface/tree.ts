/**
 * A hub's list of the files of a repository. It is another program's answer: what is not exactly of the documented form is no
 * list at all, and nothing in it approves anything.
 */
import type { AnswerHead, SmallAnswer } from '../../transfer/index.ts'

/** A file as the hub lists it. */
export interface ListedFile {
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Of large files only. */
  readonly sha256: string | undefined
}

/** The files that were looked for. */
export interface Listing {
  readonly files: ReadonlyMap<string, ListedFile>
  /** True: what is not among them, the hub does not have. */
  readonly complete: boolean
}

/** More bytes than a page of a thousand entries with the longest paths. */
export const PAGE_BYTES = 8 * 1024 * 1024
/** No page that a hub sends is longer. */
const MAX_ENTRIES = 10_000
/** A page has a thousand entries, folders included. Whoever wants three files does not read through a hundred thousand. */
const ENTRIES_FOR_EACH_PAGE = 250
const SPARE_PAGES = 4

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** @returns undefined when it is no entry; `'folder'` for everything but files */
function readEntry(value: unknown): ListedFile | 'folder' | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { type, path, size, lfs } = value as Readonly<Record<string, unknown>>
  if (typeof type !== 'string' || typeof path !== 'string') return undefined
  if (type !== 'file') return 'folder'
  if (lfs === undefined || lfs === null) return isSize(size) ? { path, size, sha256: undefined } : undefined
  if (typeof lfs !== 'object') return undefined
  const { oid, size: lfsSize } = lfs as Readonly<Record<string, unknown>>
  if (typeof oid !== 'string' || !/^[0-9a-f]{64}$/.test(oid) || !isSize(lfsSize)) return undefined
  return { path, size: lfsSize, sha256: oid }
}

/** The files on a page; undefined when it is none. Pure. */
export function readPage(bytes: Uint8Array): readonly ListedFile[] | undefined {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
  if (!Array.isArray(json) || json.length > MAX_ENTRIES) return undefined
  const entries = json.map(readEntry)
  if (entries.includes(undefined)) return undefined
  return entries.filter((entry) => entry !== undefined && entry !== 'folder')
}

/**
 * Where the next page is, by the `Link` header. Only the query of what it names counts: whatever host and path a hub
 * writes there, a mirror's above all, the one that was asked is asked on.
 *
 * @returns undefined after the last page
 */
export function nextPage(url: URL, head: AnswerHead): URL | undefined {
  const link = head.headers['link']
  if (typeof link !== 'string') return undefined
  const target = /<([^<>]*)>\s*;\s*rel="?next"?/.exec(link)?.[1]
  const named = target === undefined ? null : URL.parse(target, url.href)
  if (named === null) return undefined
  const next = new URL(url)
  next.search = named.search
  return next
}

/**
 * Reads pages until all wanted files are found, or enough pages were read.
 *
 * @param ask reads one page
 * @returns undefined when an answer is no list
 * @throws what `ask` throws
 */
export async function listFiles(
  first: URL,
  wanted: ReadonlySet<string>,
  ask: (url: URL) => Promise<SmallAnswer>,
): Promise<Listing | undefined> {
  const files = new Map<string, ListedFile>()
  const seen = new Set<string>()
  const most = SPARE_PAGES + Math.ceil(wanted.size / ENTRIES_FOR_EACH_PAGE)
  let url: URL | undefined = first
  while (url !== undefined && files.size < wanted.size) {
    // A list that leads back to where it was would never end.
    if (seen.has(url.search) || seen.size >= most) return { files, complete: false }
    seen.add(url.search)
    const answer = await ask(url)
    const page = readPage(answer.bytes)
    if (page === undefined) return undefined
    for (const file of page) {
      if (!wanted.has(file.path)) continue
      // Two files of one path: whichever is meant, the list is of no use.
      if (files.has(file.path)) return undefined
      files.set(file.path, file)
    }
    url = nextPage(url, answer)
  }
  return { files, complete: true }
}
