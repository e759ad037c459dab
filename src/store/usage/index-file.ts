/** The file of the usage index: opened for looking up, changed in place of one entry, or written anew. */
import { constants } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { errnoOf } from '../fs-error.ts'
import type { UsagePlaces } from '../layout.ts'
import { setAside } from './aside.ts'
import { appendToLog, type ChangeLog, formatChanges, MOST_LOG, readLog } from './change-log.ts'
import { changed, type EntryChange } from './entry.ts'
import {
  type Bytes,
  CorruptIndex,
  composeText,
  entryLine,
  findEntry,
  type IndexDocument,
  type IndexText,
  memoryBytes,
  parseDocument,
  readIndexText,
  readValue,
  renderDocument,
  type TextParts,
} from './text.ts'
import { SECTIONS, type Section } from './types.ts'
import { writeWhole } from './write-whole.ts'

/** Bytes. An index up to this size is written anew at each change, so that other programs always read the newest. */
const SMALL = 1024 * 1024
/** Bytes. What is larger is none that a store could have grown. */
const MOST_BYTES = 512 * 1024 * 1024

/** Unix seconds. */
export function now(): number {
  return Date.now() / 1000
}

/** The index and the changes that are not part of its text yet. */
export interface OpenIndex extends AsyncDisposable {
  readonly text: IndexText
  readonly log: ChangeLog | undefined
  /** False: the text is only in memory, because the file is missing, damaged or another program's. */
  readonly isStored: boolean
}

export type IndexPlaces = Pick<UsagePlaces, 'index' | 'log'>

/**
 * @param rebuilt makes the index when there is none that can be read
 * @param onDamage is told where a damaged one is now
 */
export async function openIndex(
  places: IndexPlaces,
  rebuilt: () => Promise<IndexDocument>,
  onDamage: (kept: string) => void,
): Promise<OpenIndex> {
  const handle = await openFile(places.index)
  try {
    if (handle !== undefined) {
      const bytes = fileBytes(handle, await sizeOf(handle))
      const own = await readIndexText(bytes)
      const text = own ?? (await readForeign(bytes))
      const log = unfolded(await readLog(places.log), text)
      return { text, log, isStored: own !== undefined, [Symbol.asyncDispose]: () => handle.close() }
    }
  } catch (thrown) {
    await handle?.close()
    if (!(thrown instanceof CorruptIndex)) throw thrown
  }
  const kept = await setAside(places.index)
  if (kept !== undefined) onDamage(kept)
  const text = await inMemory(renderDocument(await rebuilt(), now()))
  const log = await readLog(places.log)
  return { text, log, isStored: false, async [Symbol.asyncDispose]() {} }
}

/** Undefined when there is no file. */
async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (thrown) {
    const errno = errnoOf(thrown)
    if (errno === 'ENOENT' || errno === 'ELOOP') return undefined
    throw thrown
  }
}

/** @throws CorruptIndex for what is no file of a size that can be */
async function sizeOf(handle: FileHandle): Promise<number> {
  const entry = await handle.stat()
  if (!entry.isFile() || entry.size > MOST_BYTES) throw new CorruptIndex('The index is no file of its size')
  return entry.size
}

function fileBytes(handle: FileHandle, size: number): Bytes {
  return {
    size,
    async read(from, to) {
      const buffer = Buffer.allocUnsafe(Math.max(0, to - from))
      let length = 0
      while (length < buffer.length) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, from + length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      return buffer.subarray(0, length)
    },
  }
}

/** @throws CorruptIndex */
async function readForeign(bytes: Bytes): Promise<IndexText> {
  const json = (await bytes.read(0, bytes.size)).toString('utf8')
  let rendered: Buffer
  try {
    rendered = renderDocument(parseDocument(json), now())
  } catch (thrown) {
    // Nested deeper than can be written again.
    throw thrown instanceof RangeError ? new CorruptIndex('The index is nested too deep') : thrown
  }
  return await inMemory(rendered)
}

/** @throws CorruptIndex when names of it cannot be written so that they are found again */
async function inMemory(rendered: Buffer): Promise<IndexText> {
  const text = await readIndexText(memoryBytes(rendered))
  if (text === undefined) throw new CorruptIndex('The index cannot be written in our form')
  return text
}

