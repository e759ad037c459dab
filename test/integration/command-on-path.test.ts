import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { arch } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { runPost, type StepResult } from '../../scripts/action-runner.ts'
import { VERSION } from '../../src/core/index.ts'
import { root } from '../support/project.ts'
import { aScenario, MAIN_JOB, type Scenario } from '../support/scenario.ts'

const LONG = { timeout: 120_000 }

/** Runs a command line as a later step of the job does. */
async function laterStep(scenario: Scenario, step: StepResult, line: string): Promise<string> {
  const PATH = [...step.path.toReversed(), process.env['PATH'] ?? ''].join(delimiter)
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { env: { PATH, HOME: scenario.job.home } })
  return stdout
}

/** What the job's launcher starts. */
async function scriptOf(step: StepResult): Promise<string> {
  const text = await readFile(join(step.path[0] ?? '', 'r3mes'), 'utf8')
  return / -- '([^']+)' "\$@"\n$/.exec(text)?.[1] ?? ''
}

/** A machine of one's own with a tool cache, in whose job the action runs. */
async function selfHosted(scenario: Scenario): Promise<{
  readonly cache: string
  readonly main: () => Promise<StepResult>
  readonly post: (step: StepResult) => Promise<StepResult>
  readonly copies: () => Promise<string[]>
}> {
  const cache = join(scenario.job.folder, 'tools')
  await mkdir(cache)
  const environment = { RUNNER_ENVIRONMENT: 'self-hosted', RUNNER_TOOL_CACHE: cache }
  return {
    cache,
    main: () => scenario.step({ 'model-version': '1.0.0' }, { environment }),
    post: (step) => runPost(scenario.job, step.state, { inputs: {}, environment }),
    copies: async () => {
      const versions = await readdir(join(cache, 'setup-r3mes')).catch(() => [])
      return versions.map((version) => join(cache, 'setup-r3mes', version, arch()))
    },
  }
}

describe('after the action, r3mes', () => {
  it('is a command of later steps, whatever Node they have', LONG, async () => {
    const scenario = await aScenario()
    const step = await scenario.step(MAIN_JOB)
    expect(step.exitCode).toBe(0)
    expect(step.path).toHaveLength(1)
    expect(await laterStep(scenario, step, 'r3mes --version')).toBe(`${VERSION}\n`)
    expect(
      await laterStep(scenario, step, 'PATH="$(dirname "$(command -v r3mes)"):/usr/bin:/bin" r3mes verify'),
    ).toContain('4 ok.')
    expect(await laterStep(scenario, step, 'r3mes manifest --help | head -1')).toBe(
      'Usage: r3mes manifest [options] <folder>\n',
    )
    expect(step.stdout).not.toContain('::warning')
  })

  it('is there after a failed run as well, to find out why', LONG, async () => {
    const scenario = await aScenario()
    const step = await scenario.step({ ...MAIN_JOB, adapters: 'nobody' })
    expect(step.exitCode).toBe(3)
    expect(await laterStep(scenario, step, 'r3mes --version')).toBe(`${VERSION}\n`)
  })

  it('takes arguments as they are, and its flags for its own', LONG, async () => {
    const scenario = await aScenario()
    const step = await scenario.step(MAIN_JOB)
    const line = `r3mes ls --home "$HOME/a 'b' \\$c" --env-file /nowhere/env 2>&1 || true`
    expect(await laterStep(scenario, step, line)).toContain('cannot be read (ENOENT)')
  })

  it('has a launcher for Windows beside the other one', LONG, async () => {
    const scenario = await aScenario()
    const step = await scenario.step(MAIN_JOB)
    const text = await readFile(join(step.path[0] ?? '', 'r3mes.cmd'), 'utf8')
    expect(text).toBe(`@"${process.execPath}" -- "${await scriptOf(step)}" %*\r\n`)
  })

  it.each([
    ['RUNNER_TEMP is missing', { RUNNER_TEMP: '' }],
    ['RUNNER_TEMP is no folder', { RUNNER_TEMP: '/dev/null' }],
  ])('is missing with a warning, and nothing fails, when %s', LONG, async (_why, environment) => {
    const scenario = await aScenario()
    const step = await scenario.step(MAIN_JOB, { environment })
    expect(step).toMatchObject({ exitCode: 0, path: [] })
    expect(step.stdout).toMatch(/::warning[^\n]*r3mes is not on the PATH/)
  })

  it('is run from the action itself on GitHub’s own machines, and nothing is copied', LONG, async () => {
    const scenario = await aScenario()
    const cache = join(scenario.job.folder, 'tools')
    await mkdir(cache)
    const environment = { RUNNER_ENVIRONMENT: 'github-hosted', RUNNER_TOOL_CACHE: cache }
    const step = await scenario.step(MAIN_JOB, { environment })
    await runPost(scenario.job, step.state, { inputs: {}, environment })
    expect(await scriptOf(step)).toBe(join(root, 'dist/cli.js'))
    expect(await readdir(cache)).toEqual([])
  })
})

