/**
 * Names that become file names on a user's disk. Every one comes from a request, a chain or a manifest, so it is an
 * attacker's until it passed here. The alphabet is ASCII: no look-alikes, no invisible characters, no normal forms.
 */
import { R3mesError } from './errors.ts'

declare const brand: unique symbol

/** An id or name that is safe as one path segment on Linux, macOS and Windows. */
export type SafeName = string & { readonly [brand]: 'SafeName' }

/** A relative path of safe segments joined by `/`. */
export type SafePath = string & { readonly [brand]: 'SafePath' }

const MAX_NAME = 128
const MAX_SEGMENT = 200
const MAX_PATH = 1024
/** Folders one in the other. A manifest of many deep paths would name more folders than memory holds. */
const MAX_SEGMENTS = 32
const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._+-]*$/
const SEGMENT = /^[A-Za-z0-9._+=@()-][A-Za-z0-9 ._+=@()-]*$/
const ENDS_BADLY = /[. ]$/
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9]) *(?:\.|$)/i

/** Why a text is no safe name, or undefined when it is one. */
function whyUnsafe(text: string, alphabet: RegExp, limit: number): string | undefined {
  if (text === '') return 'it is empty'
  if (text.length > limit) return `it is longer than ${limit} characters`
  if (!alphabet.test(text)) return 'it may hold only ASCII letters, digits and a few marks, and no separators'
  if (/^\.+$/.test(text)) return 'it consists of dots'
  if (ENDS_BADLY.test(text)) return 'it ends with a dot or a space'
  if (WINDOWS_DEVICE.test(text)) return 'it is a device name on Windows'
  return undefined
}

function unsafe(text: string, what: string, reason: string): R3mesError {
  return new R3mesError(
    'ID_UNSAFE',
    `The ${what} cannot be used as a file name: ${reason}. Correct it; if it stands in the registry, another one has to be approved.`,
    { detail: text },
  )
}

/**
 * An artifact id or name that will name a file or folder.
 *
 * @param what how the message calls it, in our own words: "adapter id"
 * @throws R3mesError `ID_UNSAFE`
 */
export function safeName(text: string, what: string): SafeName {
  const reason = whyUnsafe(text, NAME, MAX_NAME)
  if (reason !== undefined) throw unsafe(text, what, reason)
  return text as SafeName
}

export function isSafeName(text: string): text is SafeName {
  return whyUnsafe(text, NAME, MAX_NAME) === undefined
}

function whyUnsafePath(text: string): string | undefined {
  if (text.length > MAX_PATH) return `it is longer than ${MAX_PATH} characters`
  const segments = text.split('/')
  if (segments.length > MAX_SEGMENTS) return `it lies more than ${MAX_SEGMENTS - 1} folders deep`
  return segments
    .map((segment) => whyUnsafe(segment, SEGMENT, MAX_SEGMENT))
    .find((found) => found !== undefined)
}

/**
 * A relative path of a file inside an artifact: `/` between safe segments, none of them `.` or `..`.
 *
 * @throws R3mesError `ID_UNSAFE`
 */
export function safePath(text: string, what: string): SafePath {
  const reason = whyUnsafePath(text)
  if (reason !== undefined) throw unsafe(text, what, reason)
  return text as SafePath
}

const EXTENSION = /^.*[^/](\.[A-Za-z0-9_+-]{1,32})$/

/**
 * What an artifact of one file keeps of that file's name: `.safetensors`. Empty where the end of the name is unusual: it
 * stands behind the artifact's own name, which must stay a safe one, and without `@`.
 */
export function extensionOf(path: SafePath): string {
  return EXTENSION.exec(path)?.[1] ?? ''
}

/** The form in which two names are one on a file system that folds case. */
export function foldCase(name: string): string {
  return name.toLowerCase()
}
