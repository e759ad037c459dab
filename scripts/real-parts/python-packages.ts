/** Packages from PyPI, each in a folder of its own that a `PYTHONPATH` names: nothing of the system's Python changes. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { builtOnce } from '../built-once.ts'
import { cacheFolder } from './cache-folder.ts'

/** The client that the devnet's hub is tested with. */
const HUGGINGFACE_HUB = '2.4.0'

/** Whether a test can have it. In CI nothing is skipped: there an absence must become an error. */
export function pipIsThere(): boolean {
  return (
    Boolean(process.env['CI']) ||
    spawnSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0
  )
}

/**
 * Installs a package and what it needs into a folder.
 *
 * @param requirement as pip reads it: `huggingface_hub==2.4.0`, or the name alone for the newest
 * @throws Error when Python or pip is missing or the installation fails
 */
export async function installPython(requirement: string, folder: string): Promise<void> {
  const options = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--target', folder]
  const child = spawn('python3', ['-m', 'pip', 'install', ...options, requirement], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = text(child.stderr)
  const [code] = (await once(child, 'close').catch((cause: unknown) => {
    throw new Error('Python 3 with pip is missing. Install it: apt-get install -y python3-pip', { cause })
  })) as [number | null]
  if (code !== 0) throw new Error(`pip could not install ${requirement}:\n${await said}`)
}

/** A folder with the pinned `huggingface_hub`, installed when this machine has it not yet. @throws Error as installPython */
export async function huggingfaceHub(): Promise<string> {
  const folder = join(cacheFolder('python'), `huggingface_hub-${HUGGINGFACE_HUB}`)
  await builtOnce(folder, (unfinished) => installPython(`huggingface_hub==${HUGGINGFACE_HUB}`, unfinished))
  return folder
}
