/**
 * The text of the usage index as the store writes it: JSON with one entry a line, sorted by name, and a last line that says
 * where the sections lie. So an entry is found, and replaced, without reading all the others. What another program wrote
 * lacks that last line, or has it at another place, and is parsed as a whole.
 */
import { printableJson } from '../../core/index.ts'
import { isRecord } from './entry.ts'
import { SECTIONS, type Section } from './types.ts'

/** Bytes of a file or of memory. */
export interface Bytes {
  readonly size: number
  /** Fewer bytes than asked for where they end. */
  read(from: number, to: number): Promise<Buffer>
}

/** Where something begins and ends, in bytes. */
export interface Range {
  readonly start: number
  readonly end: number
}

export interface IndexText {
  readonly bytes: Bytes
  /** The lines of a section, without the comma or line break after the last. */
  readonly sections: Readonly<Record<Section, Range>>
  /** The same for the top-level fields that are not ours, one a line. */
  readonly others: Range
  /** The id of the change log that is part of this text already. */
  readonly folded: string | undefined
}

/** The index is not what the store wrote, and no JSON of the right shape either. */
export class CorruptIndex extends Error {}

/** Name of the top-level field in the last line. */
const LAYOUT_FIELD = 'r3mes'
const LAYOUT_LINE = `\n  "${LAYOUT_FIELD}": `
const END = '\n}\n'
/** More than the last line ever takes. */
const MOST_LAYOUT = 4096
const ENTRY_LINE = /^ {4}("(?:[^"\\]|\\.)*"): (.*)$/

export function memoryBytes(buffer: Buffer): Bytes {
  return { size: buffer.length, read: async (from, to) => buffer.subarray(from, to) }
}

