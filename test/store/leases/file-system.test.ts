import { statfs } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { volumeAt, volumeOf } from '../../../src/store/leases/file-system.ts'
import { aFolder } from '../../support/store.ts'

it.each([
  ['ext4', 0xef53, 'local'],
  ['xfs', 0x58465342, 'local'],
  ['btrfs', 0x9123683e, 'local'],
  ['btrfs, as a signed number', 0x9123683e | 0, 'local'],
  ['tmpfs', 0x01021994, 'local'],
  ['overlay', 0x794c7630, 'local'],
  ['zfs', 0x2fc12fc1, 'local'],
  ['nfs', 0x6969, 'shared'],
  ['smb2', 0xfe534d42, 'shared'],
  ['cifs', 0xff534d42, 'shared'],
  ['fuse', 0x65735546, 'shared'],
  ['ceph', 0x00c36400, 'shared'],
  ['lustre', 0x0bd00bd0, 'shared'],
  ['9p', 0x01021997, 'shared'],
  ['virtiofs, which says fuse', 0x65735546, 'shared'],
  ['one that nobody knows', 0x12345678, 'shared'],
])('knows who writes to a file system on Linux: %s', (_name, type, volume) => {
  expect(volumeOf(type, 'linux', '/home')).toBe(volume)
})

it('takes a share on Windows for shared, and a drive for local', () => {
  expect(volumeOf(0, 'win32', 'C:\\Users\\me\\.r3mes')).toBe('local')
  expect(volumeOf(0, 'win32', '\\\\?\\C:\\Users\\me\\.r3mes')).toBe('local')
  expect(volumeOf(0, 'win32', '\\\\server\\share\\.r3mes')).toBe('shared')
  expect(volumeOf(0, 'win32', '//server/share/.r3mes')).toBe('shared')
})

it('takes on macOS what is not one of its own file systems for shared', () => {
  expect(volumeOf(26, 'darwin', '/Users')).toBe('local')
  expect(volumeOf(2, 'darwin', '/Volumes/nfs')).toBe('shared')
})

it('asks the operating system', async () => {
  const folder = await aFolder()
  expect(await volumeAt(folder)).toBe(volumeOf((await statfs(folder)).type, process.platform, folder))
})
