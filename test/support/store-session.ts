import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { layoutOf, sessionLockPath } from '../../src/store/layout.ts'
import type { SessionRecord } from '../../src/store/leases/records.ts'
import { tryLock } from '../../src/store/process-lock.ts'
import { stagingTag } from '../../src/store/staging.ts'

const ROOM = new URL('../../src/store/index.ts', import.meta.url).href

/** A process that has a store open, and does something with it first. */
export interface SessionProcess {
  readonly child: ChildProcess
  readonly id: string
  /** Ends it as a crash does. */
  kill(): Promise<void>
}

/**
 * @param doing body of an async function of `store`
 * @param launcher command that starts the process
 */
export async function aSessionProcess(
  home: string,
  doing = '',
  launcher: readonly string[] = [],
): Promise<SessionProcess> {
  const before = new Set(await sessionIds(home))
  const program = `
    import { openStore } from ${JSON.stringify(ROOM)}
    import { writeFile } from 'node:fs/promises'
    const nobody = { debug() {}, info() {}, notice() {}, warning() {}, progress() {} }
    const store = await openStore({ home: ${JSON.stringify(home)}, reporter: nobody, doing: 'test' })
    ${doing}
    console.log('ready')
    process.stdin.on('end', () => store.close().then(() => process.exit())).resume()`
  const [command = '', ...args] = [...launcher, process.execPath, '--input-type=module', '-e', program]
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const id = (await sessionIds(home)).find((each) => !before.has(each)) ?? ''
  return {
    child,
    id,
    async kill() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Sessions with a lock file. */
export async function sessionIds(home: string): Promise<string[]> {
  const names = await readdir(join(home, 'leases/sessions')).catch(() => [])
  return names.filter((name) => name.endsWith('.lock')).map((name) => name.slice(0, -'.lock'.length))
}

/** What a process left that has ended, as its files say: by default a process of another machine. */
export async function anEndedSession(home: string, record: Partial<SessionRecord> = {}): Promise<string> {
  const id = stagingTag()
  const { leases } = layoutOf(home, {})
  tryLock(sessionLockPath(leases, id))?.release()
  await writeFile(join(leases.sessions, `${id}.json`), JSON.stringify({ ...ELSEWHERE, ...record }))
  return id
}

const ELSEWHERE: SessionRecord = {
  bootId: 'another boot',
  pidNamespace: 'pid:[1]',
  host: 'elsewhere',
  since: 1,
  pid: 1,
  pidStart: '1',
  doing: 'ensure',
  blobs: [],
  artifacts: [],
}
