import { Command, InvalidArgumentError, Option } from 'commander'
import { didYouMeanValue, printableJson } from '../core/index.ts'
import {
  formatPeriod,
  formatSize,
  isZeroDuration,
  parseDuration,
  parseSizeWithUnit,
} from '../ensure/index.ts'
import type { ArtifactKind } from '../store/index.ts'
import { type PrunedThing, type PruneReason, type PruneReport, pruneStore } from '../upkeep/index.ts'
import { atStore, homeOption } from './at-store.ts'
import { printLine } from './output.ts'
import { type Column, tableHead, tableLine } from './table.ts'

const KINDS: Readonly<Record<string, ArtifactKind>> = {
  models: 'model',
  adapters: 'adapter',
  datasets: 'dataset',
}

const HELP = `
What a running process or job uses stays, and so does what is not provably the store's. A blob goes when nothing
refers to it any more. Receipts go when they are older than 30 days and not among the newest 1,000, unfinished downloads
when nobody worked on them for a day.

Examples:
  r3mes prune --dry-run                      shows what would go: not used for 30 days, and not among the ten most used
  r3mes prune                                removes it
  r3mes prune --max-age 7d --keep-popular 3  another age, and fewer that stay in any case
  r3mes prune --max-size 200GB               the least used first, until the store takes no more than that
  r3mes prune --min-free 20GB --kind models  models, until so much is free on the disk`

interface PruneFlags {
  readonly maxAge?: number
  readonly keepPopular?: number
  readonly maxSize?: number
  readonly minFree?: number
  readonly kind?: readonly ArtifactKind[]
  readonly quarantine?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly home?: string
}

/** Milliseconds of an age, for commander. */
export function parseAge(text: string): number {
  const age = parseDuration(text)
  if (age !== undefined) return age
  if (isZeroDuration(text)) {
    throw new InvalidArgumentError(
      'An age of 0 would remove all that is not in use at this moment. Name at least 1s.',
    )
  }
  throw new InvalidArgumentError('An age is a duration such as 30d, 36h or 1h30m.')
}

function parseBytes(text: string): number {
  const bytes = parseSizeWithUnit(text)
  if (bytes !== undefined) return bytes
  throw new InvalidArgumentError('A size is a number and a unit, such as 200GB or 512MiB.')
}

/** A whole number from 0 on, for commander. */
export function parseCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('This is a whole number, 0 or more.')
}

function parseKind(text: string, earlier: readonly ArtifactKind[] | undefined): readonly ArtifactKind[] {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !Object.hasOwn(KINDS, name))
  if (unknown !== undefined) {
    const all = Object.keys(KINDS)
    throw new InvalidArgumentError(`A kind is one of ${all.join(', ')}.${didYouMeanValue(unknown, all)}`)
  }
  const known = names.flatMap((name) => KINDS[name] ?? [])
  return [...new Set([...(earlier ?? []), ...known])]
}

const COLUMNS: readonly Column[] = [
  { title: 'KIND', width: 8 },
  { title: 'NAME', width: 28 },
  { title: 'FREES', width: 8, align: 'right' },
  { title: 'USES', width: 6, align: 'right' },
  { title: 'LAST USED', width: 16 },
  { title: 'WHY' },
]

const WHY: Readonly<Record<PruneReason, string>> = {
  age: 'not used for so long',
  size: 'the store is too large',
  free: 'too little is free on the disk',
  unapproved: 'not approved any more',
}

