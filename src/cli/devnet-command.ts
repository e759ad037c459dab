import { Command } from 'commander'
import { printableJson, R3mesError } from '../core/index.ts'
import { interruptOnSignals, parseSize } from '../ensure/index.ts'

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
  readonly json?: boolean
}

async function serve(flags: DevnetFlags): Promise<void> {
  const interruption = interruptOnSignals()
  const { startDevnet } = await import('../devnet/index.ts')
  const devnet = await startDevnet({
    ...(flags.chainId === undefined ? {} : { chainId: flags.chainId }),
    sizes: {
      model: size(flags.modelSize),
      adapter: size(flags.adapterSize),
      dataset: size(flags.datasetSize),
    },
  })
  const facts = {
    chainId: devnet.chainId,
    urls: devnet.urls,
    inputs: devnet.inputs(),
    cacheEnvironment: devnet.cacheEnvironment(),
  }
  if (flags.json === true) {
    process.stdout.write(`${printableJson(facts)}\n`)
  } else {
    const lines = [
      `Devnet of chain ${devnet.chainId}. It stops with Ctrl-C.`,
      ...Object.entries(facts.urls).map(([name, url]) => `  ${name.padEnd(8)} ${url}`),
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
    process.stdout.write(`${lines.join('\n')}\n`)
  }
  await new Promise((resolve) => {
    if (interruption.signal.aborted) resolve(undefined)
    interruption.signal.addEventListener('abort', resolve)
  })
  await devnet.close()
  process.exitCode = interruption.exitCode() ?? 0
}

/** `r3mes devnet`: the embedded chain, hub, gateway, mirror and cache service on loopback, until a signal. */
export function devnetCommand(): Command {
  return new Command('devnet')
    .description(
      'Run a chain, a hub, an IPFS gateway, a mirror and an Actions cache service on this machine.',
    )
    .option('--json', 'Print endpoints and inputs as one line of JSON.')
    .option('--chain-id <id>', 'Chain id that the devnet answers with.')
    .option('--model-size <size>', 'Size of the model file.', '2MiB')
    .option('--adapter-size <size>', 'Size of each adapter.', '64KiB')
    .option('--dataset-size <size>', 'Size of each dataset.', '256KiB')
    .action(serve)
}
