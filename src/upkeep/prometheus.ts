/**
 * The text format of Prometheus, version 0.0.4, as its textfile collector reads it:
 * https://prometheus.io/docs/instrumenting/exposition_formats/. Base units: bytes, seconds.
 */
import { sanitiseLine } from '../core/index.ts'
import { AGES, type StoreStats } from './stats.ts'

type Labels = Readonly<Record<string, string>>

interface Sample {
  /** Behind the family's name: `_bucket`. */
  readonly suffix?: string
  readonly labels?: Labels
  readonly value: number
}

interface Family {
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'histogram'
  readonly help: string
  readonly samples: readonly Sample[]
}

/** The numbers as one text. Families without a sample are left out. Pure. */
export function formatPrometheus(stats: StoreStats): string {
  return familiesOf(stats)
    .filter(({ samples }) => samples.length > 0)
    .map(formatFamily)
    .join('')
}

function formatFamily({ name, type, help, samples }: Family): string {
  const lines = samples.map(
    ({ suffix = '', labels = {}, value }) => `${name}${suffix}${formatLabels(labels)} ${formatValue(value)}`,
  )
  return `${[`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...lines].join('\n')}\n`
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

/** Label values are anybody's text: no control character reaches a terminal or a dashboard either. */
function escapeLabel(value: string): string {
  return sanitiseLine(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

/** As Go reads floats. */
function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

function familiesOf(stats: StoreStats): readonly Family[] {
  return [...contentFamilies(stats), ...useFamilies(stats), ...counterFamilies(stats)]
}

function gauge(name: string, help: string, value: number): Family {
  return { name, type: 'gauge', help, samples: [{ value }] }
}

function contentFamilies({
  kinds,
  blobs,
  quarantine,
  allocated,
  saved,
  disk,
}: StoreStats): readonly Family[] {
  const ofKinds = (pick: 'count' | 'bytes'): readonly Sample[] =>
    Object.entries(kinds).map(([kind, counted]) => ({ labels: { kind }, value: counted[pick] }))
  return [
    {
      name: 'r3mes_store_artifacts',
      type: 'gauge',
      help: 'Artifacts in the store.',
      samples: ofKinds('count'),
    },
    {
      name: 'r3mes_store_artifact_bytes',
      type: 'gauge',
      help: 'Length of the files of all artifacts in bytes.',
      samples: ofKinds('bytes'),
    },
    gauge('r3mes_store_blobs', 'Blobs in the store.', blobs.count),
    gauge('r3mes_store_blob_bytes', 'Length of all blobs in bytes.', blobs.bytes),
    gauge('r3mes_store_quarantined_files', 'Damaged files that are kept in quarantine.', quarantine.count),
    gauge('r3mes_store_quarantined_bytes', 'Bytes on the disk of the quarantine.', quarantine.bytes),
    gauge(
      'r3mes_store_allocated_bytes',
      'Bytes on the disk of artifacts and blobs, each file once.',
      allocated,
    ),
    gauge('r3mes_store_dedup_saved_bytes', 'Bytes that artifacts save by sharing files.', saved),
    gauge('r3mes_store_filesystem_size_bytes', 'Size of the file system of the store in bytes.', disk.total),
    gauge('r3mes_store_filesystem_used_bytes', 'Bytes in use on the file system of the store.', disk.used),
    gauge('r3mes_store_filesystem_avail_bytes', 'Bytes that this user may still write there.', disk.free),
  ]
}

function useFamilies({ popular, ages, idleSeconds, used, users }: StoreStats): readonly Family[] {
  let within = 0
  const buckets = [...AGES.map(String), '+Inf'].map((le, index): Sample => {
    within += ages[index] ?? 0
    return { suffix: '_bucket', labels: { le }, value: within }
  })
  return [
    {
      name: 'r3mes_store_artifact_uses',
      type: 'gauge',
      help: 'Uses of each of the most used artifacts.',
      samples: popular.map(({ kind, name, useCount }) => ({ labels: { kind, name }, value: useCount })),
    },
    {
      name: 'r3mes_store_artifact_idle_seconds',
      type: 'histogram',
      help: 'Time since the last use of each artifact.',
      samples: [...buckets, { suffix: '_sum', value: idleSeconds }, { suffix: '_count', value: used }],
    },
    gauge('r3mes_store_users', 'Processes and jobs that use something of the store.', users),
  ]
}

function counterFamilies({ counters }: StoreStats): readonly Family[] {
  if (counters === undefined) return []
  const sources = Object.entries(counters.sources)
  const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({
    name,
    type: 'counter',
    help,
    samples,
  })
  return [
    counter('r3mes_runs_total', 'Runs that used the store.', [
      { labels: { outcome: 'ok' }, value: counters.runs - counters.failedRuns },
      { labels: { outcome: 'failed' }, value: counters.failedRuns },
    ]),
    counter('r3mes_files_total', 'Files that runs asked the store for.', [
      { labels: { result: 'hit' }, value: counters.hits },
      { labels: { result: 'miss' }, value: counters.misses },
    ]),
    counter(
      'r3mes_downloads_total',
      'Files that a source served, and places of it that failed.',
      sources.flatMap(([source, { ok, failed }]) => [
        { labels: { source, outcome: 'ok' }, value: ok },
        { labels: { source, outcome: 'failed' }, value: failed },
      ]),
    ),
    counter(
      'r3mes_download_bytes_total',
      'Bytes that came from a source.',
      sources.map(([source, { bytes }]) => ({ labels: { source }, value: bytes })),
    ),
    counter(
      'r3mes_download_seconds_total',
      'Time that the files of a source took, added up.',
      sources.map(([source, { milliseconds }]) => ({ labels: { source }, value: milliseconds / 1000 })),
    ),
    gauge('r3mes_counters_start_time_seconds', 'When the counters began, in Unix time.', counters.since),
  ]
}
