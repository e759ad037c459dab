import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../support/command.ts'
import { aFolder } from '../support/store.ts'

const LONG = { timeout: 60_000 }
const CHAIN = ['--rpc-urls', 'http://127.0.0.1:9', 'http://127.0.0.2:9']

describe('a command on a store that ends before it has a result', () => {
  it.each([
    ['verify', [], 2, 'INPUT_INVALID'],
    ['repair', [], 2, 'RPC_URL_MISSING'],
    ['repair', CHAIN, 2, 'INPUT_INVALID'],
    ['sync', [], 2, 'RPC_URL_MISSING'],
    ['sync', CHAIN, 2, 'INPUT_INVALID'],
    ['prune', [], 2, 'INPUT_INVALID'],
    ['prune', ['--max-age', '0d'], 2, 'INPUT_INVALID'],
    ['stats', [], 2, 'INPUT_INVALID'],
    ['stats', ['--prometheus'], 2, 'INPUT_INVALID'],
    ['ls', [], 2, 'INPUT_INVALID'],
    ['ls', ['--no-such-option'], 2, 'INPUT_INVALID'],
    ['cache clear', [], 2, 'INPUT_INVALID'],
  ] as const)(
    '%s %j says so as JSON, with the exit code of always',
    LONG,
    async (name, more, code, error) => {
      const args = [...name.split(' '), ...more, '--home', join(await aFolder(), 'none')]
      const plain = await runCommand(args)
      expect(plain).toMatchObject({ exitCode: code, stdout: '' })
      const json = await runCommand([...args, '--json'])
      expect(json.exitCode).toBe(code)
      expect(JSON.parse(json.stdout)).toEqual({
        success: false,
        'error-code': error,
        'error-message': expect.stringMatching(/./),
      })
    },
  )

  it('prints no JSON with its help', LONG, async () => {
    const { exitCode, stdout } = await runCommand(['ls', '--json', '--help'])
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Usage:') })
    expect(stdout).not.toContain('error-code')
  })
})
