import { sanitiseHtml } from '../core/index.ts'
import {
  type ArtifactReport,
  artifactProviders,
  artifactSize,
  describeDownload,
  describeError,
  describeOutcome,
  type EnsureResult,
  type FailureReport,
  formatDuration,
  formatSize,
  type PlannedReport,
} from '../ensure/index.ts'
import { code, list, table } from './summary-parts.ts'
import { offerSection, trustWords } from './summary-trust.ts'

/** Milliseconds. */
const LEAST_WAIT_MS = 100

const CACHE_WORDS: Readonly<Record<EnsureResult['cacheStatus'], string>> = {
  hit: 'everything that was fetched came from it',
  partial: 'some files came from it',
  miss: 'it had none of the files',
  unused: 'not needed',
  denied: 'it refused this run',
  unavailable: 'there is none here',
  full: 'it is full, nothing was saved',
  'rate-limited': 'it asked to come back later',
  disabled: 'switched off',
}

const CHANGE_WORDS: Readonly<Record<ArtifactReport['change'], string>> = {
  unchanged: 'in place',
  created: 'new',
  beside: 'beside other content',
  repaired: 'repaired',
  replaced: 'replaced an older one',
}

/** `sha256:0123456789ab…`; the whole digest is the tooltip. */
function shortDigest(digest: string): string {
  const [kind, hex] = digest.split(':')
  const short = hex === undefined ? digest.slice(0, 16) : `${kind}:${hex.slice(0, 12)}`
  return `<code title="${sanitiseHtml(digest)}">${sanitiseHtml(short)}…</code>`
}

function versionOf(artifact: { kind: string; id: string; version: string }): string {
  return sanitiseHtml(artifact.version === '' ? '–' : artifact.version)
}

function artifactRow(artifact: ArtifactReport): string[] {
  const time = artifact.files.reduce((longest, file) => Math.max(longest, file.milliseconds), 0)
  return [
    artifact.kind,
    code(artifact.id),
    versionOf(artifact),
    shortDigest(artifact.digest),
    formatSize(artifactSize(artifact)),
    artifactProviders(artifact),
    formatDuration(time),
    String(artifact.approvedAtHeight),
    CHANGE_WORDS[artifact.change],
  ]
}

function plannedRow(artifact: PlannedReport): string[] {
  return [
    artifact.kind,
    code(artifact.id),
    versionOf(artifact),
    shortDigest(artifact.digest),
    artifact.size === undefined ? '–' : formatSize(artifact.size),
  ]
}

function failureRow(failure: FailureReport): string[] {
  return [
    sanitiseHtml(failure.subject),
    sanitiseHtml(failure.source),
    code(failure.origin),
    code(failure.code),
    sanitiseHtml(failure.reason, 200),
  ]
}

const PHASE_WORDS: readonly (readonly [keyof EnsureResult['phases'], string])[] = [
  ['approvals', 'approvals'],
  ['plan', 'plan'],
  ['store', 'verifying what was in the store'],
  ['transfer', 'transfer, verified on the way'],
  ['promote', 'putting in place'],
  ['cache', 'saving to the Actions cache'],
]

function times(phases: EnsureResult['phases']): string {
  const named = PHASE_WORDS.flatMap(([phase, words]) => {
    const milliseconds = phases[phase]
    return milliseconds === undefined ? [] : [{ words, milliseconds }]
  })
  const total = named.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  const each = named.map(({ words, milliseconds }) => `${words} ${formatDuration(milliseconds)}`).join('; ')
  return each === '' ? formatDuration(total) : `${formatDuration(total)} (${each})`
}

/** Only where it would be missed: what a claim itself takes is nothing that anybody waits for. */
function waitedFor({ waited }: EnsureResult): string {
  return waited < LEAST_WAIT_MS
    ? ''
    : `; of that, ${formatDuration(waited)} until other jobs had fetched the same files`
}

function facts(result: EnsureResult): string {
  const rows: [string, string][] = [
    [
      'Registry',
      result.height === undefined
        ? 'not read'
        : `${code(result.chainId)} at height <b>${result.height}</b> from ${code(result.endpoint ?? '')}`,
    ],
    ['Trust', trustWords(result)],
    ['Downloaded', sanitiseHtml(describeDownload(result))],
    ['Actions cache', `<code>${result.cacheStatus}</code>: ${CACHE_WORDS[result.cacheStatus]}`],
    ['Time', `${times(result.phases)}${waitedFor(result)}`],
    ['Store', `${code(result.home)}${result.jobLease === undefined ? '' : ', in use until the job ends'}`],
  ]
  if (result.forkEvidencePath !== undefined) rows.push(['Fork', code(result.forkEvidencePath)])
  if (result.receiptPath !== undefined) rows.push(['Receipt', code(result.receiptPath)])
  const images = result.artifacts.filter((artifact) => artifact.containerHash !== undefined)
  for (const model of images)
    rows.push(['Runtime image', `${code(model.containerHash ?? '')} (named, not fetched)`])
  return `<table>${rows.map(([name, value]) => `<tr><td>${name}</td><td>${value}</td></tr>`).join('')}</table>`
}

/**
 * The job summary as Markdown that holds HTML. Everything that came from a chain or a host is escaped.
 */
export function formatSummary(result: EnsureResult): string {
  const mark = result.success ? '✅' : result.interrupted ? '⏹️' : '❌'
  const parts = [`### ${mark} R3MES model store`, sanitiseHtml(describeOutcome(result))]
  if (result.error !== undefined) {
    const problems = result.error.problems.length > 0 ? result.error.problems : [result.error]
    parts.push(list(problems.flatMap((problem) => describeError(problem).slice(0, 1))))
  }
  if (result.artifacts.length > 0) {
    parts.push(
      table(
        ['what', 'id', 'version', 'digest', 'size', 'from', 'time', 'approved at height', 'place'],
        result.artifacts.map(artifactRow),
      ),
    )
  } else if (result.planned.length > 0) {
    parts.push(table(['what', 'id', 'version', 'digest', 'size'], result.planned.map(plannedRow)))
  }
  const said = [
    ...result.notices,
    ...result.datasetProblems.map((problem) => `${problem.code}: ${problem.message}`),
  ]
  if (said.length > 0) parts.push(list(said))
  parts.push(facts(result), ...offerSection(result))
  if (result.failures.length > 0) {
    const rows = table(['file', 'source', 'host', 'code', 'reason'], result.failures.map(failureRow))
    parts.push(`<details><summary>Places that failed: ${result.failures.length}</summary>${rows}</details>`)
  }
  return `${parts.join('\n\n')}\n`
}
