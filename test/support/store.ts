/** Builders for tests of the store: real folders, real bytes, real verified files. */

import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  type Reporter,
  type Sha256Hex,
  safeName,
  safePath,
  silentReporter,
  type VerifiedFile,
  Verifier,
} from '../../src/core/index.ts'
import {
  type ArtifactKind,
  openStore,
  type Promotable,
  type Store,
  type StoreOptions,
} from '../../src/store/index.ts'
import { sha256Of } from './digest.ts'

/** A folder that is gone after the test. */
export async function aFolder(parent = tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(parent, 'store-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A folder on another file system than the temporary one. */
export async function aFolderElsewhere(): Promise<string> {
  const { dev } = await stat(tmpdir())
  for (const candidate of ['/dev/shm', '/run/shm', homedir(), process.cwd()]) {
    const found = await stat(candidate).catch(() => undefined)
    if (found !== undefined && found.dev !== dev) return aFolder(candidate)
  }
  throw new Error('These tests need a second file system, such as /dev/shm')
}

export interface RecordingReporter extends Reporter {
  readonly lines: { readonly level: string; readonly text: string }[]
}

export function aReporter(): RecordingReporter {
  const lines: { level: string; text: string }[] = []
  const record = (level: string) => (text: string) => {
    lines.push({ level, text })
  }
  return {
    ...silentReporter,
    lines,
    debug: record('debug'),
    info: record('info'),
    notice: record('notice'),
    warning: record('warning'),
  }
}

/** Bytes at a path of the store's partials, through the verifier, as a download leaves them. */
export async function aPartial(store: Store, bytes: Uint8Array | string): Promise<VerifiedFile> {
  const content = Buffer.from(bytes)
  const sha256 = sha256Of(content)
  const path = store.partialPath(sha256)
  await writeFile(path, content)
  const verifier = new Verifier({ sha256, size: content.length })
  verifier.update(content)
  return verifier.finish(path)
}

export async function aBlob(store: Store, bytes: Uint8Array | string): Promise<VerifiedFile> {
  return (await store.find(sha256Of(bytes))) ?? (await store.adopt(await aPartial(store, bytes)))
}

export interface ArtifactSketch {
  readonly kind?: ArtifactKind
  readonly name?: string
  readonly asFolder?: boolean
  readonly files?: Readonly<Record<string, Uint8Array | string>>
}

/** An artifact whose files are blobs of the store. */
export async function anArtifact(store: Store, sketch: ArtifactSketch = {}): Promise<Promotable> {
  const contents = Object.entries(sketch.files ?? { 'model.gguf': 'the weights' })
  const files: { path: ReturnType<typeof safePath>; file: VerifiedFile }[] = []
  for (const [path, bytes] of contents) {
    files.push({ path: safePath(path, 'file'), file: await aBlob(store, bytes) })
  }
  return {
    kind: sketch.kind ?? 'model',
    name: safeName(sketch.name ?? 'v1.0.0', 'name'),
    asFolder: sketch.asFolder ?? true,
    digest: sha256Of(files.map(({ path, file }) => `${path} ${file.sha256}`).join('\n')),
    files,
  }
}

export interface StoreAtHand {
  readonly store: Store
  readonly home: string
  readonly reporter: RecordingReporter
}

export async function aStore(
  options: Partial<Pick<StoreOptions, 'home' | 'modelDir' | 'adapterDir' | 'volume'>> = {},
): Promise<StoreAtHand> {
  const reporter = aReporter()
  const home = options.home ?? join(await aFolder(), 'home')
  return { store: await openStore({ ...options, home, reporter }), home, reporter }
}

/**
 * Every file below a folder, hidden ones too, by relative path. Not what says who works there: to read a lock of this
 * very process would end it.
 */
export async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const leases = join(folder, 'leases')
  const files = entries.filter((entry) => !entry.isDirectory() && !entry.parentPath.startsWith(leases))
  const pairs = await Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      const content = entry.isFile() ? await readFile(path, 'utf8') : '(no file)'
      return [relative(folder, path), content] as const
    }),
  )
  return Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Overwrites a file in place, as another program would, whatever its mode: all its hard links change with it. */
export async function scribble(path: string, bytes: string | Uint8Array): Promise<void> {
  const { mode } = await stat(path)
  await chmod(path, 0o644)
  await writeFile(path, bytes)
  await chmod(path, mode & 0o7777)
}

export function blobPathIn(home: string, sha256: Sha256Hex): string {
  return join(home, 'blobs', 'sha256', sha256.slice(0, 2), sha256)
}

export const TWO_FILES = { 'model.gguf': 'the weights', 'tokenizer/vocab.json': '{}' } as const

/** A folder that no store made. */
export async function aFolderWith(path: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(path)
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(path, name), bytes)
}