/** A log that the index says it has taken in is none. */
function unfolded(log: ChangeLog | undefined, { folded }: IndexText): ChangeLog | undefined {
  return log?.id === folded ? undefined : log
}

/**
 * Changes entries: by a few lines in the log of a large index, by writing a small one anew.
 *
 * @throws CorruptIndex
 */
export async function changeIndex(
  places: IndexPlaces,
  { text, log, isStored }: OpenIndex,
  changes: readonly EntryChange[],
): Promise<void> {
  const lines = formatChanges(changes)
  const isSmall = text.bytes.size <= SMALL
  if (isStored && !isSmall && (log?.size ?? 0) + lines.length <= MOST_LOG) {
    await appendToLog(places.log, log, lines)
    return
  }
  await writeWhole(places.index, await spliced(text, log, changes))
  if (log !== undefined) await rm(places.log, { force: true })
}

/** The text with all changes in it; lines that no change is about are taken as they are. */
async function spliced(
  { bytes, sections, others, folded }: IndexText,
  log: ChangeLog | undefined,
  changes: readonly EntryChange[],
): Promise<readonly Buffer[]> {
  const whole = await bytes.read(0, bytes.size)
  const text: IndexText = { bytes: memoryBytes(whole), sections, others, folded }
  const all = Map.groupBy([...(log?.changes ?? []), ...changes], ({ section }) => section)
  const bodies: [Section, readonly Buffer[]][] = []
  for (const section of SECTIONS) {
    bodies.push([section, await splicedSection(text, section, all.get(section) ?? [])])
  }
  const parts: TextParts = {
    sections: Object.fromEntries(bodies) as Record<Section, readonly Buffer[]>,
    others: runOf(whole, others.start, others.end),
    folded: log?.id ?? folded,
  }
  return composeText(parts, now())
}

async function splicedSection(
  text: IndexText,
  section: Section,
  changes: readonly EntryChange[],
): Promise<readonly Buffer[]> {
  const { start, end } = text.sections[section]
  const whole = await text.bytes.read(0, end)
  const runs: Buffer[] = []
  let cursor = start
  const byName = Map.groupBy(changes, ({ name }) => name)
  for (const name of [...byName.keys()].sort((one, other) => (one < other ? -1 : 1))) {
    const spot = await findEntry(text, section, name)
    runs.push(...runOf(whole, cursor, spot.start))
    let entry = spot.json === undefined ? undefined : readValue(spot.json)
    for (const { change } of byName.get(name) ?? []) entry = changed(entry, change)
    if (entry !== undefined) runs.push(entryLine(name, entry))
    cursor = spot.json === undefined ? spot.start : Math.min(end, spot.end + ',\n'.length)
  }
  runs.push(...runOf(whole, cursor, end))
  return runs
}

/** Lines without the comma after the last; nothing when there are none. */
function runOf(whole: Buffer, start: number, end: number): readonly Buffer[] {
  const comma = whole.subarray(Math.max(start, end - 2), end).toString() === ',\n' ? 2 : 0
  return end - comma > start ? [whole.subarray(start, end - comma)] : []
}

/**
 * Puts another index in place of the one that is there, which is kept aside. What it holds that is not ours stays.
 */
export async function replaceIndex(places: IndexPlaces, rebuilt: IndexDocument): Promise<void> {
  const before = await documentAt(places.index)
  const { checkpoints, loras, embeddings } = before?.sections ?? rebuilt.sections
  const log = await readLog(places.log)
  const document: IndexDocument = {
    sections: { ...rebuilt.sections, checkpoints, loras, embeddings },
    others: before?.others ?? rebuilt.others,
    // Its changes are about what was there before.
    folded: log?.id,
  }
  await setAside(places.index)
  await writeWhole(places.index, [renderDocument(document, now())])
  await rm(places.log, { force: true })
}

/** Undefined when there is no index that can be read. */
async function documentAt(path: string): Promise<IndexDocument | undefined> {
  const handle = await openFile(path)
  if (handle === undefined) return undefined
  await using file = handle
  try {
    const bytes = fileBytes(file, await sizeOf(file))
    return parseDocument((await bytes.read(0, bytes.size)).toString('utf8'))
  } catch (thrown) {
    if (thrown instanceof CorruptIndex) return undefined
    throw thrown
  }
}
