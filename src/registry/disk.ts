/** Whether a run fits on the disk, decided before its first byte. */
import { R3mesError } from '../core/index.ts'
import type { ExpandedArtifact } from './types.ts'

/**
 * Bytes that artifacts still need, each file once. Where a missing file has no approved size, what the record claims for the
 * whole artifact counts.
 *
 * @param present SHA-256 of the files that the store holds already
 */
function bytesNeeded(artifacts: readonly ExpandedArtifact[], present: ReadonlySet<string>): bigint {
  const counted = new Set<string>(present)
  let total = 0n
  for (const artifact of artifacts) {
    let sized = 0n
    let hasUnsized = false
    for (const file of artifact.files) {
      if (counted.has(file.sha256)) continue
      counted.add(file.sha256)
      if (file.size === undefined) hasUnsized = true
      else sized += BigInt(file.size)
    }
    const claimed = hasUnsized ? BigInt(artifact.claimedDiskBytes ?? 0) : 0n
    total += claimed > sized ? claimed : sized
  }
  return total
}

/**
 * @param freeBytes what this user may still write
 * @returns `DISK_FULL` when the artifacts do not fit
 */
export function checkDisk(
  artifacts: readonly ExpandedArtifact[],
  present: ReadonlySet<string>,
  freeBytes: bigint,
): R3mesError | undefined {
  const needed = bytesNeeded(artifacts, present)
  if (needed <= freeBytes) return undefined
  return new R3mesError(
    'DISK_FULL',
    `The request needs ${needed} bytes, but only ${freeBytes} are free where the store lies. Free ${needed - freeBytes} bytes, or set \`home\` to a larger disk.`,
  )
}
