/** Puts `r3mes` on the PATH of later steps. */
import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Environment } from '../ensure/index.ts'
import { findCopy, placeOfCopy } from './command-copy.ts'
import { ownFolder, readCommandFiles } from './command-files.ts'

/** What one step of a job knows about the command. */
export interface PlacedCommand {
  /** Folder of the launchers: it goes on the PATH. */
  readonly folder: string
  /** Nothing was in the runner's tool cache that could be used, and something should be there for later jobs. */
  readonly shouldBeKept: boolean
}

/** `node` by its absolute path: a later step may have another one. `--`: it leaves the command's own flags alone. */
function shellLauncher(node: string, script: string): string {
  const quoted = [node, script].map((path) => `'${path.replaceAll("'", "'\\''")}'`)
  return `#!/bin/sh\nexec ${quoted.join(' -- ')} "$@"\n`
}

/** For Windows, in any shell. A percent sign would begin a variable. */
function windowsLauncher(node: string, script: string): string {
  const quoted = [node, script].map((path) => `"${path.replaceAll('%', '%%')}"`)
  return `@${quoted.join(' -- ')} %*\r\n`
}

/**
 * Writes launchers of the command into a folder of their own below the job's temporary one. They start the copy in the runner's
 * tool cache when that is whole, else the files of this action.
 *
 * @param node absolute path of the Node that runs this
 * @throws Error when files cannot be read or written
 */
export async function placeCommand(environment: Environment, node: string): Promise<PlacedCommand> {
  const temporary = environment['RUNNER_TEMP'] ?? ''
  if (!isAbsolute(temporary)) throw new Error('RUNNER_TEMP names no folder')
  const own = ownFolder()
  const list = await readCommandFiles(own)
  const copy = await findCopy(list, environment)
  const script = join(copy ?? own, 'cli.js')
  const folder = await mkdtemp(join(temporary, 'r3mes-'))
  const launcher = join(folder, 'r3mes')
  await Promise.all([
    writeFile(launcher, shellLauncher(node, script)),
    writeFile(`${launcher}.cmd`, windowsLauncher(node, script)),
  ])
  // Steps may run as another user, with sudo for one.
  await Promise.all([chmod(folder, 0o755), chmod(launcher, 0o755)])
  return { folder, shouldBeKept: copy === undefined && placeOfCopy(list, environment) !== undefined }
}
