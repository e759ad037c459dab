import { Command } from 'commander'
import { formatDigest, printableJson, R3mesError } from '../core/index.ts'
import {
  describeError,
  INPUTS,
  interruptOnSignals,
  LOCK_INPUTS,
  type LockMode,
  type LockResult,
  lockFromInputs,
} from '../ensure/index.ts'
import { isQuiet } from './manner.ts'
import { inputsFrom, optionFor, privateKeyOption } from './options.ts'
import { print, printError, printLine } from './output.ts'
import { TerminalReporter } from './terminal-reporter.ts'

const EXAMPLES = `
Examples:
  r3mes lock --rpc-urls https://rpc-a.example.org https://rpc-b.example.org --model-version ^1.0 --adapters coder
                       writes r3mes.lock from what endpoints on two hosts agree on
  r3mes lock --rpc-urls https://rpc-a.example.org --trusted-height 1234567 --trusted-hash 0123…CDEF
                       the same from a block that you trust
  r3mes lock --check   exit code 3 when something that is locked changed or was revoked
  r3mes lock --update  moves the trusted block forward and resolves the request again
  r3mes lock --update --adapters coder writer
                       changes what is asked for
  r3mes lock --renew   when the trusted block has grown too old; never in CI

The endpoints may stand in BLOCKCHAIN_RPC_URL instead, one a line.
Commit r3mes.lock. A run of the action or of \`r3mes ensure\` reads it and starts from there; neither ever writes it.`

interface LockFlags {
  readonly check?: boolean
  readonly update?: boolean
  readonly renew?: boolean
  readonly json?: boolean
}

/** @throws R3mesError `INPUT_INVALID` for two modes at once */
function modeOf(flags: LockFlags): LockMode {
  const modes = (['check', 'update', 'renew'] as const).filter((mode) => flags[mode] === true)
  if (modes.length > 1) {
    throw new R3mesError('INPUT_INVALID', 'Use one of `--check`, `--update` and `--renew` at a time.')
  }
  return modes[0] ?? 'create'
}

/** The result as the keys of the action's outputs, and some of its own. */
function jsonOf(result: LockResult): unknown {
  const { lock, error, evidence, interrupted, mode, path, written, changes, notices } = result
  return {
    success: error === undefined && !interrupted,
    mode,
    lockfile: path,
    written,
    trust: evidence?.trust ?? null,
    'chain-id': lock?.chainId ?? null,
    anchor:
      lock === undefined
        ? null
        : {
            height: lock.anchor.height.toString(),
            hash: lock.anchor.hash,
            time: lock.anchor.time.toISOString(),
            origin: lock.anchor.origin,
          },
    'trusting-period-seconds': lock?.trustingPeriodSeconds ?? null,
    artifacts: (lock?.artifacts ?? []).map(({ kind, id, version, digest }) => ({
      kind,
      id,
      version,
      digest: formatDigest(digest),
    })),
    changes,
    notices,
    'error-code': error?.code ?? '',
    'error-message': error?.message ?? '',
  }
}

const END: Readonly<Record<LockMode, (result: LockResult) => string>> = {
  create: ({ path }) => `Wrote ${path}. Review it and commit it.`,
  check: () => 'The chain still says what the lockfile holds.',
  update: ({ path }) => `Wrote ${path}. Review the change and commit it.`,
  renew: ({ path }) => `Wrote ${path}. Review the change with care and commit it.`,
}

async function printResult(result: LockResult): Promise<void> {
  const { lock, error, changes, notices, mode, interrupted } = result
  if (interrupted) {
    await printLine('Stopped by a signal. The lockfile is as it was.')
    return
  }
  if (!isQuiet()) for (const notice of notices) await printLine(`Notice: ${notice}`)
  for (const change of changes) await printLine(change)
  if (error !== undefined) {
    printError(describeError(error).filter((each) => !changes.includes(each)))
    if (mode === 'check' && error.code === 'LOCK_MISMATCH') {
      printError(['LOCK_MISMATCH: the chain no longer says what the lockfile holds.'])
    }
    return
  }
  if (mode === 'create') {
    for (const { kind, id, version, digest } of lock?.artifacts ?? []) {
      await printLine(
        `${kind} ${id}${kind === 'model' || version === '' ? '' : ` ${version}`}, ${formatDigest(digest)}`,
      )
    }
  }
  if (lock !== undefined && mode !== 'check') {
    const { height, hash, time, origin } = lock.anchor
    await printLine(`Anchor: block ${height}, ${hash}, ${time.toISOString()}, from ${origin}`)
  }
  await printLine(END[mode](result))
}

async function execute(mode: LockMode, command: Command, json: boolean): Promise<void> {
  const interruption = interruptOnSignals()
  const reporter = new TerminalReporter()
  const result = await lockFromInputs(mode, inputsFrom(command), {
    reporter,
    environment: process.env,
    signal: interruption.signal,
  })
  reporter.close()
  if (json) await print(`${printableJson(jsonOf(result), 2)}\n`)
  else await printResult(result)
  process.exitCode = interruption.exitCode() ?? result.error?.exitCode ?? 0
}

/** `r3mes lock`: writes what is proven to be approved into a file to commit, compares it, and moves it forward. */
export function lockCommand(): Command {
  const command = new Command('lock')
    .description('Write what the chain is proven to approve into r3mes.lock, check it, or move it forward.')
    .option('--check', 'Compare the lockfile with the chain. Writes nothing.')
    .option(
      '--update',
      'Verify the way to the newest block, resolve the request again and write the lockfile.',
    )
    .option('--renew', 'As --update, from a block that has grown too old to be trusted by itself.')
    .option('--json', 'Print the result as JSON.')
    .addHelpText('after', EXAMPLES)
  const names: readonly string[] = LOCK_INPUTS
  for (const spec of INPUTS) if (names.includes(spec.name)) command.addOption(optionFor(spec))
  command.addOption(privateKeyOption())
  return command.action(async () => {
    const flags = command.opts<LockFlags>()
    await execute(modeOf(flags), command, flags.json === true)
  })
}
