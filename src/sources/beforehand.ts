import { R3mesError } from '../core/index.ts'

/** Beside the errors instead of in them: only who looks for liars has to know. */
const saidBefore = new WeakSet<Error>()

/**
 * The error for a host that says by itself, before it sends a byte, that it has something else than what was approved.
 *
 * @param where what was asked for; text from a record
 */
export function saidBeforehand(
  code: 'DIGEST_MISMATCH' | 'SIZE_MISMATCH',
  message: string,
  where: string,
): R3mesError {
  const error = new R3mesError(code, message, { detail: where })
  saidBefore.add(error)
  return error
}

/** True for {@link saidBeforehand}: such a host is no liar. */
export function wasSaidBeforehand(error: Error): boolean {
  return saidBefore.has(error)
}
