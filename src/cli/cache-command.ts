import { Command } from 'commander'
import { printableJson } from '../core/index.ts'
import { formatSize } from '../ensure/index.ts'
import { clearCache } from '../upkeep/index.ts'
import { atStore, homeOption } from './at-store.ts'
import { printLine } from './output.ts'

interface CacheFlags {
  readonly json?: boolean
  readonly home?: string
}

async function clear({ json, home }: CacheFlags): Promise<void> {
  await atStore('cache clear', home, async ({ store, reporter }) => {
    const cleared = await clearCache(store, reporter)
    if (json === true) await printLine(printableJson(cleared))
    else {
      const files = `${cleared.files} ${cleared.files === 1 ? 'file' : 'files'}`
      await printLine(`Removed ${files} of the cache: ${formatSize(cleared.bytes)} freed.`)
    }
  })
}

const HELP = `
Examples:
  r3mes cache clear                 of ~/.r3mes
  r3mes cache clear --home /srv/r3mes --json
                                    prints how many files and bytes went`

/** `r3mes cache clear`: what the store can do without. */
export function cacheCommand(): Command {
  const command = new Command('clear')
    .description(
      'Remove what the store keeps to be faster or to count: usage index, recorded checks, totals. Artifacts and receipts stay, and the usage index is made anew from them at once.',
    )
    .option('--json', 'Print the result as one line of JSON.')
    .addOption(homeOption())
    .addHelpText('after', HELP)
    .action(clear)
  return new Command('cache')
    .description('The files below cache/ of the store.')
    .addCommand(command)
    .addHelpText('after', HELP)
}
