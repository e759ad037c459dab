/** The two machines that docs/doctor.md shows: one with nothing wrong, and one with much. */
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort } from '../../scripts/real-parts/free-port.ts'
import { type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { type CommandResult, optionsOf, runCommand } from './command.ts'
import { aFolder } from './store.ts'

/** Ports as the document shows them, so that its lines are those of anybody's devnet. */
const SHOWN_PORTS = { rpc: 26657, rpc2: 26659, hub: 18081, gateway: 18080, mirror: 18090 } as const
const SHOWN_DEAD = '127.0.0.1:26661'
const SHOWN_HOME = '/home/me'

interface Shown {
  readonly well: CommandResult
  readonly ill: CommandResult
}

/** Both runs, as the document would show them. */
export async function theShownDoctor(): Promise<Shown> {
  const devnet = await startDevnet({ sizes: { model: 10_000, adapter: 1_000, dataset: 1_000 } })
  onTestFinished(() => devnet.close())
  const { 'allow-hosts': _unused, ...places } = devnet.inputs()
  const inputs = { ...places, 'max-artifact-size': '1MB' }
  const well = await shown(devnet, inputs, await aFolder())

  devnet.fail('hub', { kind: 'status', status: 401 })
  const home = await aFolder()
  await mkdir(join(home, '.r3mes'))
  await chmod(join(home, '.r3mes'), 0o777)
  const dead = `127.0.0.1:${await freePort()}`
  const wrong = { 'rpc-urls': `${devnet.urls.rpc}\nhttp://${dead}`, 'hf-token': 'hf_old', frozen: 'maybe' }
  const ill = await shown(devnet, { ...inputs, ...wrong }, home, { WALLET_PRIVATE_KEY: 'secret' }, dead)
  return { well, ill }
}

async function shown(
  devnet: Devnet,
  inputs: Readonly<Record<string, string>>,
  home: string,
  environment: Readonly<Record<string, string>> = {},
  dead = SHOWN_DEAD,
): Promise<CommandResult> {
  const result = await runCommand(['doctor', ...optionsOf(inputs)], { HOME: home, ...environment })
  const known = Object.entries(SHOWN_PORTS) as [keyof typeof SHOWN_PORTS, number][]
  const named = known.reduce(
    (text, [endpoint, port]) => text.replaceAll(devnet.urls[endpoint], `http://127.0.0.1:${port}`),
    result.stdout,
  )
  return { ...result, stdout: named.replaceAll(dead, SHOWN_DEAD).replaceAll(home, SHOWN_HOME) }
}

/** Without what differs between machines and moments. */
export function anywhere(text: string): string {
  return text
    .replace(/^( {2}ok {7}(?:Node|System|Reflinks|Names|Kubo API) ).*$/gm, '$1…')
    .replace(/[\d.]+ \wB of [\d.]+ \wB free/, '… free')
    .replace(/in \d+ ms/g, 'in … ms')
    .replace(/\d+ (?:second|minute)s? old/g, '… old')
    .replace(/\b(height|block) \d+/g, '$1 …')
    .replace(/^ {2}(?:ok {2} |note) {5}Volume .*$/m, '  Volume …')
}
