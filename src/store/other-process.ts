/** Whether a lock that this process holds keeps others out. Only another process can tell: locks belong to processes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What another process found out about a lock that is held here. */
export type OthersFind = 'refused' | 'granted' | 'unknown'

const GRANTED = 10
const REFUSED = 11

/** The program of that process. It takes the lock as lock-file.ts does, and ends with what it was told. */
const PROGRAM = `
const { DatabaseSync } = require('node:sqlite')
try {
  new DatabaseSync(process.argv[1]).exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  process.exitCode = ${GRANTED}
} catch (thrown) {
  process.exitCode = (thrown.errcode & 0xff) === 5 ? ${REFUSED} : 12
}`

/** @param path of a lock file whose lock this process holds */
export async function askOtherProcess(path: string, signal: AbortSignal): Promise<OthersFind> {
  const child = spawn(process.execPath, ['--no-warnings', '-e', PROGRAM, path], {
    // Options that the user gave to this Node, such as a debugger's port, are not for that one.
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: 'ignore',
    windowsHide: true,
    signal,
  })
  try {
    const [exitCode] = (await once(child, 'exit')) as [number | null]
    return exitCode === REFUSED ? 'refused' : exitCode === GRANTED ? 'granted' : 'unknown'
  } catch {
    return 'unknown'
  }
}
