import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { printableJson, R3mesError, sanitiseText } from '../core/index.ts'
import { homeOf, interruptOnSignals } from '../ensure/index.ts'
import { homeOption } from './at-store.ts'
import { print } from './output.ts'

const LOOPBACK = '127.0.0.1'
const PORT = 8723

interface ServeFlags {
  readonly home?: string
  readonly host: string
  readonly port: number
  readonly verbose?: boolean
  readonly json?: boolean
}

/** @throws InvalidArgumentError for what is no port */
function parsePort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number from 0 to 65535.')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

async function serve(flags: ServeFlags): Promise<void> {
  const interruption = interruptOnSignals()
  const home = homeOf({ home: flags.home }, process.env)
  if (home === '') {
    throw new R3mesError('INPUT_INVALID', '`home` is no path of a folder. Write an absolute one.', {
      detail: flags.home ?? '',
    })
  }
  // The other commands do not wait for a server to be loaded.
  const { mirrorLines, serveBlobs } = await import('../serve/index.ts')
  const server = await serveBlobs({
    home,
    host: flags.host,
    port: flags.port,
    ...(flags.verbose === true ? { onAnswer: (line) => process.stderr.write(`${line}\n`) } : {}),
  })
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? [])
  const mirrors = mirrorLines(server.host, server.port, addresses)
  await print(
    flags.json === true
      ? `${printableJson({ home, mirrors })}\n`
      : announcement(home, mirrors, !isLoopback(flags.host)),
  )
  await new Promise((resolve) => {
    if (interruption.signal.aborted) resolve(undefined)
    interruption.signal.addEventListener('abort', resolve)
  })
  await server.close()
  process.exitCode = interruption.exitCode() ?? 0
}

function announcement(home: string, mirrors: readonly string[], isOpen: boolean): string {
  const lines = [
    `Serving the blobs of ${home} for reading. It stops with Ctrl-C.`,
    'Neighbours take from here what they have approved, with this input:',
    'mirrors: |',
    ...mirrors.map((line) => `  ${line}`),
    ...(isOpen
      ? [
          'Others can reach this address: whoever knows the SHA-256 of a file here can read it, gated ones too.',
        ]
      : []),
  ]
  return `${sanitiseText(lines.join('\n'))}\n`
}

const HELP = `
Examples:
  r3mes serve blobs                             to this machine alone, on port 8723
  r3mes serve blobs --host 0.0.0.0 --port 9000  to everybody who reaches this machine
  r3mes serve blobs --port 0 --json             on a free port; the lines for mirrors as JSON`

/** `r3mes serve`: a store for its neighbours, until a signal. */
export function serveCommand(): Command {
  const blobs = new Command('blobs')
    .description(
      'Serve the verified files of a store by their SHA-256, read-only. Whoever knows a digest may read it; whoever takes it checks it.',
    )
    .addOption(homeOption())
    .option(
      '--host <address>',
      'Address to listen on. Others than loopback are open to the network.',
      LOOPBACK,
    )
    .option('--port <port>', 'Port to listen on; 0 for a free one.', parsePort, PORT)
    .option('--verbose', 'Print a line on standard error for each request.')
    .option('--json', 'Print the store and the lines for `mirrors` as one line of JSON.')
    .addHelpText('after', HELP)
    .action(serve)
  return new Command('serve')
    .description('Serve what this machine has to its neighbours.')
    .addCommand(blobs)
    .addHelpText('after', HELP)
}
