/**
 * A devnet in a process of its own, so that what it costs is not counted as ours. It gets its options as JSON in the first
 * argument, sends what the bench needs in its first message, forgets the cache's entries when told `clear`, and ends with its
 * parent.
 */
import { openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import {
  approveAdapter,
  artifactManifest,
  type Content,
  MANIFEST_NAME,
  startDevnet,
} from '../../src/devnet/index.ts'
import { MIB } from './sizes.ts'
import { HUB_MODEL, type WorldFacts, type WorldOptions } from './worlds.ts'

/** Writes a content under its digest, for another server to serve. */
async function write(folder: string, content: Content): Promise<void> {
  await using file = await open(join(folder, content.sha256), 'w')
  for (let at = 0; at < content.size; at += MIB) {
    await file.write(content.read(at, Math.min(content.size, at + MIB)))
  }
}

/** The same content from its file, as another server would have it: making bytes anew costs more than serving them. */
function written(folder: string, content: Content): Content {
  const descriptor = openSync(join(folder, content.sha256), 'r')
  return {
    ...content,
    read(start, end, memory = Buffer.allocUnsafe(end - start)) {
      const bytes = readSync(descriptor, memory, 0, Math.min(memory.length, end - start), start)
      return memory.subarray(0, bytes)
    },
  }
}

const { model, files, folder }: WorldOptions = JSON.parse(process.argv[2] ?? '')
const devnet = await startDevnet({ sizes: { model, adapter: 1024, dataset: 1024 } })
const content = devnet.addContent('model 1.0.0', model)
await write(folder, content)
devnet.publishToHub(HUB_MODEL.repo, HUB_MODEL.path, written(folder, content))
if (files !== undefined) {
  const contents = Array.from({ length: files.count }, (_, n) => ({
    path: `part-${String(n).padStart(5, '0')}.bin`,
    content: devnet.addContent(`part ${n}`, files.bytes),
  }))
  const manifest = artifactManifest(contents)
  for (const one of [...contents, { content: manifest }]) await write(folder, one.content)
  devnet.publishToMirror(MANIFEST_NAME, manifest)
  approveAdapter(devnet, {
    adapterId: 'many_files',
    checksum: `manifest:${manifest.sha256}`,
    compatibleModelVersions: ['1.0.0'],
    downloadSource: 'https://files.example.org/many_files',
  })
}

process.on('disconnect', () => devnet.close())
process.on('message', () => {
  devnet.cache.clear()
  process.send?.('cleared')
})
process.send?.({
  inputs: devnet.inputs(),
  urls: { hub: devnet.urls.hub, cache: `${devnet.urls.cache}/` },
  cacheToken: devnet.cacheToken,
  cacheEnvironment: devnet.cacheEnvironment(),
  sha256: content.sha256,
} satisfies WorldFacts)
