/** tinyproxy from Debian, which asks for a password, and hands what it lets through to a proxy that knows the test's names. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort } from '../../scripts/real-parts/free-port.ts'
import { demandProgram, TINYPROXY } from '../../scripts/real-parts/programs.ts'
import { startProgram } from '../../scripts/real-parts/started.ts'

export interface Tinyproxy {
  /** `127.0.0.1:port` */
  readonly hostPort: string
  /** `CONNECT host:port` and `GET http://…` of everybody who asked, let in or not. */
  requests(): readonly string[]
}

/**
 * Lives as long as the test.
 *
 * @param upstream URL of the proxy behind it, for names below `r3mes.test`
 * @param credentials user and password, both without spaces
 * @throws Error when it is not installed or does not start
 */
export async function aTinyproxy(
  upstream: string,
  credentials: { readonly user: string; readonly password: string },
): Promise<Tinyproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-tinyproxy-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  const config = join(folder, 'tinyproxy.conf')
  const lines = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Allow 127.0.0.1',
    'Timeout 60',
    'LogLevel Info',
    `BasicAuth ${credentials.user} ${credentials.password}`,
    `Upstream http ${new URL(upstream).host} ".r3mes.test"`,
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  const program = await startProgram({
    path: demandProgram(TINYPROXY),
    args: ['-d', '-c', config],
    ready: /Accepting connections/,
  })
  onTestFinished(() => program[Symbol.asyncDispose]())
  return {
    hostPort: `127.0.0.1:${port}`,
    requests: () =>
      program.said.flatMap(
        (line) => / Request \(file descriptor \d+\): (.+) HTTP\/1\.\d$/.exec(line)?.[1] ?? [],
      ),
  }
}
