import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { chainBinary } from '../../scripts/chain-binary.ts'
import { CHAIN_BUILD_MS, goIsThere } from '../support/real-chain.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'real-chain-life-'))
  folders.push(folder)
  return folder
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20)
}

const refuses = (url: string): Promise<boolean> =>
  fetch(`${url}/health`, { headers: { connection: 'close' } }).then(
    () => false,
    () => true,
  )

describe.skipIf(!goIsThere())('the process of a real chain (needs Go)', () => {
  async function startInChild(temporary: string) {
    await chainBinary()
    const child = spawn(process.execPath, [join(import.meta.dirname, '../support/real-chain-child.ts')], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    return { child, urls: line.split(' ') }
  }

  it('ends when its starter closes it, and leaves nothing behind', { timeout: CHAIN_BUILD_MS }, async () => {
    const temporary = emptyFolder()
    const { child, urls } = await startInChild(temporary)
    expect(readdirSync(temporary)).toHaveLength(1)
    const ended = once(child, 'exit')
    child.stdin.end('close\n')
    expect(await ended).toEqual([0, null])
    expect(await Promise.all(urls.map(refuses))).toEqual([true, true])
    expect(readdirSync(temporary)).toEqual([])
  })

  it('ends when its starter is killed, and leaves nothing behind', { timeout: CHAIN_BUILD_MS }, async () => {
    const temporary = emptyFolder()
    const { child, urls } = await startInChild(temporary)
    child.kill('SIGKILL')
    await until(async () => (await Promise.all(urls.map(refuses))).every(Boolean))
    await until(() => readdirSync(temporary).length === 0)
  })
})
