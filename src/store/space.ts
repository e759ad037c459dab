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

/** Bytes of a file system. */
export interface DiskSpace {
  readonly total: number
  readonly used: number
  /** What this user may still write: less than what is not used, where some is kept for root. */
  readonly free: number
}

export async function diskSpace({ blobs }: Pick<Layout, 'blobs'>): Promise<DiskSpace> {
  return await spaceAt(blobs)
}

/** The room on the file system of a folder. */
export async function spaceAt(folder: string): Promise<DiskSpace> {
  const { bavail, bfree, blocks, bsize } = await statfs(folder, { bigint: true })
  return {
    total: Number(blocks * bsize),
    used: Number((blocks - bfree) * bsize),
    free: Number(bavail * bsize),
  }
}
