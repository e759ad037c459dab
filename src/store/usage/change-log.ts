/**
 * Changes to a large index, in the order in which they came, until enough of them are there to write the index anew. A line
 * of the log is one change. A log whose id the index names as folded is part of the index already: between writing the index
 * and removing the log a process may die.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { errnoOf } from '../fs-error.ts'
import { type EntryChange, isRecord } from './entry.ts'
import { SECTIONS, type Section } from './types.ts'

/** Bytes of a log after which the index is written anew. */
export const MOST_LOG = 256 * 1024

export interface ChangeLog {
  readonly id: string
  /** Bytes of whole lines, those to be added next come after them. */
  readonly size: number
  readonly changes: readonly EntryChange[]
}

export function newLogId(): string {
  return randomBytes(8).toString('hex')
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function readChange(line: string): EntryChange | undefined {
  const value = parsed(line)
  if (!isRecord(value) || typeof value['name'] !== 'string' || !isRecord(value['change'])) return undefined
  const section = SECTIONS.find((name) => name === value['section'])
  return section === undefined ? undefined : readKind(section, value['name'], value['change'])
}

function readKind(
  section: Section,
  name: string,
  change: Readonly<Record<string, unknown>>,
): EntryChange | undefined {
  const { kind, fields } = change
  if (kind === 'remove') return { section, name, change: { kind } }
  if (!isRecord(fields)) return undefined
  if (kind === 'add') return { section, name, change: { kind, fields } }
  return kind === 'use'
    ? { section, name, change: { kind, fields, downloaded: change['downloaded'] === true } }
    : undefined
}

/** Undefined when there is none, or none that can be read. A last line that was not written whole is no part of it. */
export async function readLog(path: string): Promise<ChangeLog | undefined> {
  const text = await wholeLines(path)
  if (text === undefined) return undefined
  const [head = '', ...lines] = text.toString('utf8').split('\n')
  const header = parsed(head)
  if (!isRecord(header) || typeof header['log'] !== 'string') return undefined
  const changes = lines.map(readChange).filter((change) => change !== undefined)
  return { id: header['log'], size: text.length, changes }
}

async function wholeLines(path: string): Promise<Buffer | undefined> {
  let handle: FileHandle
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT' || errnoOf(thrown) === 'ELOOP') return undefined
    throw thrown
  }
  await using file = handle
  const found = await file.stat()
  // Lines are added in place: a file that has another name would change there, too.
  if (!found.isFile() || found.nlink > 1 || found.size > 4 * MOST_LOG) return undefined
  const text = await file.readFile()
  return text.subarray(0, text.lastIndexOf('\n') + 1)
}

export function formatChanges(changes: readonly EntryChange[]): string {
  return changes.map((change) => `${JSON.stringify(change)}\n`).join('')
}

/**
 * Adds lines to a log, or begins one.
 *
 * @param log as it was read just now
 */
export async function appendToLog(path: string, log: ChangeLog | undefined, lines: string): Promise<void> {
  // What is no log makes room, and is not written to: its bytes may be those of a file elsewhere.
  if (log === undefined) await rm(path, { force: true })
  const begin = constants.O_CREAT | constants.O_EXCL
  const flags = constants.O_WRONLY | constants.O_NOFOLLOW | (log === undefined ? begin : 0)
  await using file = await open(path, flags, 0o644)
  const head = log === undefined ? `${JSON.stringify({ log: newLogId() })}\n` : ''
  const at = log?.size ?? 0
  await file.truncate(at)
  await file.write(Buffer.from(head + lines), 0, null, at)
}
