import { Command } from 'commander'
import { printableJson, R3mesError, sanitiseLine } from '../core/index.ts'
import { describeError, formatSize, type Ports, type Settings } from '../ensure/index.ts'
import type { Store } from '../store/index.ts'
import { type Repair, repairStore, type StoreVerdict, verifyStore } from '../upkeep/index.ts'
import { atStore } from './at-store.ts'
import { inputsFrom } from './options.ts'
import { print, printLine } from './output.ts'
import { addChainOptions, chainSettings, unlessStopped } from './store-chain.ts'
import { countsLine, MOST_PATH, shownPath } from './verdict-words.ts'

const HELP = `
It checks the store as \`r3mes verify\` does, then fetches every artifact of which something is corrupt or missing, as
\`r3mes ensure\` does: from what the chain approves, every byte checked. What is not approved any more, or only with
another digest, is not repaired.
Exit code 0 when nothing is broken any more, else that of the first problem.

Example:
  r3mes repair --rpc-urls https://rpc-a.example.org https://rpc-b.example.org`

interface RepairFlags {
  readonly json?: boolean
  readonly home?: string
}

function repairLines(
  home: string,
  { path, artifact, error, beside, bytesDownloaded }: Repair,
): readonly string[] {
  const name = sanitiseLine(shownPath(home, path), MOST_PATH)
  if (error !== undefined) {
    return [`not repaired  ${name}`, ...describeError(error).map((line) => `              ${line}`)]
  }
  const fetched = bytesDownloaded === 0 ? 'from blobs of the store' : `${formatSize(bytesDownloaded)} fetched`
  const what = artifact === undefined ? '' : `, ${artifact.kind}, ${fetched}`
  if (beside === undefined) return [`repaired      ${name}${what}`]
  const now = sanitiseLine(shownPath(home, beside), MOST_PATH)
  return [
    `beside        ${now}${what}`,
    `              ${name} holds something else as well, and was left alone.`,
  ]
}

function firstError(repairs: readonly Repair[]): R3mesError | undefined {
  return repairs.find(({ error }) => error !== undefined)?.error
}

/** `counts` are those of the check before anything was repaired. */
function jsonOf({ counts }: StoreVerdict, repairs: readonly Repair[]): unknown {
  const error = firstError(repairs)
  return {
    success: error === undefined,
    counts,
    repairs: repairs.map(jsonOfRepair),
    'error-code': error?.code ?? '',
    'error-message': error?.message ?? '',
  }
}

function jsonOfRepair({ path, artifact, error, beside, bytesDownloaded }: Repair): unknown {
  return {
    path,
    kind: artifact?.kind ?? null,
    id: artifact?.id ?? null,
    repaired: error === undefined,
    beside: beside ?? null,
    'bytes-downloaded': bytesDownloaded,
    'error-code': error?.code ?? '',
    'error-message': error?.message ?? '',
  }
}

async function checkAndRepair(store: Store, settings: Settings, ports: Ports) {
  const { reporter, signal } = ports
  const found = await verifyStore(store, { reporter, signal })
  return { found, repairs: await repairStore(found, settings, ports) }
}

/** `r3mes repair`: checks the store and fetches again what is broken. */
export function repairCommand(): Command {
  const command = new Command('repair')
    .description('Check the store, and fetch again what is corrupt or missing and still approved.')
    .option('--json', 'Print the result as JSON.')
    .addHelpText('after', HELP)
  addChainOptions(command, true)
  return command.action(async (flags: RepairFlags) => {
    const settings = chainSettings(inputsFrom(command), process.env)
    if (settings === undefined) {
      throw new R3mesError(
        'RPC_URL_MISSING',
        'Nothing is repaired without asking what is approved. Name `rpc-urls`, or `trust: lockfile` with `max-lock-age`.',
      )
    }
    await atStore('repair', flags.home, async ({ store, reporter, signal }) => {
      const ports = { reporter, environment: process.env, signal }
      const done = await unlessStopped(signal, checkAndRepair(store, settings, ports))
      reporter.close()
      if (done === undefined) return
      const { found, repairs } = done
      if (flags.json === true) await print(`${printableJson(jsonOf(found, repairs), 2)}\n`)
      else {
        for (const repair of repairs)
          for (const line of repairLines(store.home, repair)) await printLine(line)
        await printLine(`Found: ${countsLine(found)}`)
        const done = repairs.filter(({ error }) => error === undefined).length
        await printLine(
          repairs.length === 0 ? 'Nothing is broken.' : `Repaired: ${done} of ${repairs.length}.`,
        )
      }
      process.exitCode = firstError(repairs)?.exitCode ?? 0
    })
  })
}
