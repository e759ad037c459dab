/** Reads a request as a file: JSON that people and other programs write, held against exactly what a request may have. */
import { distance } from 'fastest-levenshtein'
import { parseStrictJson, R3mesError } from '../core/index.ts'
import { scaleText } from './lora-prompt.ts'
import type { LoraRequest, ModelRequest, Scale, VolumeRequest } from './types.ts'

const LIMITS = { maxBytes: 1024 * 1024, maxDepth: 8 } as const

const REQUEST_KEYS = ['checkpoint', 'loras', 'embeddings', 'prompt'] as const
const MODEL_KEYS = ['name', 'url', 'hash'] as const
const LORA_KEYS = [...MODEL_KEYS, 'scale'] as const

/** A number of the file with the text that it is written as: `0.80` is not printed as `0.8`. */
class WrittenNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

function keepText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? new WrittenNumber(context?.source ?? String(value)) : value
}

/** Gathers what is wrong with a request, so that all of it is said at once. Paths are our own words: `loras[2].scale`. */
class Reader {
  readonly problems: R3mesError[] = []

  fail(message: string, detail?: string): undefined {
    this.problems.push(new R3mesError('INPUT_INVALID', message, detail === undefined ? {} : { detail }))
    return undefined
  }

  /** The members of an object that has none but the known keys. */
  object<K extends string>(
    value: unknown,
    path: string,
    known: readonly K[],
  ): Partial<Record<K, unknown>> | undefined {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (!isObject || value instanceof WrittenNumber) {
      return this.fail(`${path} must be an object with ${listed(known)}.`)
    }
    const members: Partial<Record<K, unknown>> = {}
    for (const [key, member] of Object.entries(value)) {
      const name = known.find((each) => each === key)
      if (name === undefined) this.fail(`${path} has a key that means nothing here. ${hint(key, known)}`, key)
      else members[name] = member
    }
    return members
  }

  /** The elements of a list; empty when there is none. */
  list(value: unknown, path: string): readonly unknown[] {
    if (value === undefined || value === null) return []
    if (Array.isArray(value)) return value
    this.fail(`${path} must be a list.`)
    return []
  }

  text(value: unknown, path: string): string | undefined {
    if (typeof value === 'string') return value
    return this.fail(value === undefined ? `${path} is missing.` : `${path} must be a text in quotes.`)
  }

  textOrNone(value: unknown, path: string): string | undefined {
    return value === undefined || value === null ? undefined : this.text(value, path)
  }

  scale(value: unknown, path: string): Scale | undefined {
    if (value === undefined || value === null) return undefined
    const text = value instanceof WrittenNumber ? value.text : value
    try {
      if (typeof text === 'string') return scaleText(text)
    } catch (thrown) {
      if (!(thrown instanceof R3mesError)) throw thrown
    }
    return this.fail(
      `${path} must be a decimal number, such as 0.8.`,
      typeof text === 'string' ? text : undefined,
    )
  }
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}

function hint(key: string, known: readonly string[]): string {
  const [nearest] = known
    .map((name) => ({ name, steps: distance(key.toLowerCase(), name) }))
    .filter(({ steps }) => steps <= Math.max(1, Math.floor(key.length / 3)))
    .sort((one, other) => one.steps - other.steps)
  return nearest === undefined
    ? `It may have ${listed(known)}.`
    : `Did you mean \`${nearest.name}\`? It may have ${listed(known)}.`
}

function modelOf(
  reader: Reader,
  members: Partial<Record<(typeof MODEL_KEYS)[number], unknown>>,
  path: string,
): ModelRequest | undefined {
  const name = reader.text(members.name, `\`${path}.name\``)
  const url = reader.text(members.url, `\`${path}.url\``)
  const hash = reader.textOrNone(members.hash, `\`${path}.hash\``)
  if (name === undefined || url === undefined) return undefined
  return { name, url, ...(hash === undefined ? {} : { hash }) }
}

function readModel(reader: Reader, value: unknown, path: string): ModelRequest | undefined {
  const members = reader.object(value, `\`${path}\``, MODEL_KEYS)
  return members === undefined ? undefined : modelOf(reader, members, path)
}

function readLora(reader: Reader, value: unknown, path: string): LoraRequest | undefined {
  const members = reader.object(value, `\`${path}\``, LORA_KEYS)
  if (members === undefined) return undefined
  const scale = reader.scale(members.scale, `\`${path}.scale\``)
  const model = modelOf(reader, members, path)
  return model === undefined ? undefined : { ...model, ...(scale === undefined ? {} : { scale }) }
}

/** Some editors put it before UTF-8. */
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

function parse(given: Uint8Array): unknown {
  const isMarked = BYTE_ORDER_MARK.equals(given.subarray(0, BYTE_ORDER_MARK.length))
  const bytes = isMarked ? given.subarray(BYTE_ORDER_MARK.length) : given
  const strict = parseStrictJson(bytes, LIMITS)
  const text = new TextDecoder().decode(bytes)
  if (strict.ok) return JSON.parse(text, keepText)
  throw new R3mesError('INPUT_INVALID', `The request cannot be used: ${strict.why}. Correct it.`, {
    detail: whyNoJson(text),
  })
}

/** What the parser stumbled over. */
function whyNoJson(text: string): string {
  try {
    JSON.parse(text)
    return ''
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : ''
  }
}

/**
 * Reads a request: `{"checkpoint": {"name", "url", "hash"}, "loras": [{"name", "url", "scale", "hash"}], "embeddings": […],
 * "prompt": "…"}`, each part optional, in UTF-8, at most 1 MiB. Scales come back as they are written.
 *
 * Names, URLs and hashes are texts here; what they say is checked when the models are brought.
 *
 * @throws R3mesError `INPUT_INVALID` with all problems: unknown and repeated keys, wrong types by their path
 */
export function parseVolumeRequest(bytes: Uint8Array): VolumeRequest {
  const value = parse(bytes)
  const reader = new Reader()
  const members = reader.object(value, 'The request', REQUEST_KEYS) ?? {}
  const loras = reader.list(members.loras, '`loras`')
  const embeddings = reader.list(members.embeddings, '`embeddings`')
  const request = {
    checkpoint:
      members.checkpoint === undefined || members.checkpoint === null
        ? null
        : readModel(reader, members.checkpoint, 'checkpoint'),
    loras: loras.map((lora, index) => readLora(reader, lora, `loras[${index}]`)),
    embeddings: embeddings.map((model, index) => readModel(reader, model, `embeddings[${index}]`)),
    prompt: reader.textOrNone(members.prompt, '`prompt`') ?? null,
  }
  if (reader.problems.length > 0) throw R3mesError.from(reader.problems)
  // Without problems there is every model.
  return request as VolumeRequest
}
