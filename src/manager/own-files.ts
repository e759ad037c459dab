/** What only this manager writes: its own telling of the registry, and the digests of URLs that nobody named one for. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { isSha256Hex, R3mesError, type Sha256Hex } from '../core/index.ts'
import { writeWhole } from '../store/index.ts'
import { documentOf, EMPTY, isRecord, type RegistryDocument } from './registry-text.ts'

/** Bytes. */
const MOST_BYTES = 64 * 1024 * 1024

/** The manager's own telling of the registry. */
export interface OwnTelling {
  readonly document: RegistryDocument
  /** Files that were there already, and files that had to be brought. */
  readonly hits: number
  readonly misses: number
}

export const NOTHING_TOLD: OwnTelling = { document: EMPTY, hits: 0, misses: 0 }

async function textAt(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const entry = await file.stat()
    return entry.isFile() && entry.size <= MOST_BYTES ? await file.readFile('utf8') : ''
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw thrown
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const root: unknown = JSON.parse(text)
    return isRecord(root) && root['version'] === 1 ? root : undefined
  } catch {
    return undefined
  }
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}

/** What cannot be read tells nothing: the shared file then has to do. */
export async function readTelling(path: string): Promise<OwnTelling> {
  const root = parsed((await textAt(path)) ?? '')
  const document = documentOf(root?.['registry'])
  if (root === undefined || document === undefined) return NOTHING_TOLD
  return { document, hits: count(root['hits']), misses: count(root['misses']) }
}

/** @param registryText the document of the telling, as it is written */
export async function writeTelling(
  path: string,
  { hits, misses }: Pick<OwnTelling, 'hits' | 'misses'>,
  registryText: string,
  isDurable: boolean,
): Promise<void> {
  const json = `{"version":1,"hits":${hits},"misses":${misses},"registry":${registryText}}`
  await writeWhole(path, [Buffer.from(json)], { isDurable, mode: 0o600 })
}

/** What a URL delivered when it was first used. */
export interface Pin {
  readonly sha256: Sha256Hex
  /** Bytes. */
  readonly size: number
}

export type Pins = ReadonlyMap<string, Pin>

function readPin(value: unknown): Pin | undefined {
  if (!isRecord(value)) return undefined
  const { sha256, size } = value
  if (typeof sha256 !== 'string' || !isSha256Hex(sha256)) return undefined
  return typeof size === 'number' && Number.isSafeInteger(size) && size > 0 ? { sha256, size } : undefined
}

/**
 * Digests by recorded URL. They are what an unpinned model is held against, so damage is no empty list.
 *
 * @throws R3mesError `STORE_CORRUPT`
 */
export async function readPins(path: string): Promise<Pins> {
  const text = await textAt(path)
  if (text === undefined) return new Map()
  const pins = parsed(text)?.['pins']
  const read = isRecord(pins)
    ? Object.entries(pins).map(([url, pin]) => [url, readPin(pin)] as const)
    : undefined
  if (read === undefined || read.some(([, pin]) => pin === undefined)) {
    throw new R3mesError(
      'STORE_CORRUPT',
      'The list of digests of models without a hash is damaged (`.r3mes/volume/pins.json` in the volume). Name the hash of each model, or delete the file to take what the URLs deliver now for right.',
      { detail: path },
    )
  }
  return new Map(read.filter((pair): pair is [string, Pin] => pair[1] !== undefined))
}

export async function writePins(path: string, pins: Pins): Promise<void> {
  const json = JSON.stringify({ version: 1, pins: Object.fromEntries(pins) })
  await writeWhole(path, [Buffer.from(json)], { mode: 0o600 })
}
