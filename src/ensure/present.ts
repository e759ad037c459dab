/** What the faces print: the same sentences in a log and on a terminal. */
import { type R3mesError, sanitiseText } from '../core/index.ts'
import type { ArtifactReport, EnsureResult, FileReport, PlannedReport, Provider } from './types.ts'
import { formatDuration, formatSize } from './units.ts'

/** Bytes of all files of an artifact. */
export function artifactSize(artifact: ArtifactReport): number {
  return artifact.files.reduce((sum, file) => sum + file.size, 0)
}

/** Providers of an artifact's files, each once: `huggingface`, `store`, `cache + http`. */
export function artifactProviders(artifact: ArtifactReport): string {
  return [...new Set(artifact.files.map((file) => file.from))].join(' + ')
}

const CHANGE: Readonly<Record<ArtifactReport['change'], string>> = {
  unchanged: 'was in place, every byte checked again',
  created: 'put in place',
  beside: 'put beside, its own place holds other content',
  repaired: 'was damaged, repaired',
  replaced: 'put in place of an older one that nobody else used',
}

/** `model 1.0.0 2.10 MB (huggingface): put in place at /home/…/v1.0.0` */
export function describeArtifact(artifact: ArtifactReport): string {
  const size = formatSize(artifactSize(artifact))
  const isUnchanged = artifact.change === 'unchanged' && artifact.files.some(isHashedEarlier)
  const change = isUnchanged ? 'was in place, unchanged since it was checked' : CHANGE[artifact.change]
  return `${describeName(artifact)}, ${size} from ${artifactProviders(artifact)}: ${change}, ${artifact.path}`
}

function isHashedEarlier({ checkedAt }: FileReport): boolean {
  return checkedAt !== undefined
}

/** What a source, the store or the cache gave of the artifacts that are in place. */
export interface ProviderShare {
  readonly from: Provider
  readonly files: number
  readonly bytes: number
}

/** Shares of all providers, the largest first. */
export function providerShares(result: EnsureResult): readonly ProviderShare[] {
  const shares = new Map<Provider, ProviderShare>()
  for (const { from, size } of result.artifacts.flatMap((artifact) => artifact.files)) {
    const { files, bytes } = shares.get(from) ?? { files: 0, bytes: 0 }
    shares.set(from, { from, files: files + 1, bytes: bytes + size })
  }
  return [...shares.values()].sort((a, b) => b.bytes - a.bytes)
}

/** `201 MB in 1.2 s, 168 MB/s: huggingface 201 MB (4 files)` */
export function describeDownload(result: EnsureResult): string {
  const { bytesDownloaded: bytes, phases } = result
  if (bytes === 0) return formatSize(bytes)
  const time = phases.transfer ?? 0
  const speed = time === 0 ? '' : ` in ${formatDuration(time)}, ${formatSize((bytes * 1000) / time)}/s`
  const files = new Map<string, number>(providerShares(result).map((share) => [share.from, share.files]))
  const shares = Object.entries(result.bytesBySource)
    .sort(([, one], [, other]) => other - one)
    .map(([source, share]) => `${source} ${formatSize(share)} (${count(files.get(source) ?? 0, 'file')})`)
  return `${formatSize(bytes)}${speed}${shares.length === 0 ? '' : `: ${shares.join(', ')}`}`
}

export function describePlanned(artifact: PlannedReport): string {
  const size = artifact.size === undefined ? '' : `, ${formatSize(artifact.size)}`
  return `${describeName(artifact)}${size}, ${artifact.digest}`
}

function describeName(artifact: { kind: string; id: string; version: string }): string {
  const version = artifact.version === '' || artifact.kind === 'model' ? '' : ` ${artifact.version}`
  return `${artifact.kind} ${artifact.id}${version}`
}

/** A failure in lines: every problem with its code, then what hosts or the system said. */
export function describeError(error: R3mesError): string[] {
  const problems = error.problems.length > 0 ? error.problems : [error]
  return problems.flatMap((problem) => [
    `${problem.code}: ${problem.message}`,
    ...(problem.detail === undefined
      ? []
      : sanitiseText(problem.detail)
          .split('\n')
          .map((line) => `  ${line}`)),
  ])
}

/** One sentence that says how the run ended. */
export function describeOutcome(result: EnsureResult): string {
  if (result.interrupted) return 'Stopped by a signal. What this run had put in place was taken back.'
  if (result.error !== undefined) return `Failed: ${result.error.code}.`
  if (result.planOnly)
    return `Checked, nothing fetched: ${count(result.planned.length, 'artifact')} approved.`
  const files = result.artifacts.flatMap((artifact) => artifact.files)
  const bytes = formatSize(files.reduce((sum, file) => sum + file.size, 0))
  const fetched =
    result.bytesDownloaded === 0
      ? 'nothing was downloaded'
      : `${formatSize(result.bytesDownloaded)} were downloaded`
  return `${count(result.artifacts.length, 'artifact')}, ${count(files.length, 'file')}, ${bytes} in place. ${howChecked(files)}, ${fetched}.`
}

function howChecked(files: readonly FileReport[]): string {
  const earlier = files.filter(isHashedEarlier).length
  if (earlier === 0) return 'Every byte was checked'
  if (earlier === files.length) return 'Nothing changed since earlier runs checked it'
  return `${count(earlier, 'file')} did not change since earlier runs checked it, every byte of the others was checked`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
