import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { adapterKey, KEYED_LIES, LIES } from '../../src/devnet/index.ts'
import { runBuiltCommand, startBuiltCommand } from '../support/command.ts'
import { provenRead, signedHeaderAt, verdictOn } from '../support/devnet-node.ts'

/** What a started devnet says about itself. */
async function startedFacts(args: readonly string[]) {
  const child = startBuiltCommand(['devnet', '--json', ...args], {})
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  return JSON.parse(line) as {
    urls: { rpc: string; rpc2: string }
    anchor: { height: string; hash: string }
  }
}

describe('r3mes devnet', () => {
  it('lists every lie in its help', async () => {
    const { stdout, exitCode } = await runBuiltCommand(['devnet', '--help'], {})
    expect(exitCode).toBe(0)
    for (const [mode, { summary }] of Object.entries(LIES)) {
      expect(stdout.split('\n').find((line) => line.trim().startsWith(`${mode} `))).toContain(summary)
    }
  })

  it('refuses a lie that it does not know', async () => {
    const { exitCode, stderr } = await runBuiltCommand(['devnet', '--lie', 'white'], {})
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--help')
  })

  it('lies as it is told, and names a header to start trust from', async () => {
    const { urls, anchor } = await startedFacts(['--lie', 'hidden-key', '--model-size', '1KiB'])
    const { commit, header } = await signedHeaderAt(urls.rpc, BigInt(anchor.height))
    expect(Buffer.from(commit.blockId.hash).toString('hex').toUpperCase()).toBe(anchor.hash)
    const height = (await signedHeaderAt(urls.rpc)).header.height - 1n
    expect(header.height).toBeLessThan(height)
    const key = adapterKey('coder')
    const hidden = await provenRead(urls.rpc, key, height)
    expect(hidden.value).toHaveLength(0)
    expect(await verdictOn(urls.rpc2, key, height, hidden)).toMatchObject({ ok: false })
  })

  it.each(Object.keys(KEYED_LIES))('starts with the lie %s', async (mode) => {
    const { urls } = await startedFacts(['--lie', mode, '--model-size', '1KiB'])
    expect((await signedHeaderAt(urls.rpc)).header.height).toBeGreaterThan(1n)
  })
})
