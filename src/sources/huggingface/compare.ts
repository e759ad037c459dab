/** The hub's list of an artifact's files against what was approved. Pure. */
import { type Expected, R3mesError } from '../../core/index.ts'
import type { Listing } from './tree.ts'

/** What a list says about an artifact. */
export interface Comparison {
  /** Set: the hub has something else under the artifact's names. */
  readonly mismatch: R3mesError | undefined
  /** The first differences, one line for each. Text from a record. */
  readonly differences: readonly string[]
  /** Paths that the hub does not have. */
  readonly missing: ReadonlySet<string>
}

/** How many differences are told one by one. */
const TOLD = 10

/**
 * @param wanted the files by their path on the hub
 * @param where the repository, for `detail`
 */
export function compareListing(
  wanted: ReadonlyMap<string, Expected>,
  listing: Listing,
  where: string,
): Comparison {
  const differences: string[] = []
  const missing = new Set<string>()
  let wrongDigests = 0
  for (const [path, { sha256, size }] of wanted) {
    const listed = listing.files.get(path)
    if (listed === undefined) {
      if (listing.complete) missing.add(path)
    } else if (listed.sha256 !== undefined && listed.sha256 !== sha256) {
      wrongDigests += 1
      differences.push(`${path}: SHA-256 ${listed.sha256}, approved ${sha256}`)
    } else if (size !== undefined && listed.size !== size) {
      differences.push(`${path}: ${listed.size} bytes, approved ${size}`)
    }
  }
  const mismatch =
    differences.length === 0
      ? undefined
      : new R3mesError(
          wrongDigests > 0 ? 'DIGEST_MISMATCH' : 'SIZE_MISMATCH',
          `The HuggingFace hub lists ${differences.length} of ${wanted.size} files of this artifact with ${wrongDigests > 0 ? 'another SHA-256 or size' : 'another size'} than was approved. Not a byte of the artifact was asked for there. Another source has to have the approved files, or the record has to name the revision that has them.`,
          { detail: where },
        )
  return { mismatch, differences: differences.slice(0, TOLD), missing }
}

/** The error for a file that a complete list does not name. */
export function notListed(path: string, where: string): R3mesError {
  return new R3mesError(
    'SOURCES_EXHAUSTED',
    'The HuggingFace hub does not list this file. Another source has to have it.',
    { detail: `${where}: ${path}` },
  )
}
