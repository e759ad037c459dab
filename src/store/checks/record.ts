/**
 * What is written down of a check: which file it was, exactly, whose every byte was hashed. Pure.
 *
 * A file that any program wrote to since has another time of change (ctime), which no call can set. Writing to a disk itself,
 * root with a clock that was set back, or whoever writes such a record himself can deceive it: that is what
 * `verify: changed` accepts.
 */
import type { Sha256Hex } from '../../core/index.ts'
import { type Identity, sameIdentity, sameInode } from '../disk.ts'

/** What has to stay the same for an earlier check to count. */
export interface ExactIdentity extends Identity {
  readonly ctimeNs: bigint
}

export interface RecordedCheck extends ExactIdentity {
  /** When its last byte had been hashed. Milliseconds since the epoch. */
  readonly checkedAt: number
}

/** Copies of one blob that are remembered, the newest ones. */
const MOST_CHECKS = 32
const NUMBERS = ['dev', 'ino', 'size', 'mtime_ns', 'ctime_ns'] as const

export function sameExactly(one: ExactIdentity, other: ExactIdentity): boolean {
  return sameIdentity(one, other) && one.ctimeNs === other.ctimeNs
}

export function exactIdentity({ dev, ino, size, mtimeNs, ctimeNs }: ExactIdentity): ExactIdentity {
  return { dev, ino, size, mtimeNs, ctimeNs }
}

/** The checks with one more, which stands for what was known of the same file. */
export function withCheck(checks: readonly RecordedCheck[], check: RecordedCheck): readonly RecordedCheck[] {
  const others = checks.filter((known) => !sameInode(known, check))
  return [...others, check].sort((one, other) => one.checkedAt - other.checkedAt).slice(-MOST_CHECKS)
}

export function formatChecks(sha256: Sha256Hex, checks: readonly RecordedCheck[]): string {
  const written = checks.map((check) => ({
    dev: `${check.dev}`,
    ino: `${check.ino}`,
    size: `${check.size}`,
    mtime_ns: `${check.mtimeNs}`,
    ctime_ns: `${check.ctimeNs}`,
    checked_at: check.checkedAt / 1000,
  }))
  return `${JSON.stringify({ version: 1, sha256, checks: written })}\n`
}

/** What cannot be read is no check. */
export function parseChecks(sha256: Sha256Hex, json: string): readonly RecordedCheck[] {
  let root: unknown
  try {
    root = JSON.parse(json)
  } catch {
    return []
  }
  if (typeof root !== 'object' || root === null || !('checks' in root) || !Array.isArray(root.checks))
    return []
  if (!('version' in root) || root.version !== 1 || !('sha256' in root) || root.sha256 !== sha256) return []
  return root.checks.map(readCheck).filter((check) => check !== undefined)
}

function readCheck(value: unknown): RecordedCheck | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const fields: Readonly<Record<string, unknown>> = { ...value }
  const checkedAt = fields['checked_at']
  if (typeof checkedAt !== 'number' || !Number.isFinite(checkedAt)) return undefined
  const [dev, ino, size, mtimeNs, ctimeNs] = NUMBERS.map((name) => integer(fields[name]))
  if (dev === undefined || ino === undefined || size === undefined) return undefined
  if (mtimeNs === undefined || ctimeNs === undefined) return undefined
  return { dev, ino, size, mtimeNs, ctimeNs, checkedAt: checkedAt * 1000 }
}

function integer(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^-?[0-9]{1,20}$/.test(value) ? BigInt(value) : undefined
}
