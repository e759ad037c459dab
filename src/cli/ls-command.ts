import { Command } from 'commander'
import { printableJson } from '../core/index.ts'
import { formatPeriod, formatSize } from '../ensure/index.ts'
import { type ListedArtifact, listStore } from '../upkeep/index.ts'
import { atStore, homeOption } from './at-store.ts'
import { print, printLine } from './output.ts'
import { type Column, tableHead, tableLine } from './table.ts'

interface LsFlags {
  readonly json?: boolean
  readonly home?: string
}

const COLUMNS: readonly Column[] = [
  { title: 'KIND', width: 8 },
  { title: 'NAME', width: 28 },
  { title: 'VERSION', width: 9 },
  { title: 'SIZE', width: 8, align: 'right' },
  { title: 'APPROVED', width: 28 },
  { title: 'USES', width: 6, align: 'right' },
  { title: 'LAST USED', width: 16 },
  { title: 'BY' },
]

function rowOf(artifact: ListedArtifact, now: number): string {
  const { kind, name, version, bytes, approvedAtHeight, chainId, useCount, lastUsed, usedBy, inUse } =
    artifact
  return tableLine(COLUMNS, [
    kind,
    name,
    version ?? '',
    formatSize(bytes),
    approvedAtHeight === undefined ? '' : `${chainId ?? '?'} at ${approvedAtHeight}`,
    artifact.unknown ? '' : String(useCount),
    inUse
      ? 'in use now'
      : lastUsed === undefined
        ? 'never'
        : `${formatPeriod(Math.max(0, now - lastUsed))} ago`,
    artifact.unknown ? '(not in the usage index)' : (usedBy ?? ''),
  ])
}

/** Names as in the usage index. */
function jsonOf(artifact: ListedArtifact): unknown {
  const { kind, name, version, path, files, bytes, digest, approvedAtHeight, chainId, lastUsed } = artifact
  return {
    kind,
    name,
    version: version ?? null,
    path,
    files,
    file_size: bytes,
    digest: digest ?? null,
    approved_at_height: approvedAtHeight?.toString() ?? null,
    chain_id: chainId ?? null,
    last_used: lastUsed === undefined ? null : lastUsed / 1000,
    usage_count: artifact.useCount,
    used_by: artifact.usedBy ?? null,
    in_use: artifact.inUse,
    indexed: !artifact.unknown,
  }
}

async function list({ json, home }: LsFlags): Promise<void> {
  await atStore('ls', home, async ({ store, signal }) => {
    const now = Date.now()
    let number = 0
    const show = async (artifact: ListedArtifact): Promise<boolean> => {
      number += 1
      if (json === true) return print(`${number === 1 ? '[' : ','}\n${printableJson(jsonOf(artifact))}`)
      if (number === 1) await printLine(tableHead(COLUMNS), 'bold')
      return await printLine(rowOf(artifact, now))
    }
    for await (const artifact of listStore(store)) {
      if (signal.aborted || !(await show(artifact))) return
    }
    if (json === true) await print(number === 0 ? '[]\n' : '\n]\n')
    else if (number === 0) await printLine('The store holds no artifacts.')
  })
}

const HELP = `
Sizes are decimal: 1 MB is 1,000,000 bytes. With --json they are bytes, and times are seconds since 1970.

Examples:
  r3mes ls                          what the store of this user holds
  r3mes ls --home /srv/r3mes --json the same of another one, for programs`

/** `r3mes ls`: what a store holds. */
export function lsCommand(): Command {
  return new Command('ls')
    .description(
      'List what the store holds: approved at which height of which chain, used when, and by whom.',
    )
    .option('--json', 'Print a JSON array, one artifact a line.')
    .addOption(homeOption())
    .addHelpText('after', HELP)
    .action(list)
}
