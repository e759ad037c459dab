import { describe, expect, it } from 'vitest'
import { runCommand } from '../support/command.ts'
import { aVolumeWorld } from '../support/volume-command.ts'

const LONG = { timeout: 60_000 }
const prompt = (...args: string[]) => runCommand(['volume', 'prompt', ...args])

describe('r3mes volume prompt', () => {
  it.each([
    [
      ['--lora', '/path/to/landscape.safetensors:0.8', '--prompt', 'beautiful landscape'],
      '<lora:landscape:0.8> beautiful landscape',
    ],
    [['--lora', 'a.safetensors:0.80', '--lora', 'b.safetensors:-1'], '<lora:a:0.80> <lora:b:-1>'],
    [['--lora', 'a.safetensors'], '<lora:a:1>'],
    [['--lora', 'C:\\models\\a.safetensors:0.5'], '<lora:a:0.5>'],
    [['--lora', 'C:\\models\\a.safetensors'], '<lora:a:1>'],
  ])('of %j is %s', LONG, async (args, expected) => {
    expect(await prompt(...args)).toEqual({ exitCode: 0, stdout: `${expected}\n`, stderr: '' })
  })

  it('comes from a request, asks nobody, and needs no volume', LONG, async () => {
    const { host, request, volume } = await aVolumeWorld()
    const path = await request(
      `{"prompt":"a lake","loras":[{"name":"a","url":"${host.url}/a","scale":0.70},{"name":"b.safetensors","url":"x"}]}`,
    )
    expect((await volume('prompt', path)).stdout).toBe('<lora:a:0.70> <lora:b:1> a lake\n')
    expect((await volume('prompt', path, '--prompt', 'a harbour')).stdout).toBe(
      '<lora:a:0.70> <lora:b:1> a harbour\n',
    )
    expect(host.asked).toEqual([])
  })

  it('has 100 LoRAs in their order', LONG, async () => {
    const { request, volume } = await aVolumeWorld()
    const loras = Array.from({ length: 100 }, (_, at) => ({ name: `lora-${at}`, url: 'x', scale: at / 100 }))
    const { stdout } = await volume('prompt', await request({ loras, prompt: 'p' }))
    expect(stdout).toBe(`${loras.map(({ name, scale }) => `<lora:${name}:${scale}>`).join(' ')} p\n`)
  })

  it(
    'prints nothing that a terminal or a runner would obey; as JSON it is the same to the letter',
    LONG,
    async () => {
      const hostile = '\u001b[2J\n::add-mask::x\n##[error]y'
      const plain = await prompt('--lora', 'a', '--prompt', hostile)
      expect(plain.stdout).not.toMatch(/\u001b|^::|##\[/m)
      const { stdout } = await prompt('--lora', 'a', '--prompt', hostile, '--json')
      expect(stdout).not.toMatch(/\u001b|^::|##\[/m)
      expect(JSON.parse(stdout)).toEqual({ prompt: `<lora:a:1> ${hostile}` })
    },
  )

  it('is not cut where it is long', LONG, async () => {
    const long = 'x'.repeat(20_000)
    expect((await prompt('--lora', 'a', '--prompt', long)).stdout).toBe(`<lora:a:1> ${long}\n`)
  })

  it.each([
    [['--lora', 'a<b:1'], 'would break the prompt'],
    [['--lora', 'a:b.safetensors:1'], 'would break the prompt'],
    [['--lora', 'x>:1'], 'would break the prompt'],
    [['--lora', ''], 'a path and a scale'],
    [[], 'Name either the file of a request or LoRAs'],
    [['request.json', '--lora', 'a:1'], 'Name either the file of a request or LoRAs'],
    [['missing.json'], 'cannot be read'],
  ])('refuses %j', LONG, async (args, message) => {
    const { exitCode, stdout, stderr } = await prompt(...args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})
