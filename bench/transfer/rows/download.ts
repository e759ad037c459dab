/** What rows of single files have in common: nginx has the file, a peer brings it, we bring and verify it. */
import { writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Nginx, type NginxOptions, startNginx } from '../../../scripts/real-parts/nginx.ts'
import type { OurJob } from '../jobs.ts'
import { type Command, type Measured, measure } from '../measured.ts'
import { randomFile } from '../random-file.ts'
import type { Bench, Ready } from '../row.ts'

/** Our child with this job, which lies in a file: a list of 2,000 URLs is too long for an argument. */
export function ourCommand(bench: Bench, job: OurJob, more: Partial<Command> = {}): Command {
  const path = `${bench.tools.ours}.job`
  writeFileSync(path, JSON.stringify(job))
  return { path: process.execPath, args: [bench.tools.ours, path], ...more }
}

export interface SingleFile {
  /** Of the documented size. */
  readonly bytes: number
  readonly nginx?: (folder: string) => Promise<Omit<NginxOptions, 'root'>>
  /** The peer's command line. */
  readonly peer: (bench: Bench, url: string, target: string) => Command
  /** What our child finds in its environment. */
  readonly environment?: (folder: string) => Readonly<Record<string, string>>
  /** Ours are synced to the disk, too. */
  readonly sync?: boolean
  /** Ended with the row. */
  readonly server?: AsyncDisposable
}

export function curl(bench: Bench, url: string, target: string): Command {
  return { path: bench.tools.curl, args: ['-sS', '-k', '-o', target, url] }
}

export function curlAndSync(bench: Bench, url: string, target: string): Command {
  const { path, args } = curl(bench, url, target)
  return {
    path: 'bash',
    args: ['-c', '"$@" && sync "$TARGET"', 'bash', path, ...args],
    env: { TARGET: target },
  }
}

/** As fast as it can be made: sixteen connections, from pieces of 1 MiB on. */
export function aria2c(bench: Bench, url: string, target: string): Command {
  const connections = ['-x16', '-s16', '-k1M', '--file-allocation=falloc', '--allow-overwrite=true']
  const name = target.split('/').at(-1) ?? ''
  return {
    path: bench.tools.aria2c,
    args: [...ARIA2C_QUIET, ...connections, '-d', join(target, '..'), '-o', name, url],
  }
}

export const ARIA2C_QUIET = ['--no-conf', '-q', '--console-log-level=error', '--summary-interval=0'] as const

/** @param name of the row: its folder */
export async function prepareSingleFile(bench: Bench, name: string, file: SingleFile): Promise<Ready> {
  await using begun = new AsyncDisposableStack()
  const folder = await bench.folder(name)
  begun.defer(() => rm(folder, { recursive: true, force: true }))
  if (file.server !== undefined) begun.use(file.server)
  const [served, target] = [await bench.folder(`${name}/served`), await bench.folder(`${name}/target`)]
  const { bytes, sha256 } = await randomFile(join(served, 'file'), bench.scaled(file.bytes))
  const nginx: Nginx = begun.use(await startNginx({ root: served, ...(await file.nginx?.(folder)) }))
  const url = `${nginx.url}/file`
  const job: OurJob = {
    kind: 'files',
    files: [{ url, sha256, bytes }],
    folder: target,
    parallel: 1,
    sync: file.sync ?? false,
  }
  const ended = begun.move()
  return {
    bytes,
    ours: (): Promise<Measured> => {
      const env = file.environment?.(folder)
      return measure(ourCommand(bench, job, env === undefined ? {} : { env }))
    },
    peer: () => measure(file.peer(bench, url, join(target, 'peer'))),
    async clean() {
      await bench.folder(`${name}/target`)
    },
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  }
}
