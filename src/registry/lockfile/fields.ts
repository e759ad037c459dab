/**
 * Reading the fields of a lockfile. Each reader names the field in its complaint by its path, which is made of our own names and
 * of numbers; what stands in the field goes to the detail.
 */
import { R3mesError } from '../../core/index.ts'
import { MAX_TEXT } from '../limits.ts'

/** A value of the document, and where it stands: `artifacts[3].digest`. */
export interface Field {
  readonly path: string
  readonly value: unknown
}

type Members<K extends string> = Readonly<Record<K, Field>>

const MAX_HEIGHT = 2n ** 63n - 1n
const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/

export function lockInvalid(what: string, detail?: string): R3mesError {
  return new R3mesError(
    'LOCK_INVALID',
    `The lockfile cannot be used: ${what}. Restore it from version control, or delete it and write it again with \`r3mes lock\`.`,
    detail === undefined ? {} : { detail },
  )
}

/** The complaint about one field. */
export function wrongField(field: Field, why: string): R3mesError {
  const shown = JSON.stringify(field.value)?.slice(0, 500)
  return lockInvalid(`\`${field.path}\` ${why}`, shown)
}

/** The members of an object that has exactly these keys. */
export function membersOf<K extends string>(field: Field, keys: readonly K[]): Members<K> {
  const { path, value } = field
  const where = path === '' ? 'it' : `\`${path}\``
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw lockInvalid(`${where} is no object`)
  }
  const found = new Map<string, unknown>(Object.entries(value))
  const missing = keys.find((key) => !found.has(key))
  if (missing !== undefined) throw lockInvalid(`${where} lacks \`${missing}\``)
  const unknown = [...found.keys()].find((key) => !keys.some((known) => known === key))
  if (unknown !== undefined) throw lockInvalid(`${where} has a key that is not known here`, unknown)
  const at = (key: K): Field => ({ path: path === '' ? key : `${path}.${key}`, value: found.get(key) })
  return Object.fromEntries(keys.map((key) => [key, at(key)])) as Members<K>
}

/** The elements of an array of at most `limit`. */
export function elementsOf(field: Field, limit: number): readonly Field[] {
  const { path, value } = field
  if (!Array.isArray(value)) throw wrongField(field, 'is no array')
  if (value.length > limit) {
    throw lockInvalid(`\`${path}\` has ${value.length} entries, and ${limit} are the most`)
  }
  return value.map((element: unknown, index) => ({ path: `${path}[${index}]`, value: element }))
}

export function textOf(field: Field, limit = MAX_TEXT): string {
  const { value } = field
  if (typeof value !== 'string') throw wrongField(field, 'is no text')
  if (value.length > limit) throw wrongField(field, `is longer than ${limit} characters`)
  if (!value.isWellFormed()) throw wrongField(field, 'is no valid Unicode')
  return value
}

export function textMatching(field: Field, form: RegExp, what: string): string {
  const text = textOf(field)
  if (!form.test(text)) throw wrongField(field, `is not ${what}`)
  return text
}

export function textsOf(field: Field, most: number, limit: number): readonly string[] {
  return elementsOf(field, most).map((element) => textOf(element, limit))
}

export function oneOf<V extends string | number>(field: Field, values: readonly V[]): V {
  const found = values.find((value) => value === field.value)
  if (found === undefined) throw wrongField(field, `is not ${values.join(' or ')}`)
  return found
}

export function booleanOf(field: Field): boolean {
  if (typeof field.value !== 'boolean') throw wrongField(field, 'is neither true nor false')
  return field.value
}

/** A whole number that JSON carries exactly. */
export function integerOf(field: Field, least: number): number {
  const { value } = field
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw wrongField(field, `is no whole number of at least ${least}`)
  }
  return value
}

/** Decimal text, since such numbers have up to 64 bits. */
export function decimalOf(field: Field, most: bigint): bigint {
  const text = textOf(field)
  if (!DECIMAL.test(text)) throw wrongField(field, 'is no decimal number in quotes')
  const number = BigInt(text)
  if (number > most) throw wrongField(field, `is larger than ${most}`)
  return number
}

export function heightOf(field: Field): bigint {
  return decimalOf(field, MAX_HEIGHT)
}

/** What `read` makes of the field; undefined for null. */
export function optional<R>(field: Field, read: (field: Field) => R): R | undefined {
  return field.value === null ? undefined : read(field)
}
