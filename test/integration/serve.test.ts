import { once } from 'node:events'
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { optionsOf, runBuiltCommand, startBuiltCommand } from '../support/command.ts'
import { aScenario, MAIN_JOB, type Scenario } from '../support/scenario.ts'
import { aFolder } from '../support/store.ts'
import { finalTree } from '../support/tree.ts'

/** A model of several files too: its manifest is a blob as well. */
const REQUEST = { ...MAIN_JOB, 'model-version': '2.0.0', adapters: '' }

/** The first thing that a server prints. Fails when it ends instead. */
async function announced(child: ReturnType<typeof startBuiltCommand>): Promise<string> {
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`the server ended with code ${code}`)
  })
  const [text] = await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), ended])
  ended.catch(() => undefined)
  return String(text)
}

/** `r3mes serve blobs` as a process of its own. */
async function aServer(home: string, ...more: string[]) {
  const child = startBuiltCommand(['serve', 'blobs', '--home', home, '--port', '0', '--json', ...more], {})
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const { mirrors } = JSON.parse(await announced(child)) as { mirrors: readonly string[] }
  return {
    mirrors,
    stop: async (signal: NodeJS.Signals) => {
      const closed = once(child, 'close')
      child.kill(signal)
      const [exitCode] = (await closed) as [number | null]
      return { exitCode, errors }
    },
  }
}

/** A neighbour with an empty store, who knows the chain and this mirror and nothing else. */
async function aNeighbour({ devnet }: Scenario, mirrors: readonly string[]) {
  const home = await aFolder()
  const { 'rpc-urls': rpc = '', 'chain-id': chainId = '' } = devnet.inputs()
  const inputs = {
    ...REQUEST,
    'rpc-urls': rpc,
    'chain-id': chainId,
    mirrors: mirrors.join('\n'),
    sources: 'http',
    home,
  }
  return { home, ...(await runBuiltCommand(['ensure', '--json', ...optionsOf(inputs)], {})) }
}

describe('a store that is served', () => {
  it('gives a neighbour everything that was approved, every byte checked, and logs it', async () => {
    const scenario = await aScenario({ cache: false })
    expect((await scenario.step(REQUEST)).outputs['success']).toBe('true')
    const server = await aServer(scenario.store, '--verbose')
    scenario.devnet.requests.clear()
    const neighbour = await aNeighbour(scenario, server.mirrors)
    expect([neighbour.exitCode, neighbour.stderr.includes('from http, verified')]).toEqual([0, true])
    expect(await finalTree(neighbour.home)).toEqual(await finalTree(scenario.store))
    expect(scenario.devnet.requests.content()).toEqual([])
    const { exitCode, errors } = await server.stop('SIGTERM')
    expect(exitCode).toBe(143)
    expect(errors).toMatch(/GET \/sha256\/[0-9a-f]{64}.*: 20[06], /)
  })

  it('gives a neighbour no tampered byte', async () => {
    const scenario = await aScenario({ cache: false })
    await scenario.step(REQUEST)
    for (const shard of await readdir(join(scenario.store, 'blobs', 'sha256'))) {
      for (const name of await readdir(join(scenario.store, 'blobs', 'sha256', shard))) {
        const path = join(scenario.store, 'blobs', 'sha256', shard, name)
        await chmod(path, 0o600)
        await writeFile(path, 'tampered')
      }
    }
    const server = await aServer(scenario.store)
    const neighbour = await aNeighbour(scenario, server.mirrors)
    expect(neighbour.exitCode).toBe(6)
    expect(JSON.parse(neighbour.stdout)['error-code']).toMatch(/DIGEST_MISMATCH|SIZE_MISMATCH/)
    expect(neighbour.stderr).toContain('served wrong bytes')
    expect(await finalTree(neighbour.home)).toEqual({})
    expect((await server.stop('SIGINT')).exitCode).toBe(130)
  })
})

describe('r3mes serve blobs', () => {
  it('prints the lines that neighbours need', async () => {
    const { store, step } = await aScenario({ cache: false })
    await step({ 'model-version': '1.0.0' })
    const child = startBuiltCommand(['serve', 'blobs', '--port', '0'], { R3MES_HOME: store })
    expect(await announced(child)).toMatch(
      /mirrors: \|\n {2}http:\/\/127\.0\.0\.1:[0-9]+\/sha256\/\{sha256\}\n$/,
    )
  })

  it.each([[['--port', '70000']], [['--port', 'x']], [['--home', '/nonexistent/store']]])(
    'refuses %j',
    async (args) => {
      const { exitCode, stdout } = await runBuiltCommand(['serve', 'blobs', ...args], {})
      expect([exitCode, stdout]).toEqual([2, ''])
    },
  )
})
