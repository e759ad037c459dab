import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildLoraPrompt, type PreparedLora } from '../../src/manager/index.ts'

describe('a prompt with LoRAs', () => {
  it('has the tag of each before the text, as in the Python manager', () => {
    expect(buildLoraPrompt('beautiful landscape', [['/path/to/landscape.safetensors', 0.8]])).toBe(
      '<lora:landscape:0.8> beautiful landscape',
    )
  })

  it('keeps the order, and prints scales as they are given', () => {
    const loras: PreparedLora[] = [
      ['/m/loras/b.safetensors', '0.80'],
      ['/m/loras/a.safetensors', 1],
      ['/m/loras/c.safetensors', -0.25],
      ['/m/loras/d.safetensors', '1.'],
    ]
    expect(buildLoraPrompt('x', loras)).toBe('<lora:b:0.80> <lora:a:1> <lora:c:-0.25> <lora:d:1.> x')
  })

  it('is the text alone without LoRAs, and the tags alone without a text', () => {
    expect(buildLoraPrompt('x', [])).toBe('x')
    expect(buildLoraPrompt('', [['/m/a.safetensors', 1]])).toBe('<lora:a:1>')
    expect(buildLoraPrompt('', [])).toBe('')
  })

  it('takes the name from the file, whatever system its path is of', () => {
    expect(buildLoraPrompt('', [['C:\\models\\loras\\sd xl 1.0.safetensors', 1]])).toBe('<lora:sd xl 1.0:1>')
    expect(buildLoraPrompt('', [['/m/loras/v1.5', 1]])).toBe('<lora:v1.5:1>')
  })

  it('writes small scales without an exponent', () => {
    expect(buildLoraPrompt('', [['/m/a.safetensors', 0.000_000_1]])).toBe('<lora:a:0.0000001>')
  })

  it.each(['a:b', 'a>b', '<a', 'a\nb', ' a', 'a ', 'a\u2028b', ''])(
    'refuses a name that would break the tag: %j',
    (name) => {
      expect(() => buildLoraPrompt('', [[`/m/${name}.safetensors`, 1]])).toThrow(
        expect.objectContaining({ code: 'INPUT_INVALID' }),
      )
    },
  )

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e30, 'much', '1e3', '0.8>', '', '1,5', '0x10', '.'])(
    'refuses a scale that is no decimal number: %s',
    (scale) => {
      expect(() => buildLoraPrompt('', [['/m/a.safetensors', scale]])).toThrow(
        expect.objectContaining({ code: 'INPUT_INVALID' }),
      )
    },
  )

  it('reads back as the names and scales that went in, 100 LoRAs of them', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,30}[A-Za-z0-9]$/)
    const scale = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true, min: -8, max: 8 }),
      fc.stringMatching(/^[0-9]{1,2}\.[0-9]{1,4}$/),
    )
    const loras = fc.array(fc.tuple(name, scale), { minLength: 0, maxLength: 100 })
    fc.assert(
      fc.property(loras, (given) => {
        const paths = given.map(([each, by]): PreparedLora => [`/models/loras/${each}.safetensors`, by])
        const prompt = buildLoraPrompt('the end', paths)
        const tags = [...prompt.matchAll(/<lora:([^<>:]+):([^<>:]+)>/g)]
        expect(tags.map(([, each]) => each)).toEqual(given.map(([each]) => each))
        expect(tags.map(([, , by]) => Number(by))).toEqual(
          given.map(([, by]) => expect.closeTo(Number(by), 12)),
        )
        expect(prompt.endsWith('the end')).toBe(true)
      }),
      { verbose: true },
    )
  })
})
