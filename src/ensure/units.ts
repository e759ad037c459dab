/** Sizes and times as people write them. 1 kB is 1000 bytes, 1 KiB is 1024. */

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/** Bytes of `20GB`, `512 MiB` or `1048576`; undefined when the text is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)$/i.exec(text.trim())
  const unit = UNITS[match?.[2]?.toLowerCase() || 'b']
  if (match?.[1] === undefined || unit === undefined) return undefined
  const bytes = Math.floor(Number(match[1]) * unit)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/**
 * The same, but a number alone is none: who types `200` where room is meant thinks of gigabytes, and a store that is pruned to
 * 200 bytes is empty.
 */
export function parseSizeWithUnit(text: string): number | undefined {
  return /[a-z]\s*$/i.test(text) ? parseSize(text) : undefined
}

const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `2.1 MB`: three digits at most, decimal units. */
export function formatSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < DECIMAL.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : value >= 9.95 ? 1 : 2
  return `${value.toFixed(digits)} ${DECIMAL[unit]}`
}

/** `0.4 s`, `12 s`, `3 min 20 s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 119.5) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Milliseconds of `14d`, `336h`, `1h30m` or `90s`; undefined when the text is no such duration, or none at all. */
export function parseDuration(text: string): number | undefined {
  const match = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?$/.exec(text.trim())
  if (match === null) return undefined
  const [days, hours, minutes, seconds] = match.slice(1).map((digits) => Number(digits ?? 0))
  const total = (days ?? 0) * DAY + (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE + (seconds ?? 0) * SECOND
  return total > 0 ? total : undefined
}

/** Whether the text is a duration of nothing, such as `0d`, which no reader of durations takes. */
export function isZeroDuration(text: string): boolean {
  return /^(?:0+[dhms])+$/.test(text.trim())
}

const PERIODS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const

/** `14 days`, `36 hours`, `1 second`: whole units, rounded down, the largest that makes two or more of them. */
export function formatPeriod(milliseconds: number): string {
  const [name, unit] = PERIODS.find(([, size]) => milliseconds >= 2 * size) ?? ['second', SECOND]
  const number = Math.max(0, Math.floor(milliseconds / unit))
  return `${number} ${name}${number === 1 ? '' : 's'}`
}
