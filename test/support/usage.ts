/** Builders for tests of the usage index. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { UsageEntry, UsageIndex, Use } from '../../src/store/index.ts'
import { sha256Of } from './digest.ts'

export type Registry = Record<string, Record<string, Record<string, unknown>>>

export function registryPath(home: string): string {
  return join(home, 'cache/cache_registry.json')
}

export function logPath(home: string): string {
  return join(home, 'cache/cache_registry.log')
}

/** The index as any program with a JSON parser reads it. */
export async function readRegistry(home: string): Promise<Registry> {
  return JSON.parse(await readFile(registryPath(home), 'utf8'))
}

export async function writeRegistry(home: string, registry: unknown): Promise<void> {
  await writeFile(registryPath(home), JSON.stringify(registry))
}

/** A use of an adapter of one file, or of what the sketch says. */
export function aUse(home: string, name: string, sketch: Partial<Use> = {}): Use {
  const sha256 = sha256Of(name)
  return {
    kind: 'adapter',
    path: join(home, 'adapters', `${name}.safetensors`),
    isFolder: false,
    digest: `sha256:${sha256}`,
    version: '1.0.0',
    url: `https://example.org/${name}`,
    files: [{ path: 'adapter.safetensors', sha256, size: 1000 }],
    approvedAtHeight: 42n,
    chainId: 'remes-test-1',
    usedBy: 'somebody on a machine',
    downloaded: false,
    at: new Date(),
    ...sketch,
  }
}

/** An entry as the Python manager writes one. */
export function anEntry(
  path: string,
  fields: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    url: 'https://example.org/file',
    path,
    hash: sha256Of(path),
    downloaded_at: 1700000000.25,
    last_used: 1700000100.5,
    usage_count: 7,
    file_size: 1234,
    ...fields,
  }
}

export async function allOf(usage: UsageIndex): Promise<readonly UsageEntry[]> {
  const all: UsageEntry[] = []
  for await (const entry of usage.entries()) all.push(entry)
  return all
}