/** Undefined for a text that the store did not write, or that somebody changed since. */
export async function readIndexText(bytes: Bytes): Promise<IndexText | undefined> {
  const from = Math.max(0, bytes.size - MOST_LAYOUT)
  const tail = await bytes.read(from, bytes.size)
  const at = tail.lastIndexOf(LAYOUT_LINE)
  const end = tail.length - END.length
  if (at < 0 || tail.subarray(end).toString() !== END) return undefined
  const layout = parsed(tail.subarray(at + LAYOUT_LINE.length, end).toString())
  if (!isRecord(layout) || layout['version'] !== 1 || layout['at'] !== from + at) return undefined
  const range = (value: unknown): Range | undefined => {
    if (!Array.isArray(value)) return undefined
    const [start, stop]: unknown[] = value
    const isWithin =
      Number.isSafeInteger(start) &&
      Number.isSafeInteger(stop) &&
      Number(start) > 0 &&
      Number(stop) <= from + at
    return isWithin && Number(start) <= Number(stop) ? { start: Number(start), end: Number(stop) } : undefined
  }
  const { sections, folded } = layout
  const others = range(layout['others'])
  const ranges = SECTIONS.map(
    (name) => [name, isRecord(sections) ? range(sections[name]) : undefined] as const,
  )
  if (others === undefined || ranges.some(([, found]) => found === undefined)) return undefined
  return {
    bytes,
    sections: Object.fromEntries(ranges) as Record<Section, Range>,
    others,
    folded: typeof folded === 'string' ? folded : undefined,
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

export function entryLine(name: string, entry: unknown): Buffer {
  return Buffer.from(`    ${printableJson(name)}: ${printableJson(entry)}`)
}

/** @throws CorruptIndex */
export function readLine(line: string): { readonly name: string; readonly json: string } {
  const [, name, json] = ENTRY_LINE.exec(line.endsWith(',') ? line.slice(0, -1) : line) ?? []
  const text = name === undefined ? undefined : parsed(name)
  if (typeof text !== 'string' || json === undefined)
    throw new CorruptIndex('A line of the index is no entry')
  return { name: text, json }
}

/** @throws CorruptIndex */
export function readValue(json: string): unknown {
  const value = parsed(json)
  if (value === undefined) throw new CorruptIndex('An entry of the index is no JSON')
  return value
}

/** Where the entry of a name is, or, with `start` equal to `end`, where it belongs. The comma after it is not part of it. */
export interface Spot extends Range {
  readonly json: string | undefined
}

/**
 * Looks a name up by halving the lines of a section.
 *
 * @throws CorruptIndex
 */
export async function findEntry(
  { bytes, sections }: IndexText,
  section: Section,
  name: string,
): Promise<Spot> {
  let { start, end } = sections[section]
  const limit = end
  while (start < end) {
    const line = await lineAround(bytes, Math.floor((start + end) / 2), { start, end: limit })
    const found = readLine(line.text)
    if (found.name === name) {
      const comma = line.text.endsWith(',') ? 1 : 0
      return { start: line.start, end: line.end - comma, json: found.json }
    }
    if (found.name < name) start = Math.min(limit, line.end + 1)
    else end = line.start
  }
  return { start, end: start, json: undefined }
}

interface Line extends Range {
  readonly text: string
}

const WINDOW = 2048
const NEWLINE = 10

/** The whole line that a byte belongs to, its line break belonging to it as well. */
async function lineAround(bytes: Bytes, at: number, within: Range): Promise<Line> {
  for (let window = WINDOW; ; window *= 4) {
    const from = Math.max(within.start, at - window)
    const to = Math.min(within.end, at + window)
    const buffer = await bytes.read(from, to)
    const before = at === from ? -1 : buffer.lastIndexOf(NEWLINE, at - from - 1)
    const after = buffer.indexOf(NEWLINE, at - from)
    const isStart = before >= 0 || from === within.start
    const isEnd = after >= 0 || to === within.end
    if (!isStart || !isEnd) continue
    const start = before + 1
    const end = after < 0 ? buffer.length : after
    return { start: from + start, end: from + end, text: buffer.toString('utf8', start, end) }
  }
}

const CHUNK = 1024 * 1024

/** The entries of a section in their order, a chunk of the file in memory at a time. */
export async function* entryLines(
  { bytes, sections }: IndexText,
  section: Section,
): AsyncGenerator<{ readonly name: string; readonly json: string }> {
  const { start, end } = sections[section]
  let rest: Buffer = Buffer.alloc(0)
  for (let from = start; from < end; from += CHUNK) {
    const chunk = await bytes.read(from, Math.min(end, from + CHUNK))
    const buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const last = buffer.lastIndexOf(NEWLINE)
    for (const line of buffer.toString('utf8', 0, Math.max(0, last)).split('\n')) {
      if (line !== '') yield readLine(line)
    }
    rest = buffer.subarray(last + 1)
  }
  if (rest.length > 0) yield readLine(rest.toString())
}

/** What a text is made of: pieces are runs of lines without a comma after the last. */
export interface TextParts {
  readonly sections: Readonly<Record<Section, readonly Buffer[]>>
  readonly others: readonly Buffer[]
  readonly folded: string | undefined
}

/**
 * Puts a text together.
 *
 * @param now Unix seconds
 * @returns its pieces in order
 */
export function composeText({ sections, others, folded }: TextParts, now: number): readonly Buffer[] {
  const pieces: Buffer[] = []
  let length = 0
  const push = (piece: Buffer | string): void => {
    const buffer = typeof piece === 'string' ? Buffer.from(piece) : piece
    pieces.push(buffer)
    length += buffer.length
  }
  const pushRuns = (runs: readonly Buffer[]): [number, number] => {
    const start = length
    for (const [index, run] of runs.entries()) {
      if (index > 0) push(',\n')
      push(run)
    }
    return [start, length]
  }
  push('{\n')
  const ranges = SECTIONS.map((name) => {
    const runs = sections[name]
    push(`  "${name}": {`)
    if (runs.length > 0) push('\n')
    const range = pushRuns(runs)
    push(runs.length > 0 ? '\n  },\n' : '},\n')
    return [name, range] as const
  })
  const range = pushRuns(others)
  if (others.length > 0) push(',\n')
  push(`  "last_updated": ${now}`)
  push(',')
  const layout = { version: 1, at: length, folded, sections: Object.fromEntries(ranges), others: range }
  push(`${LAYOUT_LINE}${JSON.stringify(layout)}${END}`)
  return pieces
}

/** An index that was read as a whole. */
export interface IndexDocument {
  readonly sections: Readonly<Record<Section, ReadonlyMap<string, unknown>>>
  /** Top-level fields that are not ours. */
  readonly others: ReadonlyMap<string, unknown>
  readonly folded: string | undefined
}

/**
 * Reads what another program wrote.
 *
 * @throws CorruptIndex for what is no JSON object, or has something else in place of a section
 */
export function parseDocument(json: string): IndexDocument {
  const root = parsed(json)
  if (!isRecord(root)) throw new CorruptIndex('The index is no JSON object')
  const layout = root[LAYOUT_FIELD]
  const folded = isRecord(layout) ? layout['folded'] : undefined
  const sections = SECTIONS.map((name) => {
    const section = root[name] ?? {}
    if (!isRecord(section)) throw new CorruptIndex('A section of the index is no object')
    return [name, new Map(Object.entries(section))] as const
  })
  const ours: readonly string[] = [...SECTIONS, LAYOUT_FIELD, 'last_updated']
  return {
    sections: Object.fromEntries(sections) as Record<Section, Map<string, unknown>>,
    others: new Map(Object.entries(root).filter(([name]) => !ours.includes(name))),
    folded: typeof folded === 'string' ? folded : undefined,
  }
}

/** A document in our own form. @param now Unix seconds */
export function renderDocument({ sections, others, folded }: IndexDocument, now: number): Buffer {
  const runs = SECTIONS.map((name) => {
    const entries = [...sections[name]].sort(([one], [other]) => (one < other ? -1 : 1))
    return [name, entries.map(([key, value]) => entryLine(key, value))] as const
  })
  const parts: TextParts = {
    sections: Object.fromEntries(runs) as unknown as Record<Section, readonly Buffer[]>,
    others: [...others].map(([key, value]) =>
      Buffer.from(`  ${printableJson(key)}: ${printableJson(value)}`),
    ),
    folded,
  }
  return Buffer.concat(composeText(parts, now))
}
