/** Disks of their own: small, without hard links, or cut off in the middle. Mounting takes root, or sudo that asks nothing. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { demandProgram, EXFAT, MAKE_EXFAT } from '../../scripts/real-parts/programs.ts'

const IS_ROOT = process.getuid?.() === 0

/** How a command line begins that needs root. */
const AS_ROOT: readonly string[] = IS_ROOT ? [] : ['sudo', '-n']

/** Whether tests can have disks. In CI nothing is skipped: there it has to be possible. */
export function mayHaveDisks(): boolean {
  if (process.platform !== 'linux') return false
  return Boolean(process.env['CI']) || IS_ROOT || spawnSync('sudo', ['-n', 'true']).status === 0
}

/** Runs a program as root. */
export function asRoot(...command: readonly string[]): void {
  const [program = '', ...args] = [...AS_ROOT, ...command]
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

export interface Disk extends AsyncDisposable {
  /** Where it is mounted. */
  readonly folder: string
}

async function mounted(
  mount: (folder: string, image: string) => Promise<void>,
): Promise<Disk & { readonly image: string }> {
  const own = await mkdtemp(join(tmpdir(), 'r3mes-disk-'))
  const folder = join(own, 'mounted')
  const image = join(own, 'image')
  execFileSync('mkdir', [folder])
  await mount(folder, image)
  return {
    folder,
    image,
    async [Symbol.asyncDispose]() {
      asRoot('umount', folder)
      await rm(own, { recursive: true })
    },
  }
}

/** A disk in memory. */
export function aSmallDisk(bytes: number): Promise<Disk> {
  return mounted(async (folder) => {
    const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()}`
    asRoot('mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=755,${owner}`, 'none', folder)
  })
}

/** A disk without hard links and modes, on which upper and lower case are one. */
export function anExfatDisk(bytes: number): Promise<Disk> {
  return mounted(async (folder, image) => {
    await writeFile(image, '')
    await truncate(image, bytes)
    execFileSync(demandProgram(MAKE_EXFAT), [image], { stdio: 'ignore' })
    const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()},allow_other`
    demandProgram(EXFAT)
    asRoot('mount', '-t', 'exfat-fuse', '-o', `loop,umask=022,noatime,${owner}`, image, folder)
  })
}

/** A disk with a journal that can be taken away from its machine. */
export interface ExtDisk extends Disk {
  /** Command for a shell: nothing that is not on the disk by now will ever be (ioctl EXT4_IOC_SHUTDOWN without a flush). */
  readonly cutOff: string
  /** Command for a shell: the disk has an error, and the kernel lets nobody write any more. */
  readonly makeReadOnly: string
  /**
   * Puts it back as after a restart of the machine: the journal is played back. On a copy of its bytes, since the kernel may go on
   * with what it knew of the old ones.
   */
  restart(): void
}

/** https://www.kernel.org/doc/html/latest/filesystems/ext4/: _IOR('X', 125, __u32) with the flag NOLOGFLUSH. */
const SHUTDOWN = `import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack("I", 2))`

export async function anExtDisk(bytes: number): Promise<ExtDisk> {
  const mount = (folder: string, image: string) =>
    asRoot('mount', '-o', 'loop,errors=remount-ro', image, folder)
  const disk = await mounted(async (folder, image) => {
    await writeFile(image, '')
    await truncate(image, bytes)
    const owner = `root_owner=${process.getuid?.()}:${process.getgid?.()}`
    execFileSync('/sbin/mkfs.ext4', ['-q', '-F', '-E', owner, image], { stdio: 'ignore' })
    mount(folder, image)
  })
  const { folder, image } = disk
  let current = image
  let restarts = 0
  const root = AS_ROOT.join(' ')
  return {
    folder,
    cutOff: `${root} python3 -c '${SHUTDOWN}' ${folder}`,
    makeReadOnly: `device=$(findmnt -n -o SOURCE ${folder}) && echo 1 | ${root} tee /sys/fs/ext4/$(basename $device)/trigger_fs_error`,
    restart() {
      // Before: another process may have its own view of all mounts, and with it hold this one.
      spawnSync('sync', ['-f', folder])
      asRoot('umount', folder)
      const copy = join(dirname(image), `image-${restarts++}`)
      execFileSync('cp', ['--sparse=always', current, copy])
      execFileSync('rm', [current])
      current = copy
      mount(folder, copy)
    },
    [Symbol.asyncDispose]: () => disk[Symbol.asyncDispose](),
  }
}
