/** What the commands say of files of a store that were checked. */
import { sep } from 'node:path'
import { R3mesError, sanitiseLine } from '../core/index.ts'
import { formatDuration, formatSize } from '../ensure/index.ts'
import { type Approval, FILE_STATES, type FileVerdict, type StoreVerdict } from '../upkeep/index.ts'

/** Characters of a path that are shown. */
export const MOST_PATH = 2000

/** A path as people know it: from the store's home on, or as it is when it lies elsewhere. */
export function shownPath(home: string, path: string): string {
  return path.startsWith(home) && path[home.length] === sep ? path.slice(home.length + 1) : path
}

/** `ok          models/v1.0.0/model.gguf`, and for what is not ok a second line that says why. */
export function verdictLines(home: string, found: FileVerdict): readonly string[] {
  const { state, path, reason, keptAs, usedBy, checkedAt } = found
  // Foreign files may have names that look like a line of their own.
  const line = `${state.padEnd(12)}${sanitiseLine(shownPath(home, path), MOST_PATH)}`
  if (checkedAt !== undefined) return [`${line}, checked ${checkedAt.toISOString().slice(0, 16)}Z`]
  if (reason === undefined) return [line]
  const kept = keptAs === undefined ? '' : ` Kept as ${shownPath(home, keptAs)}.`
  const users = usedBy.length === 0 ? '' : ` It was in use by ${usedBy.join(', ')}.`
  return [line, sanitiseLine(`            ${reason}${kept}${users}`, 2 * MOST_PATH)]
}

/** `5 files, 201 MB in 0.3 s: 3 ok, 1 missing, 1 corrupt.` */
export function countsLine({ files, counts, bytes, milliseconds }: StoreVerdict): string {
  const parts = FILE_STATES.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${state}`)
  const what = `${files.length} ${files.length === 1 ? 'file' : 'files'}`
  const hashed = `${formatSize(bytes)} hashed in ${formatDuration(milliseconds)}`
  return `${what}, ${hashed}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}.`
}

/** Whether the artifacts are approved now, in one line. */
export function approvalsLine({ artifacts }: StoreVerdict, wasAsked: boolean): string {
  if (!wasAsked) return 'Approvals: not asked. Name `rpc-urls` or a lockfile to have them asked.'
  const approved = artifacts.filter(({ approval }) => approval.state === 'approved').length
  const unheard = firstReason(artifacts, 'unknown')
  const rest = unheard === undefined ? '' : ` Not all could be asked: ${unheard.code}: ${unheard.message}`
  return `Approvals: ${approved} of ${artifacts.length} artifacts are approved now.${rest}`
}

function firstReason(
  artifacts: StoreVerdict['artifacts'],
  state: Exclude<Approval['state'], 'approved'>,
): R3mesError | undefined {
  for (const { approval } of artifacts) {
    if (approval.state === state && approval.reason !== undefined) return approval.reason
  }
  return undefined
}

/** Why a check ends with an exit code other than 0; undefined when all is well. What is foreign does no harm. */
export function failureOf({ counts, artifacts }: StoreVerdict): R3mesError | undefined {
  const broken = counts.corrupt + counts.missing
  if (broken > 0) {
    const what = broken === 1 ? '1 file is' : `${broken} files are`
    return new R3mesError(
      'STORE_CORRUPT',
      `${what} corrupt or missing. Nothing corrupt is used any more. Run \`r3mes repair\` to fetch them again.`,
    )
  }
  return firstReason(artifacts, 'unapproved') ?? firstReason(artifacts, 'unknown')
}

/** One file as JSON. */
export function jsonOfFile(found: FileVerdict): unknown {
  const { artifact } = found
  return {
    state: found.state,
    path: found.path,
    sha256: found.sha256 ?? null,
    size: found.size,
    artifact: artifact === undefined ? null : { kind: artifact.kind, id: artifact.id },
    'checked-at': found.checkedAt?.toISOString() ?? null,
    reason: found.reason ?? '',
    'kept-as': found.keptAs ?? null,
    'used-by': found.usedBy,
  }
}

/** A whole check as JSON. */
export function jsonOfVerdict(found: StoreVerdict, wasAsked: boolean): Readonly<Record<string, unknown>> {
  const error = failureOf(found)
  return {
    success: error === undefined,
    counts: found.counts,
    bytes: found.bytes,
    milliseconds: found.milliseconds,
    artifacts: found.artifacts.map(({ artifact: { kind, id, version, digest, path }, approval }) => ({
      kind,
      id,
      version,
      digest,
      path,
      approval: wasAsked ? approval.state : 'not asked',
    })),
    files: found.files.map(jsonOfFile),
    'error-code': error?.code ?? '',
    'error-message': error?.message ?? '',
  }
}
