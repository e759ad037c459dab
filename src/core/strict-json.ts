/** JSON from a registry, a content host or a user, read so that it has one meaning only. */

export interface JsonLimits {
  readonly maxBytes: number
  readonly maxDepth: number
}

/** The value, or why the bytes are refused, in our own words. */
export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: string }

/** Counts the keys that stand in the text of a valid JSON document: every string that a colon follows. */
function countWrittenKeys(text: string): number {
  let keys = 0
  let at = text.indexOf('"')
  while (at !== -1) {
    let end = at + 1
    while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1
    let after = end + 1
    while (' \t\r\n'.includes(text[after] ?? '.')) after += 1
    if (text[after] === ':') keys += 1
    at = text.indexOf('"', end + 1)
  }
  return keys
}

/** Keys and depth of a parsed value, level by level, so that depth costs no stack. */
function measure(value: unknown): { readonly keys: number; readonly depth: number } {
  let keys = 0
  let depth = 0
  let level: unknown[] = [value]
  while (level.length > 0) {
    const next: unknown[] = []
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue
      const children: unknown[] = Object.values(item)
      if (!Array.isArray(item)) keys += children.length
      for (const child of children) next.push(child)
    }
    const isNested = level.some((item) => typeof item === 'object' && item !== null)
    if (isNested) depth += 1
    level = next
  }
  return { keys, depth }
}

/**
 * Parses UTF-8 JSON within limits. A key that stands twice in one object is refused, since readers differ in which of the
 * two they believe.
 */
export function parseStrictJson(bytes: Uint8Array, limits: JsonLimits): StrictJson {
  if (bytes.byteLength > limits.maxBytes) {
    return { ok: false, why: `it is larger than ${limits.maxBytes} bytes` }
  }
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    value = JSON.parse(text)
  } catch {
    return { ok: false, why: 'it is no JSON' }
  }
  const { keys, depth } = measure(value)
  if (depth > limits.maxDepth) return { ok: false, why: `it is nested deeper than ${limits.maxDepth} levels` }
  // The parser keeps the last of two equal keys, so the text then has more keys than the value.
  if (keys !== countWrittenKeys(text)) return { ok: false, why: 'a key stands twice in one object' }
  return { ok: true, value }
}
