/** Programs that tests need as real parts and that are built with Go: once for each machine and version. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { builtOnce } from '../built-once.ts'
import { cacheFolder } from './cache-folder.ts'

/** A program by its Go module. */
export interface GoProgram {
  readonly name: string
  /** Path of its package. */
  readonly module: string
  readonly version: string
}

async function build({ name, module, version }: GoProgram, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const child = spawn('go', ['install', '-trimpath', '-ldflags', '-s -w', `${module}@${version}`], {
    // Without cgo no C compiler is needed. An older Go fetches the one that the module names.
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto', GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = text(child.stderr)
  const [code] = (await once(child, 'close').catch((cause: unknown) => {
    throw new Error(`${name}, which the tests use, is built with Go. Install Go 1.21 or newer.`, { cause })
  })) as [number | null]
  if (code !== 0) throw new Error(`go install ${module}@${version} failed:\n${await said}`)
}

/**
 * The path of a program, built when this machine has it not yet, which takes a minute or two.
 *
 * @throws Error when Go is missing or the build fails
 */
export async function goProgram(program: GoProgram): Promise<string> {
  const { name, version } = program
  const folder = join(cacheFolder(name), `${version}-${process.platform}-${process.arch}`)
  await builtOnce(folder, (unfinished) => build(program, unfinished))
  return join(folder, name)
}
