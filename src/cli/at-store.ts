/** What the commands have in common that work on a store which is there already. */
import { Option } from 'commander'
import { interruptOnSignals, storeFolders } from '../ensure/index.ts'
import { openStore, readBlobs, type Store } from '../store/index.ts'
import { TerminalReporter } from './terminal-reporter.ts'

export interface AtStore {
  readonly store: Store
  readonly reporter: TerminalReporter
  readonly signal: AbortSignal
}

export function homeOption(): Option {
  return new Option('--home <path>', 'Folder of the store. Default: ~/.r3mes. Environment: R3MES_HOME.')
}

/**
 * Does `work` with the store that is there. After a signal the exit code says so.
 *
 * @param doing as other jobs are told: `prune`
 * @throws R3mesError `INPUT_INVALID` when there is no store, and those of opening one
 */
export async function atStore(
  doing: string,
  home: string | undefined,
  work: (at: AtStore) => Promise<void>,
): Promise<void> {
  const interruption = interruptOnSignals()
  const folders = storeFolders({ home }, process.env)
  // Looking at a store that is not there should not make one.
  await readBlobs(folders.home)
  const reporter = new TerminalReporter()
  const { signal } = interruption
  await using store = await openStore({ ...folders, reporter, signal, doing })
  await work({ store, reporter, signal })
  const exitCode = interruption.exitCode()
  if (exitCode !== undefined) process.exitCode = exitCode
}
