import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import { parseVolumeRequest } from '../../src/manager/request-file.ts'

const URL_A = 'https://models.example.org/a.safetensors'
const MODEL = { name: 'a', url: URL_A }

const parse = (text: string) => parseVolumeRequest(new TextEncoder().encode(text))

/** All problems of a request, each as its message. */
function problemsOf(value: unknown): readonly string[] {
  try {
    parse(typeof value === 'string' ? value : JSON.stringify(value))
  } catch (thrown) {
    if (!(thrown instanceof R3mesError)) throw thrown
    const problems = thrown.problems.length > 0 ? thrown.problems : [thrown]
    expect(problems.map(({ code }) => code)).toEqual(problems.map(() => 'INPUT_INVALID'))
    return problems.map(({ message }) => message)
  }
  throw new Error('The request was accepted')
}

describe('a request', () => {
  it('has a checkpoint, LoRAs, embeddings and a prompt', () => {
    const request = {
      checkpoint: { ...MODEL, hash: 'A'.repeat(64) },
      loras: [
        { ...MODEL, scale: 0.8, hash: `sha256:${'0'.repeat(64)}` },
        { ...MODEL, name: 'b', hash: null },
      ],
      embeddings: [MODEL],
      prompt: 'a “quiet” lake\nat dawn',
    }
    expect(parse(JSON.stringify(request))).toEqual({
      ...request,
      loras: [
        { ...request.loras[0], scale: '0.8' },
        { ...MODEL, name: 'b' },
      ],
    })
  })

  it.each(['{}', '{"checkpoint":null,"loras":null,"embeddings":null,"prompt":null}', '\ufeff{}'])(
    'may leave everything out: %j',
    (text) => {
      expect(parse(text)).toEqual({ checkpoint: null, loras: [], embeddings: [], prompt: null })
    },
  )

  it.each([
    ['0.80', '0.80'],
    ['1', '1'],
    ['-0.50', '-0.50'],
    ['0.30000000000000004', '0.30000000000000004'],
    ['"0.80"', '0.80'],
  ])('keeps the scale %s as it is written', (written, kept) => {
    const { loras } = parse(`{"loras":[{"name":"a","url":"${URL_A}","scale":${written}}]}`)
    expect(loras).toEqual([{ ...MODEL, scale: kept }])
  })

  it.each(['1e-1', '1e3', '"much"', '"0,8"', '"NaN"', '"0x1"', 'true', '[0.8]', '{}', '""'])(
    'refuses the scale %s by its path',
    (written) => {
      expect(problemsOf(`{"loras":[{"name":"a","url":"${URL_A}","scale":${written}}]}`)).toEqual([
        '`loras[0].scale` must be a decimal number, such as 0.8.',
      ])
    },
  )

  it.each([
    [{ lora: [] }, 'Did you mean `loras`?'],
    [{ checkpoint_info: MODEL }, 'Did you mean `checkpoint`?'],
    [{ Prompt: 'x' }, 'Did you mean `prompt`?'],
    [{ checkpoint: { ...MODEL, sha256: 'x' } }, 'It may have `name`, `url`, `hash`.'],
    [{ checkpoint: { ...MODEL, has: 'x' } }, 'Did you mean `hash`?'],
    [{ checkpoint: { ...MODEL, scale: 1 } }, '`checkpoint` has a key that means nothing here.'],
    [{ loras: [MODEL, { ...MODEL, weight: 1 }] }, '`loras[1]` has a key that means nothing here.'],
  ])('refuses an unknown key with the one that is nearest: %j', (request, message) => {
    expect(problemsOf(request)).toEqual([expect.stringContaining(message)])
  })

  it.each([
    [{ checkpoint: 'sdxl' }, '`checkpoint` must be an object with `name`, `url`, `hash`.'],
    [{ checkpoint: [MODEL] }, '`checkpoint` must be an object with `name`, `url`, `hash`.'],
    [{ checkpoint: 7 }, '`checkpoint` must be an object with `name`, `url`, `hash`.'],
    [{ loras: MODEL }, '`loras` must be a list.'],
    [{ loras: [null] }, '`loras[0]` must be an object with `name`, `url`, `hash`, `scale`.'],
    [{ loras: [MODEL, 3] }, '`loras[1]` must be an object with `name`, `url`, `hash`, `scale`.'],
    [{ loras: [{ url: URL_A }] }, '`loras[0].name` is missing.'],
    [{ loras: [{ name: 'a' }] }, '`loras[0].url` is missing.'],
    [{ loras: [{ ...MODEL, name: 3 }] }, '`loras[0].name` must be a text in quotes.'],
    [{ loras: [{ ...MODEL, name: null }] }, '`loras[0].name` must be a text in quotes.'],
    [{ embeddings: [{ ...MODEL, hash: 12 }] }, '`embeddings[0].hash` must be a text in quotes.'],
    [{ prompt: ['a'] }, '`prompt` must be a text in quotes.'],
    [[], 'The request must be an object with `checkpoint`, `loras`, `embeddings`, `prompt`.'],
    ['null', 'The request must be an object with `checkpoint`, `loras`, `embeddings`, `prompt`.'],
    ['3', 'The request must be an object with `checkpoint`, `loras`, `embeddings`, `prompt`.'],
    ['', 'The request cannot be used: it is no JSON. Correct it.'],
    ["{'loras': []}", 'The request cannot be used: it is no JSON. Correct it.'],
    ['{"loras":[],"loras":[]}', 'The request cannot be used: a key stands twice in one object. Correct it.'],
    [
      `{"prompt":"${'x'.repeat(2 ** 20)}"}`,
      'The request cannot be used: it is larger than 1048576 bytes. Correct it.',
    ],
    ['[[[[[[[[[]]]]]]]]]', 'The request cannot be used: it is nested deeper than 8 levels. Correct it.'],
  ])('refuses %.60j, and says where', (request, message) => {
    expect(problemsOf(request)).toEqual([message])
  })

  it('is refused when its text is not UTF-8', () => {
    const latin1 = Buffer.from('{"prompt":"caf\xe9"}', 'latin1')
    expect(() => parseVolumeRequest(latin1)).toThrow('it is no JSON')
  })

  it('is told all that is wrong with it at once', () => {
    expect(
      problemsOf({ checkpoint: { name: 1, url: 2 }, loras: [{ ...MODEL, scale: 'x' }], pormpt: '' }),
    ).toHaveLength(4)
  })

  it('says in its message no word that it did not choose itself', () => {
    const hostile = '::error::the secrets'
    for (const message of problemsOf({ [hostile]: 1, loras: [{ [hostile]: hostile, scale: hostile }] })) {
      expect(message).not.toContain('secrets')
    }
  })
})
