/** Whether what a host sends can be a model at all. A match approves nothing. */
import { open } from 'node:fs/promises'
import { R3mesError } from '../core/index.ts'

/** Bytes. The format allows no longer header (https://github.com/huggingface/safetensors, "Format"). */
const MOST_HEADER = 100_000_000
const LENGTH_BYTES = 8
const LOOKED_AT = 1024
const WEB_PAGE = /^(?:\s|\ufeff|<!--[^>]*-->)*<(?:!doctype\s+html|html|head|body|script)\b/i

/** Whether a Content-Type is that of a page for people. */
export function isWebPageType(contentType: string): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\s*(?:;|$)/i.test(contentType)
}

/** Whether a body begins as a page for people does. */
export function isWebPage(head: Uint8Array): boolean {
  return WEB_PAGE.test(Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('utf8'))
}

/** The error for a page in place of a model. `advice` is a sentence on how to get in. */
export function webPage(advice: string, detail: string): R3mesError {
  return new R3mesError(
    'AUTH_REQUIRED',
    `The host answers with a web page in place of the model, as hosts do that want a login. ${advice}`,
    { detail },
  )
}

function notSafetensors(why: string, path: string): R3mesError {
  return new R3mesError(
    'SOURCES_EXHAUSTED',
    `What came is no \`.safetensors\` file: ${why}. Check the URL, or name the model with the extension that it has.`,
    { detail: path },
  )
}

/** Where the last tensor ends, in bytes after the header; undefined when the header is none. */
function endOfTensors(header: unknown): number | undefined {
  if (typeof header !== 'object' || header === null || Array.isArray(header)) return undefined
  let end = 0
  for (const [name, tensor] of Object.entries(header)) {
    if (name === '__metadata__') continue
    if (typeof tensor !== 'object' || tensor === null || !('data_offsets' in tensor)) return undefined
    const offsets: unknown = tensor.data_offsets
    if (!Array.isArray(offsets) || offsets.length !== 2) return undefined
    const [from, to]: unknown[] = offsets
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || Number(from) > Number(to))
      return undefined
    end = Math.max(end, Number(to))
  }
  return end
}

/**
 * Looks at a file whose digest nobody named: it may be no web page, and a `.safetensors` file has to have the header of one, which
 * says how long the file is.
 *
 * @param fileName what it is to be called
 * @param advice how to get in, for a web page
 * @throws R3mesError `AUTH_REQUIRED`, `SOURCES_EXHAUSTED`
 */
export async function checkPlausible(path: string, fileName: string, advice: string): Promise<void> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  const head = Buffer.alloc(Math.min(size, LOOKED_AT))
  await file.read(head, 0, head.length, 0)
  if (isWebPage(head)) throw webPage(advice, path)
  if (!/\.(?:safetensors|sft)$/i.test(fileName)) return
  if (size < LENGTH_BYTES + 2) throw notSafetensors('it is too short', path)
  const length = head.readBigUInt64LE(0)
  if (length > MOST_HEADER || length > size - LENGTH_BYTES) {
    throw notSafetensors('its header would be longer than the file', path)
  }
  const header = Buffer.alloc(Number(length))
  await file.read(header, 0, header.length, LENGTH_BYTES)
  const end = endOfTensors(jsonOf(header.toString('utf8')))
  if (end === undefined) throw notSafetensors('its header cannot be read', path)
  if (end !== size - LENGTH_BYTES - header.length) {
    throw notSafetensors('it is not as long as its header says', path)
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
