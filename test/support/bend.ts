/** Small changes to data, chosen by dice, for tests that nothing bent is believed. The same dice make the same change. */

/** Numbers from 0 to 2^31−1. Sixteen are enough for two changes. */
export type Dice = readonly number[]

class Throws {
  #at = 0
  readonly #dice: Dice

  constructor(dice: Dice) {
    this.#dice = dice
  }

  /** 0 to `limit` − 1 */
  below(limit: number): number {
    const thrown = this.#dice[this.#at % this.#dice.length] ?? 0
    this.#at += 1
    return thrown % limit
  }

  oneOf<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0]
  }
}

type Path = readonly (string | number)[]
type Change = (old: unknown, throws: Throws, all: () => unknown) => unknown

/** In place of a value: it was taken out. */
const GONE = Symbol('gone')

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  )
}

/** The paths of everything inside a value, the value itself included. */
function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : isRecord(value)
      ? Object.entries(value)
      : []
  return [path, ...entries.flatMap(([key, inner]) => pathsIn(inner, [...path, key]))]
}

function valueAt(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return value
  if (Array.isArray(value)) return valueAt(value[Number(key)], rest)
  return isRecord(value) ? valueAt(value[key], rest) : undefined
}

function replaceAt(value: unknown, [key, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value)
  if (Array.isArray(value)) {
    return value
      .map((entry, index) => (index === key ? replaceAt(entry, rest, change) : entry))
      .filter((entry) => entry !== GONE)
  }
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(
    ([name, entry]) => [name, name === key ? replaceAt(entry, rest, change) : entry] as const,
  )
  return Object.fromEntries(entries.filter(([, entry]) => entry !== GONE))
}

/** Changes one or two places of a value. */
function bend(value: unknown, dice: Dice, change: Change): unknown {
  const throws = new Throws(dice)
  let bent = value
  for (let left = throws.oneOf([1, 1, 2]); left > 0; left -= 1) {
    const paths = pathsIn(bent).slice(1)
    const path = paths[throws.below(paths.length)] ?? []
    const whole = bent
    const other = () => valueAt(whole, paths[throws.below(paths.length)] ?? [])
    bent = replaceAt(bent, path, (old) => change(old, throws, other))
  }
  return bent
}

function bendCharacters(text: string, throws: Throws): string {
  const at = throws.below(text.length + 1)
  const character = throws.oneOf([...'0123456789abcdefABCDEF+/=-.:TZ"{}[],n \u0000é'] as [
    string,
    ...string[],
  ])
  return throws.oneOf([
    text.slice(0, at) + character + text.slice(at + 1),
    text.slice(0, at) + character + text.slice(at),
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + text.slice(at, at + 4) + text.slice(at),
  ])
}

function bendArray(list: readonly unknown[], throws: Throws): readonly unknown[] {
  const [at, to] = [throws.below(list.length + 1), throws.below(list.length + 1)]
  const swapped = list.with(Math.min(at, list.length - 1), list[Math.min(to, list.length - 1)])
  return throws.oneOf([
    list.slice(0, at),
    list.slice(at),
    [...list, ...list.slice(at, at + 1)],
    [...list.slice(0, at), ...list.slice(at, at + 1), ...list.slice(at)],
    list.toReversed(),
    list.length === 0
      ? list
      : swapped.with(Math.min(to, list.length - 1), list[Math.min(at, list.length - 1)]),
  ])
}

const changeJson: Change = (old, throws, other) => {
  const anything: Change = () =>
    throws.oneOf<unknown>([
      GONE,
      null,
      '',
      '0',
      '-1',
      0,
      -1,
      1.5,
      true,
      [],
      {},
      '9223372036854775808',
      'AA==',
      '00',
    ])
  const sameKind: Change = () => {
    if (typeof old === 'string') return bendCharacters(old, throws)
    if (typeof old === 'number') return throws.oneOf([old + 1, old - 1, -old, old * 2 ** 32])
    return Array.isArray(old) && old.length > 0 ? bendArray(old, throws) : anything(old, throws, other)
  }
  return throws.oneOf<Change>([sameKind, sameKind, sameKind, anything, () => other()])(old, throws, other)
}

/** A JSON value with one or two fields changed, removed, or replaced by others of it. */
export function bendJson<T>(value: T, dice: Dice): T {
  return bend(value, dice, changeJson) as T
}

/** JSON texts of which one had some characters changed; undefined where the text is no JSON any more. */
export function bendText(texts: readonly string[], dice: Dice): readonly unknown[] {
  const throws = new Throws(dice)
  const target = throws.below(texts.length)
  return texts.map((text, index) => {
    try {
      return JSON.parse(index === target ? bendCharacters(text, throws) : text)
    } catch {
      return undefined
    }
  })
}

function bendBytes(bytes: Uint8Array, throws: Throws): Uint8Array {
  const at = throws.below(Math.max(bytes.length, 1))
  const byte = throws.below(256)
  return throws.oneOf([
    bytes.map((old, index) => (index === at ? old ^ (1 << (byte % 8)) : old)),
    bytes.map((old, index) => (index === at ? byte : old)),
    bytes.toReversed(),
    bytes.slice(0, at),
    new Uint8Array([...bytes, byte]),
    new Uint8Array(bytes.length),
  ])
}

const changeInKind: Change = (old, throws, other) => {
  if (old instanceof Uint8Array) {
    const another = other()
    return another instanceof Uint8Array && throws.below(4) === 0 ? another : bendBytes(old, throws)
  }
  if (typeof old === 'bigint')
    return throws.oneOf([old + 1n, old > 0n ? old - 1n : 1n, 0n, old * 2n, 2n ** 62n])
  if (typeof old === 'number') return throws.oneOf([old + 1, Math.max(old - 1, 0), 0, 300])
  if (typeof old === 'string') return bendCharacters(old, throws)
  return Array.isArray(old) && old.length > 0 ? bendArray(old, throws) : old
}

/** Typed data with one or two fields changed to others of the same type. */
export function bendValue<T>(value: T, dice: Dice): T {
  return bend(value, dice, changeInKind) as T
}
