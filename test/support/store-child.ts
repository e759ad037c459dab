/**
 * A process of its own that uses a store: to be run as another user, under a limit, on a read-only disk, or killed in the
 * middle. Its one argument is a {@link ChildJob} as JSON; it prints a {@link ChildReport}.
 */
import { createHash } from 'node:crypto'
import fsPromises, { open, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import {
  R3mesError,
  type Sha256Hex,
  safeName,
  safePath,
  silentReporter,
  type VerifiedFile,
  Verifier,
} from '../../src/core/index.ts'
import type { ArtifactKind, Store } from '../../src/store/index.ts'

export interface ChildArtifact {
  readonly kind: ArtifactKind
  readonly name: string
  readonly asFolder: boolean
  /** Bytes by path; a number is so many bytes of one letter. */
  readonly files: Readonly<Record<string, string | number>>
}

export interface ChildJob {
  readonly home: string
  readonly modelDir?: string
  readonly adapterDir?: string
  /** Becomes this user and group before it opens the store. */
  readonly user?: number
  readonly artifacts?: readonly ChildArtifact[]
  readonly cacheFileOf?: number
  /** Kills itself with SIGKILL right before this call into the file system. */
  readonly killAt?: { readonly call: string; readonly nth: number }
}

export type ChildReport =
  | {
      readonly ok: true
      readonly paths: readonly string[]
      /** Calls into the file system after the store was opened, by name; all of them under `any`. */
      readonly calls: Readonly<Record<string, number>>
    }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly detail: string }

const WATCHED = 'mkdir rename link copyFile chmod open unlink rm lstat readdir'.split(' ')
const WATCHED_ON_HANDLES = 'read sync stat writeFile'.split(' ')

/** Counts every call that the store makes into the file system. */
async function countCalls(killAt: ChildJob['killAt']): Promise<Record<string, number>> {
  const calls: Record<string, number> = {}
  let isCounting = false
  const count = (call: string) => {
    const nth = (calls[call] ?? 0) + 1
    calls[call] = nth
    if (killAt?.call === call && killAt.nth === nth) process.kill(process.pid, 'SIGKILL')
  }
  const watch = (holder: object, name: string) => {
    const original: unknown = Reflect.get(holder, name)
    if (typeof original !== 'function') throw new TypeError(`There is no ${name} to watch`)
    Reflect.set(holder, name, function (this: unknown, ...args: unknown[]) {
      if (isCounting) {
        count(name)
        count('any')
      }
      return Reflect.apply(original, this, args)
    })
  }
  for (const name of WATCHED) watch(fsPromises, name)
  const probe = await open(process.execPath, 'r')
  const handles: object = Object.getPrototypeOf(probe)
  await probe.close()
  for (const name of WATCHED_ON_HANDLES) watch(handles, name)
  syncBuiltinESMExports()
  isCounting = true
  return calls
}

async function blobOf(store: Store, bytes: Buffer): Promise<VerifiedFile> {
  const sha256 = createHash('sha256').update(bytes).digest('hex') as Sha256Hex
  const held = await store.find(sha256, bytes.length)
  if (held !== undefined) return held
  const path = store.partialPath(sha256)
  await writeFile(path, bytes)
  const verifier = new Verifier({ sha256, size: bytes.length })
  verifier.update(bytes)
  return await store.adopt(verifier.finish(path))
}

async function promote(store: Store, artifact: ChildArtifact): Promise<string> {
  const files: { path: ReturnType<typeof safePath>; file: VerifiedFile }[] = []
  const digest = createHash('sha256').update(JSON.stringify(artifact.files)).digest('hex') as Sha256Hex
  for (const [path, content] of Object.entries(artifact.files)) {
    const bytes = typeof content === 'number' ? Buffer.alloc(content, 'x') : Buffer.from(content)
    files.push({ path: safePath(path, 'file'), file: await blobOf(store, bytes) })
  }
  const promotion = await store.promote({ ...artifact, name: safeName(artifact.name, 'name'), digest, files })
  return promotion.path
}

async function run(job: ChildJob): Promise<ChildReport> {
  const { openStore } = await import('../../src/store/index.ts')
  if (job.user !== undefined) {
    process.setgroups?.([])
    process.setgid?.(job.user)
    process.setuid?.(job.user)
  }
  try {
    await using store = await openStore({ ...job, reporter: silentReporter })
    const calls = await countCalls(job.killAt)
    const paths: string[] = []
    for (const artifact of job.artifacts ?? []) paths.push(await promote(store, artifact))
    if (job.cacheFileOf !== undefined) {
      paths.push(await store.writeCacheFile('receipts/r.json', JSON.stringify('x'.repeat(job.cacheFileOf))))
    }
    return { ok: true, paths, calls }
  } catch (thrown) {
    if (!(thrown instanceof R3mesError)) throw thrown
    return { ok: false, code: thrown.code, message: thrown.message, detail: thrown.detail ?? '' }
  }
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? '') as ChildJob)))
