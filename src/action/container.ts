/** A store inside a job container goes away with it, so that every job would download everything again. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isAbsolute, relative, sep } from 'node:path'
import type { Environment } from '../ensure/index.ts'

/** What is known of the place of a store. */
export interface StorePlace {
  /** Absolute path of the store; it need not be there yet. */
  readonly home: string
  readonly inContainer: boolean
  readonly environment: Environment
  /** Text of /proc/self/mountinfo; empty where there is none. */
  readonly mounts: string
}

function isBelow(path: string, folder: string | undefined): boolean {
  if (folder === undefined || !isAbsolute(folder) || !isAbsolute(path)) return false
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Mount points as proc(5) writes them in the fifth field: blanks and backslashes as `\040` and the like. */
function mountPoints(mounts: string): string[] {
  return mounts
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith('/'))
    .map((point) =>
      point.replaceAll(/\\([0-7]{3})/g, (_all, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    )
}

/**
 * Folders that the runner mounts into a job container and empties for the next job: its home in a container, and its temporary
 * folder.
 */
function emptiedFolders(environment: Environment): (string | undefined)[] {
  return ['/github/home', '/__w/_temp', environment['RUNNER_TEMP']]
}

/**
 * What to say when the store of a self-hosted runner lies inside of a job container and on nothing that outlives it; undefined when
 * there is nothing to say. GitHub's own machines go away as a whole, so nothing is said there. Pure.
 */
export function containerWarning({ home, inContainer, environment, mounts }: StorePlace): string | undefined {
  if (!inContainer || environment['RUNNER_ENVIRONMENT'] !== 'self-hosted') return undefined
  const containing = mountPoints(mounts).filter((point) => isBelow(home, point))
  const mount = containing.reduce((longest, point) => (point.length > longest.length ? point : longest), '')
  const isEmptied = emptiedFolders(environment).some(
    (folder) => isBelow(home, folder) && (mount === folder || !isBelow(mount, folder)),
  )
  if (mount !== '/' && !isEmptied) return undefined
  return 'The store lies inside of the job container and goes away with it, so the next job downloads everything again. Mount a folder of the machine in the workflow, such as `volumes: [/srv/r3mes:/srv/r3mes]` below `container:`, and set `home: /srv/r3mes`.'
}

/** Whether the runner stands outside of the container in which this step runs: then it mounts its folders under these names. */
export function isJobContainer(environment: Environment): boolean {
  return environment['HOME'] === '/github/home' || isBelow(environment['RUNNER_TEMP'] ?? '', '/__w')
}

/** Also one that the runner itself runs in: Docker and Podman leave these files. */
function isInContainer(environment: Environment): boolean {
  return isJobContainer(environment) || existsSync('/.dockerenv') || existsSync('/run/.containerenv')
}

/** As {@link containerWarning}, for this process. */
export async function warningForContainer(
  home: string,
  environment: Environment,
): Promise<string | undefined> {
  const inContainer = isInContainer(environment)
  const mounts = inContainer ? await readFile('/proc/self/mountinfo', 'utf8').catch(() => '') : ''
  return containerWarning({ home, inContainer, environment, mounts })
}
