/** The forms that typed values come in. Each reader throws `INPUT_INVALID` and names the input. */
import { homedir, userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { didYouMeanValue, R3mesError } from '../core/index.ts'
import { formatPeriod, isZeroDuration, parseDuration } from './units.ts'

/** @throws R3mesError `INPUT_INVALID`, always */
export function fail(message: string, detail?: string): never {
  throw new R3mesError('INPUT_INVALID', message, detail === undefined ? {} : { detail })
}

/** Splits a list input: one entry a line, blank lines dropped. */
export function lines(text: string): string[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** An empty HOME, as some containers have it, counts as none: then the system's user database knows. */
function userHome(what: string): string {
  const folder = homedir() || userInfo().homedir
  if (isAbsolute(folder)) return folder
  return fail(
    `\`${what}\` begins with \`~\`, but HOME is no absolute path. Set HOME, or write an absolute path.`,
  )
}

/** `~` and `~/…` are the user's home; relative paths start at the working directory. */
export function expandPath(text: string, what: string): string {
  if (text.includes('\0')) fail(`\`${what}\` holds a NUL character. Write a plain path.`)
  if (text === '~' || /^~[/\\]/.test(text)) return join(userHome(what), text.slice(2))
  if (text.startsWith('~')) fail(`\`${what}\` names another user's home. Write an absolute path.`)
  return resolve(text)
}

export function oneOf<T extends string>(text: string, values: readonly T[], what: string): T {
  const found = values.find((value) => value === text)
  return (
    found ?? fail(`\`${what}\` must be one of ${values.join(', ')}.${didYouMeanValue(text, values)}`, text)
  )
}

/** `true` or `false` in one of the three spellings that YAML knows; undefined for any other text. */
export function flagOf(text: string): boolean | undefined {
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  return undefined
}

export function flag(text: string, what: string): boolean {
  return flagOf(text) ?? fail(`\`${what}\` must be true or false.`, text)
}

export function integer(text: string, least: number, most: number, what: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  return value >= least && value <= most
    ? value
    : fail(`\`${what}\` must be a whole number from ${least} to ${most}.`, text)
}

/** Milliseconds of a text such as `14d` or `1h30m`, within limits given in milliseconds. */
export function duration(text: string, least: number, most: number, what: string): number {
  const value = isZeroDuration(text) ? 0 : parseDuration(text)
  if (value === undefined) return fail(`\`${what}\` must be a duration such as 14d, 336h or 1h30m.`, text)
  if (value >= least && value <= most) return value
  return fail(`\`${what}\` must lie between ${formatPeriod(least)} and ${formatPeriod(most)}.`, text)
}

export function webUrl(text: string, what: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return fail(`\`${what}\` needs URLs that start with https:// or http://.`, text)
  }
  if (url.username !== '' || url.password !== '') {
    return fail(`\`${what}\` holds a user name or password. Take it out of the URL.`)
  }
  return url
}

/** A token for a header. What is none is never shown. */
export function token(text: string, what: string): string | undefined {
  if (/^[\x21-\x7e]*$/.test(text)) return text === '' ? undefined : text
  return fail(
    `\`${what}\` holds a space, a line break or another character that no token has. Write the token alone.`,
  )
}

/** The lines of a list, each one checked. */
export function checkedLines(text: string, check: (line: string) => unknown): string[] {
  const entries = lines(text)
  for (const entry of entries) check(entry)
  return entries
}
