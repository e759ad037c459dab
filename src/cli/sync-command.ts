import { Command } from 'commander'
import { printableJson, R3mesError } from '../core/index.ts'
import { describeError, formatSize, readSettings } from '../ensure/index.ts'
import {
  type SyncedArtifact,
  type SyncReport,
  type SyncState,
  syncFailure,
  syncStore,
} from '../upkeep/index.ts'
import { atStore } from './at-store.ts'
import { inputsFrom } from './options.ts'
import { print, printError, printLine } from './output.ts'
import { addChainOptions } from './store-chain.ts'
import { type Column, tableHead, tableLine } from './table.ts'

const HELP = `
Each artifact of the store is looked up on the chain. Where other content is approved under its name now, that is brought, every
byte checked. What is not approved any more is shown; \`--prune-unapproved\` removes it, unless a job uses it, and only when
the chain that is asked is the one that once approved it.
Exit code 0 when everything is approved, 3 when something is not, else that of what could not be asked or brought.

Examples:
  r3mes sync --rpc-urls https://rpc-a.example.org https://rpc-b.example.org
  r3mes sync --active            the active model version, too
  r3mes sync --prune-unapproved  what was revoked goes`

interface SyncFlags {
  readonly active?: boolean
  readonly pruneUnapproved?: boolean
  readonly json?: boolean
  readonly home?: string
}

const COLUMNS: readonly Column[] = [
  { title: 'KIND', width: 8 },
  { title: 'NAME', width: 28 },
  { title: 'STATE' },
]

const HEAD = tableHead(COLUMNS)

/** What a state means, where its word alone does not say it. */
const MEANING: Readonly<Partial<Record<SyncState, string>>> = {
  updated: 'it is what is approved now',
  behind: 'other content is approved, and could not be brought',
  removed: 'it is not approved any more',
  elsewhere: 'its chain was not asked',
}

function rowOf({ kind, name, state, reason }: SyncedArtifact): string {
  const meaning = MEANING[state]
  const what = meaning === undefined ? state : `${state}: ${meaning}`
  return tableLine(COLUMNS, [kind, name, reason === undefined ? what : `${what} (${reason.code})`])
}

function linesOf({ artifacts, active, removal, bytesDownloaded }: SyncReport): string[] {
  const model = active?.artifacts[0]
  return [
    ...(artifacts.length === 0 ? ['The store holds nothing to look up.'] : [HEAD]),
    ...artifacts.map(rowOf),
    ...(model === undefined ? [] : [`The active model is ${model.version}: ${model.path}`]),
    ...(bytesDownloaded === 0 ? [] : [`${formatSize(bytesDownloaded)} were fetched.`]),
    ...(removal === undefined ? [] : [`${formatSize(removal.bytes)} freed.`]),
    ...(removal?.spared ?? []).map(({ kind, name }) => `Not removed: ${kind} ${name}.`),
    ...(removal !== undefined && removal.kept.used > 0 ? [`Not removed: ${removal.kept.used} in use.`] : []),
  ]
}

function jsonOf(report: SyncReport): unknown {
  const { artifacts, active, removal, bytesDownloaded } = report
  const error = syncFailure(report)
  return {
    success: error === undefined,
    artifacts: artifacts.map(({ kind, id, name, path, state, reason }) => ({
      kind,
      id,
      name,
      path,
      state,
      'error-code': reason?.code ?? '',
      'error-message': reason?.message ?? '',
    })),
    'active-model-path': active?.artifacts[0]?.path ?? '',
    'bytes-downloaded': bytesDownloaded,
    'bytes-freed': removal?.bytes ?? 0,
    'error-code': error?.code ?? '',
    'error-message': error?.message ?? '',
  }
}

/** Undefined when a signal ended it, which is no failure of it. */
async function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (thrown) {
    if (signal.aborted) return undefined
    throw thrown
  }
}

/** `r3mes sync`: brings a store up to what is approved now. */
export function syncCommand(): Command {
  const command = new Command('sync')
    .description(
      'Bring what the store holds up to what the chain approves now, and say what it approves no more.',
    )
    .option('--active', 'Bring the active model version as well.')
    .option('--prune-unapproved', 'Remove what is not approved any more and not in use.')
    .option('--json', 'Print the result as JSON.')
    .addHelpText('after', HELP)
  addChainOptions(command, true)
  return command.action(async (flags: SyncFlags) => {
    const settings = readSettings(inputsFrom(command), process.env)
    if (settings.rpcUrls.length === 0) {
      throw new R3mesError(
        'INPUT_INVALID',
        '`r3mes sync` is about what is approved now, so it has to ask the chain. Remove `trust: lockfile`, and name `rpc-urls`.',
      )
    }
    await atStore('sync', flags.home, async ({ store, reporter, signal }) => {
      const ports = { reporter, environment: process.env, signal }
      const report = await unlessStopped(signal, syncStore(store, settings, ports, flags))
      reporter.close()
      if (report === undefined) {
        process.stderr.write('Stopped by a signal. What was brought until then is in place.\n')
        return
      }
      if (flags.json === true) await print(`${printableJson(jsonOf(report), 2)}\n`)
      else for (const line of linesOf(report)) await printLine(line, line === HEAD ? 'bold' : undefined)
      const error = syncFailure(report)
      if (error === undefined) return
      printError(describeError(error))
      process.exitCode = error.exitCode
    })
  })
}
