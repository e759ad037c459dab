import { statfs } from 'node:fs/promises'
import type { Layout } from './layout.ts'

/**
 * Bytes that this user may still write where downloads arrive and where they stay; the smaller number, when those are two
 * file systems. Space that a file system keeps for root does not count.
 */
export async function freeBytes(layout: Layout): Promise<bigint> {
  const [arriving, staying] = await Promise.all([freeAt(layout.partials), freeAt(layout.blobs)])
  if (arriving < staying) return arriving
  return staying
}

async function freeAt(folder: string): Promise<bigint> {
  const { bavail, bsize } = await statfs(folder, { bigint: true })
  return bavail * bsize
}
