import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { VERSION } from '../../src/core/index.ts'
import { ENVIRONMENT_ONLY, INPUTS, type InputSpec } from '../../src/ensure/index.ts'
import { readAnswers } from '../../src/init/answers.ts'
import { envText, envValue, ignoringEnv, missingLines } from '../../src/init/env-file.ts'
import { nextCommands } from '../../src/init/next-commands.ts'
import { stepText, workflowText } from '../../src/init/workflow.ts'
import { entry, scalar } from '../../src/init/yaml.ts'
import { aFolder } from '../support/store.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const URLS = 'https://rpc-a.example.org\nhttps://rpc-b.example.org:26657/rpc'
const OPENING = `$${'{{'}`

const answersOf = (raw: Readonly<Record<string, string>> = {}, runner = 'ubuntu-latest') =>
  readAnswers({ 'rpc-urls': URLS, ...raw }, runner, {})

/** What GitHub hands to the action: expressions are evaluated after the file was read. */
const evaluated = (value: unknown): string => String(value).replaceAll(`${OPENING} '${OPENING}' }}`, OPENING)

/** Text with all that YAML, expressions, shells and readers of `.env` look at. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        OPENING,
        "'",
        '"',
        '#',
        ': ',
        '- ',
        '`',
        '$',
        '\\',
        '{',
        '}',
        '&',
        '*',
        '!',
        '|',
        '>',
        '%',
        '@',
        ' #',
        '\t',
        '~',
        '=',
        '\u0085',
        '\u2028',
        '::error::',
      ),
      fc.string(),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))

describe(`values as YAML (SEED=${SEED})`, () => {
  it('come back as they were, whatever they hold', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(evaluated(parse(`key: ${scalar(text)}`).key)).toBe(text)
      }),
      { seed: SEED, numRuns: 500 },
    )
  })

  it('come back line by line', () => {
    const line = hostile.map((text) => text.replaceAll(/[\r\n]/g, '').trim()).filter((text) => text !== '')
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        const read = evaluated(parse(`with:\n${entry('key', lines.join('\n'), 2)}\n  next: 1`).with.key)
        expect(read.replace(/\n$/, '')).toBe(lines.join('\n'))
      }),
      { seed: SEED, numRuns: 500 },
    )
  })

  it.each(['true', 'no', '1.0', '0x10', 'null', '~', '1e3', '2026-01-01', ''])('keep %s a text', (text) => {
    expect(parse(`key: ${scalar(text)}`).key).toBe(text)
  })
})

describe('the workflow', () => {
  const inputs = new Set<string>(INPUTS.map(({ name }) => name))

  it('gives the action inputs that it has, as they were answered', () => {
    const answers = answersOf({
      'model-version': '1.0',
      'model-name': `it's "quoted" ${OPENING} github.token }} # x`,
      adapters: 'coder\ndomain:coding',
      datasets: 'training_dataset_v1',
      'ipfs-gateways': 'https://ipfs.example.org',
    })
    const { jobs } = parse(workflowText(answers, VERSION))
    const step = jobs.r3mes.steps.find(({ uses }: { uses?: string }) => uses?.startsWith('r3mes-network/'))
    expect(step.uses).toBe(`r3mes-network/setup-r3mes@v${VERSION}`)
    expect(Object.keys(step.with).filter((name) => !inputs.has(name))).toEqual([])
    const given = Object.fromEntries(
      Object.entries(step.with).map(([name, value]) => [name, evaluated(value).trim()]),
    )
    expect(given).toEqual({
      'rpc-urls': URLS,
      'chain-id': 'remes-testnet-1',
      'model-version': '1.0',
      'model-name': answers.inputs['model-name'],
      adapters: 'coder\ndomain:coding',
      datasets: 'training_dataset_v1',
      'ipfs-gateways': 'https://ipfs.example.org',
    })
    expect(workflowText(answers, VERSION)).not.toContain(`${OPENING} github.token`)
  })

  it('may read the repository, and keeps no token of it', () => {
    const { permissions, jobs } = parse(workflowText(answersOf(), VERSION))
    expect(permissions).toEqual({ contents: 'read' })
    expect(jobs.r3mes.permissions).toBeUndefined()
    expect(jobs.r3mes.steps[0]).toEqual({
      uses: 'actions/checkout@v5',
      with: { 'persist-credentials': false },
    })
  })

  it('runs where it is told to', () => {
    expect(parse(workflowText(answersOf({}, 'self-hosted, linux'), VERSION)).jobs.r3mes['runs-on']).toEqual([
      'self-hosted',
      'linux',
    ])
    expect(() => answersOf({}, `${OPENING} x }}`)).toThrow(/--runner/)
  })

  it('shows datasets where no model is asked for', () => {
    const { jobs } = parse(workflowText(answersOf({ 'model-version': 'none', datasets: 'a' }), VERSION))
    expect(jobs.r3mes.steps.at(-1).env.DATASETS).toContain('outputs.dataset-paths')
  })

  it('has the step that is printed to be pasted', () => {
    const answers = answersOf({ adapters: 'a\nb' })
    expect(workflowText(answers, VERSION)).toContain(stepText(answers, VERSION))
    expect(parse(`steps:\n${stepText(answers, VERSION)}`).steps).toHaveLength(1)
  })
})

describe('answers', () => {
  it('are refused by the readers of runs', () => {
    for (const raw of [
      { adapters: '../x' },
      { 'chain-id': 'a b' },
      { 'trusted-height': '5' },
      { 'rpc-urls': 'http://rpc.example.org' },
      { 'model-name': 'a\nb: c' },
    ]) {
      expect(() => answersOf(raw), JSON.stringify(raw)).toThrow(
        expect.objectContaining({ name: 'R3mesError' }),
      )
    }
  })

  it('hold no password, and no message shows one', () => {
    const thrown = (): unknown => {
      try {
        return answersOf({ 'rpc-urls': 'https://user:hunter2@rpc.example.org' })
      } catch (error) {
        return error
      }
    }
    expect(thrown()).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining('secret') })
    expect(String(thrown())).not.toContain('hunter2')
  })

  it('come from the environment where nobody types them', () => {
    const answers = readAnswers({}, 'ubuntu-latest', { BLOCKCHAIN_RPC_URL: URLS, CHAIN_ID: 'mine-1' })
    expect(answers.inputs).toMatchObject({
      'rpc-urls': URLS,
      'chain-id': 'mine-1',
      'model-version': 'active',
    })
  })

  it('are missing by the name of the flag', () => {
    expect(() => readAnswers({}, 'ubuntu-latest', {})).toThrow(/--rpc-urls/)
  })
})

describe(`the .env file (SEED=${SEED})`, () => {
  it('names every variable that a run reads, and sets what was answered', () => {
    const text = envText(answersOf({ 'chain-id': 'mine-1', home: '~/models' }))
    const specs: readonly InputSpec[] = INPUTS
    const names = [
      ...specs.flatMap(({ environment }) => environment ?? []),
      ...ENVIRONMENT_ONLY.map(({ name }) => name),
    ]
    for (const name of names) expect(text).toMatch(new RegExp(`^(?:# )?${name}=`, 'm'))
    expect(parseEnv(text)).toEqual({ BLOCKCHAIN_RPC_URL: URLS, CHAIN_ID: 'mine-1', R3MES_HOME: '~/models' })
  })

  it('is read alike by Node and by a shell, or not written', async () => {
    const path = join(await aFolder(), '.env')
    const written = fc.sample(hostile, { seed: SEED, numRuns: 60 }).flatMap((text) => {
      const value = text.trim().replaceAll('\r', '')
      if (value === '') return []
      try {
        return [{ value, line: envValue('X', value) }]
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'INPUT_INVALID' })
        return []
      }
    })
    expect(written.length).toBeGreaterThan(5)
    for (const { value, line } of written) {
      expect(parseEnv(`X=${line}\n`)['X']).toBe(value)
      await writeFile(path, `X=${line}\n`)
      const shown = execFileSync('sh', ['-c', `. "${path}"; printf %s "$X"`], {
        env: { HOME: '~' },
        encoding: 'utf8',
      })
      expect(shown).toBe(value)
    }
  })

  it('is told what an older one lacks', () => {
    const answers = answersOf({ 'chain-id': 'mine-1' })
    expect(missingLines(answers, `# CHAIN_ID=\nexport BLOCKCHAIN_RPC_URL=x\n`)).toEqual(['CHAIN_ID=mine-1'])
    expect(missingLines(answers, envText(answers))).toEqual([])
  })

  it('is kept out of git once', () => {
    expect(ignoringEnv('')).toBe('.env\n')
    expect(ignoringEnv('dist')).toBe('dist\n.env\n')
    for (const line of ['.env', '/.env', '*.env', '.env*', '**/.env'])
      expect(ignoringEnv(`a\r\n${line}\r\n`)).toBeUndefined()
    expect(ignoringEnv('!.env\n#.env\n.environment\n')).toContain('\n.env\n')
  })
})

describe('the commands that come next', () => {
  it('are words that a shell takes as they are', () => {
    const answers = answersOf({
      'model-version': '>=1.0.0 <2.0.0',
      adapters: 'coder\nwriter',
      'model-name': "it's",
    })
    const [ensure, commit] = nextCommands(answers, ['r3mes.lock', '.env'])
    const words = execFileSync('sh', ['-c', `r3mes() { printf '%s\\n' "$@"; }; ${ensure}`], {
      encoding: 'utf8',
    })
    expect(words.trim().split('\n')).toEqual([
      ...['ensure', '--env-file', '.env', '--model-version', '>=1.0.0 <2.0.0', '--model-name', "it's"],
      ...['--adapters', 'coder', 'writer'],
    ])
    expect(commit).toMatch(/^git add r3mes\.lock && git commit/)
  })
})
