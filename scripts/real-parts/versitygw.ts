/** A real S3 server, built with Go: versitygw on a folder. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { builtOnce } from '../built-once.ts'
import { cacheFolder } from './cache-folder.ts'

const MODULE = 'github.com/versity/versitygw/cmd/versitygw'
const VERSION = 'v1.8.0'

async function build(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const child = spawn('go', ['install', '-trimpath', '-ldflags', '-s -w', `${MODULE}@${VERSION}`], {
    // Without cgo no C compiler is needed. An older Go fetches the one that the module names.
    env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto', GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = text(child.stderr)
  const [code] = (await once(child, 'close').catch((cause: unknown) => {
    throw new Error('The S3 server of the tests is built with Go. Install Go 1.21 or newer.', { cause })
  })) as [number | null]
  if (code !== 0) throw new Error(`go install ${MODULE}@${VERSION} failed:\n${await said}`)
}

/**
 * The path of the server's program, built when this machine has it not yet, which takes a minute or two.
 *
 * @throws Error when Go is missing or the build fails
 */
export async function versitygw(): Promise<string> {
  const folder = join(cacheFolder('versitygw'), `${VERSION}-${process.platform}-${process.arch}`)
  await builtOnce(folder, build)
  return join(folder, 'versitygw')
}
