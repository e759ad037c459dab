/** The command `r3mes` for later steps: what main does for it, and what post does. A failure is said, and fails nothing. */
import * as core from '@actions/core'
import type { Reporter } from '../core/index.ts'
import type { Environment } from '../ensure/index.ts'
import { keepCopy } from './command-copy.ts'
import { ownFolder, readCommandFiles } from './command-files.ts'
import { placeCommand } from './command-path.ts'

/** The name under which the runner keeps for post whether the command is to be kept. */
const STATE_NAME = 'r3mes-command'
const KEEP = 'keep'

/** In main: puts the command on the PATH of later steps. */
export async function offerCommand(environment: Environment, reporter: Reporter): Promise<void> {
  try {
    const { folder, shouldBeKept } = await placeCommand(environment, process.execPath)
    core.addPath(folder)
    if (shouldBeKept) core.saveState(STATE_NAME, KEEP)
  } catch (error) {
    reporter.warning(`The command r3mes is not on the PATH of later steps. ${String(error)}`)
  }
}

/** In post, when nobody waits any more: puts the command into the tool cache of a machine that is kept. */
export async function keepCommand(environment: Environment, reporter: Reporter): Promise<void> {
  if (core.getState(STATE_NAME) !== KEEP) return
  try {
    const own = ownFolder()
    await keepCopy(own, await readCommandFiles(own), environment)
  } catch (error) {
    reporter.warning(`The command r3mes was not put into the tool cache. ${String(error)}`)
  }
}
