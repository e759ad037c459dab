import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import { artifactManifest, startDevnet } from '../../src/devnet/index.ts'
import { manifestOfFolder } from '../../src/ensure/index.ts'
import { sha256Of } from '../support/digest.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'r3mes-manifest-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true })
  await writeFile(join(folder, path), text)
}

async function codeOf(): Promise<string> {
  const thrown = await manifestOfFolder(folder).catch((error: unknown) => error)
  return thrown instanceof R3mesError ? thrown.code : String(thrown)
}

it('writes the manifest that a registry would approve, sorted by the bytes of the paths', async () => {
  await put('b.txt', 'second')
  await put('a/z.txt', 'first')
  await put('B.bin', 'capital')
  const manifest = await manifestOfFolder(folder)
  const written = await readFile(manifest.path)
  expect(manifest).toMatchObject({ files: 3, size: 18, digest: `manifest:${sha256Of(written)}` })
  expect(JSON.parse(written.toString()).files.map((file: { path: string }) => file.path)).toEqual([
    'B.bin',
    'a/z.txt',
    'b.txt',
  ])
})

it('agrees with the manifest that the devnet approves', async () => {
  await using devnet = Object.assign(await startDevnet({ sample: false }), {
    [Symbol.asyncDispose]: () => devnet.close(),
  })
  await put('model.gguf', 'weights')
  await put('tokenizer/vocab.json', '{}')
  const content = (path: string, text: string) => ({
    path,
    content: devnet.addContent(path, Buffer.from(text)),
  })
  const approved = artifactManifest([content('tokenizer/vocab.json', '{}'), content('model.gguf', 'weights')])
  expect((await manifestOfFolder(folder)).digest).toBe(`manifest:${approved.sha256}`)
})

it('gives the same digest when it is asked again: its own file is not listed', async () => {
  await put('model.gguf', 'weights')
  const first = await manifestOfFolder(folder)
  expect(await manifestOfFolder(folder)).toEqual(first)
})

it('refuses a folder without files, and one that is not there', async () => {
  expect(await codeOf()).toBe('INPUT_INVALID')
  const gone = await manifestOfFolder(join(folder, 'gone')).catch((error: unknown) => error)
  expect(gone).toMatchObject({ code: 'INPUT_INVALID' })
})

it('refuses links, and names that no file can have everywhere', async () => {
  await put('model.gguf', 'weights')
  await symlink('/etc/hostname', join(folder, 'link'))
  expect(await codeOf()).toBe('INPUT_INVALID')
  await rm(join(folder, 'link'))
  await put('NUL.txt', 'x')
  expect(await codeOf()).toBe('ID_UNSAFE')
})

it('refuses names that are one where case folds', async () => {
  await put('Model.gguf', 'x')
  await put('model.gguf', 'y')
  expect(await codeOf()).toBe('ID_UNSAFE')
})
