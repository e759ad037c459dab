import { Command, InvalidArgumentError, Option } from 'commander'
import { didYouMeanValue, printableJson, R3mesError } from '../core/index.ts'
import type { LieFacts, LieMode } from '../devnet/index.ts'
import { interruptOnSignals, parseSize } from '../ensure/index.ts'
import { print } from './output.ts'

/** As on the published chain, in milliseconds. */
const BLOCK_TIME_MS = 5000
/** There has to be time to write a lockfile before what it holds is revoked. */
const REVOKED_AFTER_MS = 60_000

type Lie = readonly [mode: string, LieFacts]

function size(text: string): number {
  const bytes = parseSize(text)
  if (bytes === undefined)
    throw new R3mesError('INPUT_INVALID', 'Sizes look like 200MB or 1GiB.', { detail: text })
  return bytes
}

interface DevnetFlags {
  readonly chainId?: string
  readonly modelSize: string
  readonly adapterSize: string
  readonly datasetSize: string
  readonly lie?: LieMode
  readonly json?: boolean
}

function isLater(lie: LieMode | undefined): lie is 'revoked-after-lock' {
  return lie === 'revoked-after-lock'
}

async function serve(flags: DevnetFlags): Promise<void> {
  const { lie } = flags
  const interruption = interruptOnSignals()
  const { startDevnet } = await import('../devnet/index.ts')
  const devnet = await startDevnet({
    blockTimeMs: BLOCK_TIME_MS,
    ...(lie === undefined || isLater(lie) ? {} : { lie }),
    ...(flags.chainId === undefined ? {} : { chainId: flags.chainId }),
    sizes: {
      model: size(flags.modelSize),
      adapter: size(flags.adapterSize),
      dataset: size(flags.datasetSize),
    },
  })
  const anchor = devnet.anchor()
  const facts = {
    chainId: devnet.chainId,
    anchor: { height: String(anchor.height), hash: anchor.hash },
    urls: devnet.urls,
    inputs: devnet.inputs(),
    cacheEnvironment: devnet.cacheEnvironment(),
  }
  if (flags.json === true) {
    await print(`${printableJson(facts)}\n`)
  } else {
    const lines = [
      `Devnet of chain ${devnet.chainId}. It stops with Ctrl-C.`,
      ...Object.entries(facts.urls).map(([name, url]) => `  ${name.padEnd(8)} ${url}`),
      ...(lie === undefined
        ? []
        : [`It lies: ${lie}${isLater(lie) ? `, in ${REVOKED_AFTER_MS / 1000} seconds` : ''}.`]),
      `A header to start trust from: --trusted-height ${anchor.height} --trusted-hash ${anchor.hash}`,
      'Try it in another terminal, with a store of its own:',
      `  r3mes ensure --home ./devnet-store --model-version 1.0.0 --adapters general_dora coder ${Object.entries(
        facts.inputs,
      )
        .map(
          ([name, value]) =>
            `--${name} ${value
              .split('\n')
              .map((line) => `'${line}'`)
              .join(' ')}`,
        )
        .join(' ')}`,
    ]
    await print(`${lines.join('\n')}\n`)
  }
  const later = isLater(lie) ? setTimeout(() => devnet.lie(lie), REVOKED_AFTER_MS) : undefined
  await new Promise((resolve) => {
    if (interruption.signal.aborted) resolve(undefined)
    interruption.signal.addEventListener('abort', resolve)
  })
  clearTimeout(later)
  await devnet.close()
  process.exitCode = interruption.exitCode() ?? 0
}

const HELP = `
Sizes are such as 200MB (decimal) or 1GiB.

Examples:
  r3mes devnet                             prints a command that brings everything from it
  r3mes devnet --model-size 1GiB --json    endpoints and inputs for a script
  r3mes devnet --lie forged-value          see a lie refused`

/** `r3mes devnet`: the embedded chain, hub, gateway, mirror and cache service on loopback, until a signal. */
export async function devnetCommand(): Promise<Command> {
  const { LIES } = await import('../devnet/index.ts')
  const lies = Object.entries<LieFacts>(LIES)
  return new Command('devnet')
    .description(
      'Run a chain, a hub, an IPFS gateway, a mirror and an Actions cache service on this machine.',
    )
    .option('--json', 'Print endpoints and inputs as one line of JSON.')
    .option('--chain-id <id>', 'Chain id that the devnet answers with.')
    .option('--model-size <size>', 'Size of the model file.', '2MiB')
    .option('--adapter-size <size>', 'Size of each adapter.', '64KiB')
    .option('--dataset-size <size>', 'Size of each dataset.', '256KiB')
    .addOption(
      new Option('--lie <mode>', 'Lie in one way, to see the lie refused. The modes are listed below.')
        .choices(lies.map(([mode]) => mode))
        .argParser((text) => lieMode(text, lies)),
    )
    .addHelpText('after', [HELP, '', 'Lies:', ...lies.map(lieLine)].join('\n'))
    .action(serve)
}

/** @throws InvalidArgumentError for what is no lie */
function lieMode(text: string, lies: readonly Lie[]): string {
  if (lies.some(([mode]) => mode === text)) return text
  const near = didYouMeanValue(
    text,
    lies.map(([mode]) => mode),
  )
  throw new InvalidArgumentError(`See \`r3mes devnet --help\` for the modes.${near}`)
}

function lieLine([mode, { teller, summary }]: Lie): string {
  return `  ${mode.padEnd(22)}${teller.padEnd(7)}${summary}`
}
