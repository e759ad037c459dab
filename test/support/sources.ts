import type { WantedFile } from '../../src/core/index.ts'
import { createSources, type Source, type SourceOptions } from '../../src/sources/index.ts'
import { type Approved, aNetwork, approvedBytes } from './transfer.ts'

export function aWantedFile(
  more: Partial<WantedFile> = {},
  approved: Approved = approvedBytes(),
): WantedFile {
  return {
    ...approved.expected,
    subject: 'model 1.0.0: model.gguf',
    mirrorPath: 'model.gguf',
    places: [],
    ...more,
  }
}

/** All sources but the cache, none of them with a place outside loopback. */
export function someSources(options: Partial<SourceOptions> = {}): readonly Source[] {
  return createSources({
    order: ['cache', 'huggingface', 'ipfs', 'http'],
    huggingface: { endpoint: new URL('http://127.0.0.1:1') },
    ipfs: { gateways: [] },
    http: { mirrors: [] },
    network: options.network ?? aNetwork(),
    ...options,
  })
}

/** The URLs that a source would ask, in order. */
export async function urlsOf(source: Source | undefined, file: WantedFile): Promise<string[]> {
  const origins = (await source?.origins(file)) ?? []
  return origins.map(({ url }) => url.href)
}
