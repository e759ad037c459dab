/** Whether only this machine writes to a file system. Locks of the kernel speak for one machine, not for its neighbours. */
import { statfs } from 'node:fs/promises'

/** `shared`: others than this kernel may write there, or nobody knows. */
export type Volume = 'local' | 'shared'

/** `f_type` of statfs(2) on Linux, from include/uapi/linux/magic.h and the file systems' own headers. */
const LOCAL_ON_LINUX: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x01021994, // tmpfs
  0x858458f6, // ramfs
  0x794c7630, // overlay
  0x61756673, // aufs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0xca451a4e, // bcachefs
  0x3153464a, // jfs
  0x52654973, // reiserfs
  0x3434, // nilfs2
  0x5346544e, // ntfs
  0x7366746e, // ntfs3
  0x2011bab0, // exfat
  0x4d44, // fat
  0x482b, // hfs+
  0xf15f, // ecryptfs
])

/** hfs and apfs. Types of other file systems are handed out in the order in which they are loaded. */
const LOCAL_ON_MACOS: ReadonlySet<number> = new Set([17, 26])

/**
 * Pure.
 *
 * @param type as statfs gives it; 32 bits, with or without a sign
 */
export function volumeOf(type: number, platform: NodeJS.Platform, path: string): Volume {
  // Windows gives no type. A share has its machine's name in front.
  if (platform === 'win32') return /^[\\/]{2}(?![?.][\\/][A-Za-z]:)/.test(path) ? 'shared' : 'local'
  const known = platform === 'darwin' ? LOCAL_ON_MACOS : LOCAL_ON_LINUX
  return known.has(type >>> 0) ? 'local' : 'shared'
}

/** The kind of file system that a folder lies on. */
export async function volumeAt(folder: string): Promise<Volume> {
  const { type } = await statfs(folder)
  return volumeOf(type, process.platform, folder)
}
