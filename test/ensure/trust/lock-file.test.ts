import { execFileSync } from 'node:child_process'
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readLockState, writeLockfile } from '../../../src/ensure/trust/lock-file.ts'
import { formatLockfile } from '../../../src/registry/index.ts'
import { aLock } from '../../support/locked.ts'

async function aPath(): Promise<{ readonly folder: string; readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-lock-file-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return { folder, path: join(folder, 'r3mes.lock') }
}

describe('reading a lockfile', () => {
  it('gives what was written', async () => {
    const { path } = await aPath()
    await writeLockfile(path, formatLockfile(aLock()))
    expect(await readLockState(path, undefined)).toEqual({ kind: 'read', lock: aLock() })
  })

  it('says that there is none, also where its folder is missing or a file', async () => {
    const { folder, path } = await aPath()
    expect(await readLockState(path, undefined)).toEqual({ kind: 'absent' })
    expect(await readLockState(join(folder, 'no', 'r3mes.lock'), undefined)).toEqual({ kind: 'absent' })
    await writeFile(path, '')
    expect(await readLockState(join(path, 'r3mes.lock'), undefined)).toEqual({ kind: 'absent' })
  })

  it('does not look inside in an untrusted event, whatever is there', async () => {
    const { path } = await aPath()
    const event = 'issue_comment'
    expect(await readLockState(path, event)).toEqual({ kind: 'unread', event, exists: false })
    await writeFile(path, 'anything')
    await chmod(path, 0)
    expect(await readLockState(path, event)).toEqual({ kind: 'unread', event, exists: true })
  })

  it('does not wait for a writer when it is a pipe', async () => {
    const { path } = await aPath()
    execFileSync('mkfifo', [path])
    await expect(readLockState(path, undefined)).rejects.toMatchObject({ code: 'LOCK_INVALID' })
  })

  it('refuses a byte order mark, which is no JSON', async () => {
    const { path } = await aPath()
    await writeFile(path, `\ufeff${formatLockfile(aLock())}`)
    await expect(readLockState(path, undefined)).rejects.toMatchObject({ code: 'LOCK_INVALID' })
  })
})

describe('writing a lockfile', () => {
  it('replaces the old one in one step and leaves nothing beside it', async () => {
    const { folder, path } = await aPath()
    await writeFile(path, 'old', { mode: 0o600 })
    await writeLockfile(path, 'new')
    expect(await readFile(path, 'utf8')).toBe('new')
    expect(await readdir(folder)).toEqual(['r3mes.lock'])
    expect((await stat(path)).mode & 0o777).toBe(0o644)
  })

  it('replaces a symbolic link and does not follow it', async () => {
    const { folder, path } = await aPath()
    const elsewhere = join(folder, 'elsewhere')
    await writeFile(elsewhere, 'untouched')
    await symlink(elsewhere, path)
    await writeLockfile(path, 'new')
    expect(await readFile(elsewhere, 'utf8')).toBe('untouched')
    expect((await lstat(path)).isSymbolicLink()).toBe(false)
  })

  it('leaves nothing behind when it cannot', async () => {
    const { folder, path } = await aPath()
    await mkdir(join(path, 'in the way'), { recursive: true })
    await expect(writeLockfile(path, 'new')).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    expect(await readdir(folder)).toEqual(['r3mes.lock'])
  })
})