function rowOf({ kind, name, bytes, useCount, lastUsed, reason }: PrunedThing, now: number): string {
  const shown = kind === 'blob' ? `${name.slice(0, 16)}…` : name
  const ago = `${formatPeriod(Math.max(0, now - lastUsed))} ago`
  return tableLine(COLUMNS, [kind, shown, formatSize(bytes), String(useCount), ago, WHY[reason]])
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

const STAYED = {
  used: 'somebody uses it by now',
  changed: 'it has changed since it was looked at',
  failed: 'it could not be removed',
} as const

/** What follows the table: sums, what else went, and what stayed. */
function sumsOf({
  dryRun,
  removed,
  spared,
  remains,
  kept,
  bytes,
  short,
  interrupted,
  policy,
  quarantineBefore,
}: PruneReport): string[] {
  const artifacts = removed.filter(({ kind }) => kind !== 'blob').length
  const others = [
    ...(removed.length > artifacts ? [count(removed.length - artifacts, 'unused blob')] : []),
    ...(remains.receipt > 0 ? [count(remains.receipt, 'old receipt')] : []),
    ...(remains.partial > 0 ? [count(remains.partial, 'unfinished download')] : []),
    ...(remains.quarantine > 0
      ? [count(remains.quarantine, 'file of the quarantine', 'files of the quarantine')]
      : []),
  ]
  const what = [count(artifacts, 'artifact'), ...others].join(', ')
  const stay = [
    ...(kept.used > 0 ? [`${kept.used} in use`] : []),
    ...(kept.popular > 0 ? [`${kept.popular} among the most used`] : []),
    ...(kept.foreign > 0 ? [`${kept.foreign} not provably the store's`] : []),
  ]
  return [
    `${dryRun ? 'Would remove' : 'Removed'} ${what}: ${formatSize(bytes)} ${dryRun ? 'would be ' : ''}freed.`,
    ...(stay.length > 0 ? [`Kept in any case: ${stay.join(', ')}.`] : []),
    ...spared.map(({ kind, name, why }) => `Not removed: ${kind} ${name}, because ${STAYED[why]}.`),
    ...(short > 0 ? [`Warning: ${formatSize(short)} more were asked for, and nothing else may go.`] : []),
    ...(policy.maxSize !== undefined && quarantineBefore > 0
      ? [
          `${dryRun ? 'The quarantine takes' : 'The quarantine took'} ${formatSize(quarantineBefore)} more. It does not count towards the size.`,
        ]
      : []),
    ...(interrupted ? ['Stopped by a signal before the end.'] : []),
  ]
}

async function printReport(report: PruneReport, now: number): Promise<void> {
  if (report.removed.length > 0) await printLine(tableHead(COLUMNS), 'bold')
  for (const thing of report.removed) await printLine(rowOf(thing, now))
  for (const line of sumsOf(report)) await printLine(line)
}

/** Names as in the usage index. */
function jsonOf(report: PruneReport): unknown {
  const { policy } = report
  return {
    dry_run: report.dryRun,
    policy: {
      max_age_seconds: policy.maxAge === undefined ? null : policy.maxAge / 1000,
      keep_popular: policy.keepPopular ?? 0,
      max_size: policy.maxSize ?? null,
      min_free: policy.minFree ?? null,
      kinds: policy.kinds ?? null,
      quarantine: policy.quarantine ?? false,
    },
    removed: report.removed.map(({ kind, name, path, reason, lastUsed, useCount, bytes }) => ({
      kind,
      name,
      path: path ?? null,
      reason,
      last_used: lastUsed / 1000,
      usage_count: useCount,
      freed: bytes,
    })),
    spared: report.spared,
    kept: report.kept,
    remains: report.remains,
    freed: report.bytes,
    size_before: report.sizeBefore,
    quarantine_before: report.quarantineBefore,
    short: report.short,
    interrupted: report.interrupted,
  }
}

async function prune(flags: PruneFlags): Promise<void> {
  const { dryRun, json, home, kind, ...policy } = flags
  const { maxAge, keepPopular, maxSize, minFree, quarantine } = policy
  await atStore('prune', home, async ({ store, reporter, signal }) => {
    const now = Date.now()
    const wanted = { maxAge, keepPopular, maxSize, minFree, quarantine, kinds: kind }
    const report = await pruneStore(store, wanted, reporter, { dryRun, signal, now })
    if (json === true) await printLine(printableJson(jsonOf(report), 2))
    else await printReport(report, now)
  })
}

/** `r3mes prune`: makes room in a store. */
export function pruneCommand(): Command {
  return new Command('prune')
    .description(
      'Remove from the store what is not worth its room. By age, if nothing else is said: what nobody used for 30 days, without the ten most used.',
    )
    .addOption(
      new Option(
        '--max-age <duration>',
        'What nobody used for longer goes, such as 30d. Default without --max-size and --min-free: 30d.',
      ).argParser(parseAge),
    )
    .addOption(
      new Option(
        '--keep-popular <number>',
        'So many of the most used artifacts stay. Default when pruning by age: 10, else 0.',
      ).argParser(parseCount),
    )
    .addOption(
      new Option('--max-size <size>', 'Room that the store may take on the disk, such as 200GB.').argParser(
        parseBytes,
      ),
    )
    .addOption(
      new Option('--min-free <size>', 'Room that has to be free on the disk, such as 20GB.').argParser(
        parseBytes,
      ),
    )
    .addOption(
      new Option('--kind <list>', 'Only models, adapters or datasets; several with commas.')
        .choices(Object.keys(KINDS))
        .argParser(parseKind),
    )
    .option('--quarantine', 'Remove damaged files that are kept for longer than the age, too.')
    .option('--dry-run', 'Print what would go. Removes nothing.')
    .option('--json', 'Print the result as JSON.')
    .addOption(homeOption())
    .addHelpText('after', HELP)
    .action(prune)
}
