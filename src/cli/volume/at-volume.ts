/** What the commands of `r3mes volume` have in common. */
import { statSync } from 'node:fs'
import type { Command } from 'commander'
import { R3mesError } from '../../core/index.ts'
import { interruptOnSignals } from '../../ensure/index.ts'
import { ModelManager, readVolumeInputs, type TypedVolume } from '../../manager/index.ts'
import { TerminalReporter } from '../terminal-reporter.ts'
import { volumeInputsFrom } from './options.ts'

export interface AtVolume {
  readonly manager: ModelManager
  readonly typed: TypedVolume
  readonly reporter: TerminalReporter
  readonly signal: AbortSignal
}

/** What the work came to: the process's exit code. */
type ExitCode = number

/** @throws R3mesError `INPUT_INVALID` when there is no volume */
function assertThere(basePath: string): void {
  if (statSync(basePath, { throwIfNoEntry: false })?.isDirectory() === true) return
  throw new R3mesError(
    'INPUT_INVALID',
    'There is no volume in this folder. Check `--base` or MODELS_BASE_PATH; `r3mes volume get` and `r3mes volume prepare` make one.',
    { detail: basePath },
  )
}

/**
 * Does `work` with the volume that the flags name. After a signal the exit code says so.
 *
 * @param options `isThere`: the volume has to exist, since looking at one should not make one
 */
export async function atVolume(
  command: Command,
  { isThere }: { readonly isThere: boolean },
  work: (at: AtVolume) => Promise<ExitCode>,
): Promise<void> {
  const interruption = interruptOnSignals()
  const { signal } = interruption
  const typed = readVolumeInputs(volumeInputsFrom(command), process.env)
  if (isThere) assertThere(typed.options.basePath ?? '')
  const reporter = new TerminalReporter()
  // A second signal ends the process at once, and the bars have hidden the terminal's cursor.
  process.once('exit', () => reporter.close())
  try {
    await using manager = new ModelManager({ ...typed.options, reporter, signal })
    process.exitCode = await work({ manager, typed, reporter, signal })
  } catch (thrown) {
    if (!signal.aborted) throw thrown
    process.stderr.write('Stopped by a signal. What was brought until then is in place.\n')
  } finally {
    reporter.close()
  }
  process.exitCode = interruption.exitCode() ?? process.exitCode ?? 0
}
