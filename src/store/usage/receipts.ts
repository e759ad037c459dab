/** Uses that the receipts of earlier runs tell of. */
import { isSha256Hex } from '../../core/index.ts'
import { changed, fieldsOf, isArtifactPath, isRecord, type RawEntry, type Roots } from './entry.ts'
import { type IndexedFile, SECTION_OF_KIND, type Use } from './types.ts'

/** Receipts that are read, the newest ones. */
const MOST_RECEIPTS = 1000

/**
 * Entries by path, as if every receipt had been noted when it was written.
 *
 * @param receipts texts, the newest first
 */
export async function toldByReceipts(
  receipts: AsyncIterable<string>,
  roots: Roots,
): Promise<ReadonlyMap<string, RawEntry>> {
  const newestFirst: (readonly Use[])[] = []
  for await (const text of receipts) {
    newestFirst.push(usesOf(parsed(text), roots))
    if (newestFirst.length === MOST_RECEIPTS) break
  }
  const told = new Map<string, RawEntry>()
  for (const use of newestFirst.reverse().flat()) {
    const { downloaded } = use
    const entry = changed(told.get(use.path), { kind: 'use', fields: fieldsOf(use), downloaded })
    if (entry !== undefined) told.set(use.path, entry)
  }
  return told
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function usesOf(receipt: unknown, roots: Roots): readonly Use[] {
  if (!isRecord(receipt) || receipt['success'] !== true || !Array.isArray(receipt['artifacts'])) return []
  const chain = isRecord(receipt['chain']) ? receipt['chain']['id'] : undefined
  const at = new Date(String(receipt['finishedAt']))
  if (Number.isNaN(at.getTime())) return []
  const chainId = typeof chain === 'string' ? chain : ''
  return receipt['artifacts'].flatMap((artifact) => useOf(artifact, at, chainId, roots) ?? [])
}

function useOf(artifact: unknown, at: Date, chainId: string, roots: Roots): Use | undefined {
  if (!isRecord(artifact) || !Array.isArray(artifact['files'])) return undefined
  const { kind, path, digest, version } = artifact
  if (kind !== 'model' && kind !== 'adapter' && kind !== 'dataset') return undefined
  if (!isArtifactPath(path, roots[SECTION_OF_KIND[kind]]) || typeof digest !== 'string') return undefined
  const reports = artifact['files'].filter(isRecord)
  const files = reports.flatMap(({ path: file, sha256, size }): readonly IndexedFile[] =>
    typeof file === 'string' && typeof sha256 === 'string' && isSha256Hex(sha256) && typeof size === 'number'
      ? [{ path: file, sha256, size }]
      : [],
  )
  const height = String(artifact['approvedAtHeight'])
  return {
    kind,
    path,
    isFolder: true,
    digest,
    version: typeof version === 'string' ? version : '',
    url: reports.map(({ url }) => url).find((url) => typeof url === 'string'),
    files: files.length === reports.length ? files : [],
    approvedAtHeight: /^[0-9]{1,20}$/.test(height) ? BigInt(height) : 0n,
    chainId,
    usedBy: undefined,
    downloaded: reports.some(({ from }) => from !== 'store'),
    at,
  }
}