describe('on a machine that is kept, r3mes', () => {
  it(
    'is copied to the tool cache at the end of the first job, and run from there in later ones',
    LONG,
    async () => {
      const scenario = await aScenario()
      const { main, post, copies } = await selfHosted(scenario)
      const first = await main()
      expect(await scriptOf(first)).toBe(join(root, 'dist/cli.js'))
      expect(await copies()).toEqual([])
      expect((await post(first)).exitCode).toBe(0)
      const [copy = ''] = await copies()
      const second = await main()
      expect(await scriptOf(second)).toBe(join(copy, 'cli.js'))
      expect(await laterStep(scenario, second, 'r3mes --version')).toBe(`${VERSION}\n`)
      expect(await laterStep(scenario, second, 'r3mes verify 2>&1')).toContain('1 ok.')
      expect(Object.keys(second.state)).not.toContain('r3mes-command')
    },
  )

  it.each([
    [
      'a file of it was changed',
      (copy: string) => appendFile(join(copy, 'cli.js'), '\nconsole.log("evil")\n'),
    ],
    ['a file of it is gone', (copy: string) => rm(join(copy, 'hash-worker.js'))],
    [
      'a file of it is a link',
      async (copy: string) => {
        await rm(join(copy, 'cli.js'))
        await symlink(join(root, 'dist/cli.js'), join(copy, 'cli.js'))
      },
    ],
    [
      'another package.json stands in it',
      (copy: string) => writeFile(join(copy, 'package.json'), '{"type":"commonjs"}'),
    ],
  ])('is not run from a copy when %s', LONG, async (_how, tamper) => {
    const scenario = await aScenario()
    const { main, post, copies } = await selfHosted(scenario)
    await post(await main())
    const [copy = ''] = await copies()
    await tamper(copy)
    const step = await main()
    expect(await scriptOf(step)).toBe(join(root, 'dist/cli.js'))
    expect(await laterStep(scenario, step, 'r3mes --version')).toBe(`${VERSION}\n`)
    expect((await post(step)).exitCode).toBe(0)
    expect(await scriptOf(await main())).toBe(join(root, 'dist/cli.js'))
  })

  it('is whole for both of two jobs that end at once', LONG, async () => {
    const scenario = await aScenario()
    const { cache, main, post, copies } = await selfHosted(scenario)
    const steps = await Promise.all([main(), main()])
    const ends = await Promise.all(steps.map(post))
    expect(ends.map(({ exitCode, stdout }) => [exitCode, /warning/i.test(stdout)])).toEqual([
      [0, false],
      [0, false],
    ])
    const [copy = '', ...others] = await copies()
    expect(others).toEqual([])
    expect(await readdir(join(copy, '..'))).toEqual([arch(), `${arch()}.complete`])
    expect(existsSync(cache)).toBe(true)
    expect(await scriptOf(await main())).toBe(join(copy, 'cli.js'))
  })

  it(
    'is run from the action itself where there is no tool cache, or none that can be written to',
    LONG,
    async () => {
      const scenario = await aScenario()
      const inputs = { 'model-version': '1.0.0' }
      for (const cache of ['', 'relative', '/dev/null/tools']) {
        const environment = { RUNNER_ENVIRONMENT: 'self-hosted', RUNNER_TOOL_CACHE: cache }
        const step = await scenario.step(inputs, { environment })
        expect(step.exitCode).toBe(0)
        expect(await scriptOf(step)).toBe(join(root, 'dist/cli.js'))
        expect((await runPost(scenario.job, step.state, { inputs: {}, environment })).exitCode).toBe(0)
      }
    },
  )
})
