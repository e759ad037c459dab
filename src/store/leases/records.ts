/**
 * The files that say who uses what. Whoever may write to the store may write them, so that they are read strictly: what is not in
 * order counts as not there.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { isSha256Hex, type Sha256Hex } from '../../core/index.ts'
import { currentUser, heldByUs } from '../disk.ts'

/** Bytes of a record. A million blobs take less. */
const MOST_BYTES = 128 * 1024 * 1024
const MOST_TEXT = 4096

/** What a session or a job uses. */
export interface Used {
  readonly blobs: readonly Sha256Hex[]
  /** Absolute final paths of artifacts. */
  readonly artifacts: readonly string[]
  /**
   * The folders of models, adapters and datasets, as that process sees them: through a link, or in a container, another one sees them
   * elsewhere.
   */
  readonly roots?: Roots
}

/** Absolute folders in which final paths are. */
export interface Roots {
  readonly models: string
  readonly adapters: string
  readonly datasets: string
}

const ROOTS = ['models', 'adapters', 'datasets'] as const

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder) && /^[\\/]./.test(path.slice(folder.length))
}

/** Paths that somebody else uses, where this process sees them. What is in none of the folders stays as it is. Pure. */
export function pathsHere({ artifacts, roots }: Used, here: Roots | undefined): readonly string[] {
  if (roots === undefined || here === undefined) return artifacts
  return artifacts.flatMap((path) => {
    // One folder may have been given for two kinds: then it is used under both.
    const kinds = ROOTS.filter((kind) => isBelow(path, roots[kind]))
    return kinds.length === 0 ? [path] : kinds.map((kind) => here[kind] + path.slice(roots[kind].length))
  })
}

/** Where something runs, and since when. */
export interface Whereabouts {
  readonly bootId: string
  readonly pidNamespace: string
  readonly host: string
  /** Milliseconds since the epoch. */
  readonly since: number
}

/** Text of `sessions/<id>.json`. Whether the session lives, its lock says. */
export interface SessionRecord extends Whereabouts, Used {
  readonly pid: number
  readonly pidStart: string | undefined
  /** What it does: `ensure`. */
  readonly doing: string
}

/** Text of `jobs/<id>.json`. */
export interface JobRecord extends Whereabouts, Used {
  readonly workflow: string
  readonly job: string
  readonly run: string
  /** The process that lives as long as the job; undefined when none is known. */
  readonly holder: { readonly pid: number; readonly start: string | undefined } | undefined
  /** Seconds that the machine had been running. */
  readonly uptime: number
}

type Fields = Readonly<Record<string, unknown>>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MOST_TEXT
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isPid(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0
}

function listOf<T>(value: unknown, isOne: (each: unknown) => each is T): readonly T[] | undefined {
  return Array.isArray(value) && value.every(isOne) ? value : undefined
}

function isDigest(value: unknown): value is Sha256Hex {
  return typeof value === 'string' && isSha256Hex(value)
}

function commonOf(fields: Fields): (Whereabouts & Used) | undefined {
  const { bootId, pidNamespace, host, since } = fields
  const blobs = listOf(fields['blobs'], isDigest)
  const artifacts = listOf(fields['artifacts'], isText)
  if (blobs === undefined || artifacts === undefined) return undefined
  if (!isText(bootId) || !isText(pidNamespace) || !isText(host) || !isCount(since)) return undefined
  const roots = rootsOf(fields['roots'])
  return { bootId, pidNamespace, host, since, blobs, artifacts, ...(roots === undefined ? {} : { roots }) }
}

function rootsOf(value: unknown): Roots | undefined {
  if (!isFields(value)) return undefined
  const { models, adapters, datasets } = value
  return isText(models) && isText(adapters) && isText(datasets) ? { models, adapters, datasets } : undefined
}

function startOf(value: unknown): string | undefined {
  return isText(value) ? value : undefined
}

/** Undefined for a text that is no record of a session. Pure. */
export function sessionRecordOf(text: string): SessionRecord | undefined {
  const fields = fieldsOf(text)
  const common = fields === undefined ? undefined : commonOf(fields)
  if (fields === undefined || common === undefined) return undefined
  const { pid, doing } = fields
  if (!isPid(pid) || !isText(doing)) return undefined
  return { ...common, pid, pidStart: startOf(fields['pidStart']), doing }
}

/** Undefined for a text that is no record of a job. Pure. */
export function jobRecordOf(text: string): JobRecord | undefined {
  const fields = fieldsOf(text)
  const common = fields === undefined ? undefined : commonOf(fields)
  if (fields === undefined || common === undefined) return undefined
  const { workflow, job, run, uptime, holder } = fields
  if (!isText(workflow) || !isText(job) || !isText(run) || !isCount(uptime)) return undefined
  const pid = isFields(holder) ? holder['pid'] : undefined
  const start = isFields(holder) ? startOf(holder['start']) : undefined
  return { ...common, workflow, job, run, uptime, holder: isPid(pid) ? { pid, start } : undefined }
}

function fieldsOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Text of a regular file of ours, links not followed; undefined for everything else. */
export async function readRecord(path: string): Promise<string | undefined> {
  try {
    // A pipe keeps nobody waiting. Windows has neither flag.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
    await using file = await open(path, flags)
    const entry = await file.stat({ bigint: true })
    if (!entry.isFile() || entry.size > MOST_BYTES || !heldByUs(entry, currentUser())) return undefined
    return await file.readFile('utf8')
  } catch {
    return undefined
  }
}

/** Writes a record which readers find whole, as it was or as it is. Not synced: after a power cut nobody holds a lease. */
export async function writeRecord(path: string, record: object): Promise<void> {
  const hidden = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(hidden, `${JSON.stringify(record)}\n`, { flag: 'wx', mode: 0o600 })
    await rename(hidden, path)
  } catch (thrown) {
    await rm(hidden, { force: true })
    throw thrown
  }
}
