/**
 * Runs the built action the way GitHub's runner does: a process with `INPUT_*`, the command files and the cache service's variables,
 * and nothing else of this machine's environment. Used by `npm start`, the tests and the bench.
 */
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '..')

/** One job of a workflow: steps share its home, workspace and variables. */
export interface Job {
  readonly folder: string
  /** HOME of the steps. */
  readonly home: string
  readonly environment: Readonly<Record<string, string>>
}

export interface StepResult {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly outputs: Readonly<Record<string, string>>
  /** What the step exported for later ones. */
  readonly exported: Readonly<Record<string, string>>
  readonly summary: string
  /** Folders that the step put on the PATH of later ones. */
  readonly path: readonly string[]
  /** What the step keeps for the action's post step. */
  readonly state: Readonly<Record<string, string>>
  readonly milliseconds: number
}

export interface StepOptions {
  readonly inputs: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  /** A program and its arguments that start node in their turn: `prlimit`, `setpriv`. No shell: it would drop `INPUT_A-B`. */
  readonly launcher?: readonly string[]
  /** Called with the process as soon as it runs, to send signals. */
  readonly onStart?: (child: {
    readonly pid?: number | undefined
    kill(signal: NodeJS.Signals): boolean
  }) => void
  /** Called with every piece of the step's log. */
  readonly onLog?: (text: string) => void
  /** Folder of a sub-action, such as `volume`; the action itself when absent. */
  readonly action?: string
  /** A program of this project in the place of the built one: its source, for one. */
  readonly program?: string
}

/**
 * A fresh job in a folder of its own below the system's temporary folder. Its run has an id of its own.
 *
 * @param environment what its steps have beside what the runner gives
 */
export async function newJob(environment: Readonly<Record<string, string>> = {}): Promise<Job> {
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-job-'))
  const home = join(folder, 'home')
  await Promise.all(['home', 'temp', 'workspace', 'files'].map((name) => mkdir(join(folder, name))))
  return { folder, home, environment: { GITHUB_RUN_ID: String(randomInt(1, 2 ** 47)), ...environment } }
}

interface ActionMetadata {
  readonly inputs: Readonly<Record<string, { readonly default?: string | number | boolean }>>
  readonly runs: { readonly main: string; readonly post: string }
}

async function readMetadata(folder: string): Promise<ActionMetadata> {
  return parse(await readFile(join(folder, 'action.yml'), 'utf8'))
}

/** The runner sets every declared input, to its default when the workflow gives none. */
function inputVariables(
  metadata: ActionMetadata,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const defaults = Object.entries(metadata.inputs).map(([name, input]) => [name, String(input.default ?? '')])
  const inputs = { ...Object.fromEntries(defaults), ...given }
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      String(value),
    ]),
  )
}

/** `name<<delimiter`, the value, the delimiter: the format of the runner's command files. */
function parseCommandFile(text: string): Record<string, string> {
  const values: Record<string, string> = {}
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const [name, delimiter] = (lines[at] ?? '').split('<<')
    if (name === undefined || delimiter === undefined) continue
    const end = lines.indexOf(delimiter, at + 1)
    values[name] = lines.slice(at + 1, end).join('\n')
    at = end
  }
  return values
}

/** Runs the action's main step once. */
export async function runStep(job: Job, options: StepOptions): Promise<StepResult> {
  return await runProgram('main', job, options)
}

/**
 * Runs the action's post step, as the runner does at the end of a job.
 *
 * @param state what main kept for it, or what is there in its place
 */
export async function runPost(
  job: Job,
  state: Readonly<Record<string, string>>,
  options: StepOptions,
): Promise<StepResult> {
  const variables = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])
  const environment = { ...Object.fromEntries(variables), ...options.environment }
  return await runProgram('post', job, { ...options, environment })
}

async function runProgram(step: 'main' | 'post', job: Job, options: StepOptions): Promise<StepResult> {
  const folder = join(root, options.action ?? '')
  const metadata = await readMetadata(folder)
  const files = await mkdtemp(join(job.folder, 'files', 'step-'))
  const file = (name: string): string => join(files, name)
  await Promise.all(['output', 'env', 'path', 'state', 'summary'].map((name) => writeFile(file(name), '')))
  const environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: job.home,
    GITHUB_ACTIONS: 'true',
    CI: 'true',
    GITHUB_REPOSITORY: 'r3mes-network/example',
    GITHUB_WORKFLOW: 'Example',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_JOB: 'train',
    RUNNER_NAME: 'example-runner',
    GITHUB_WORKSPACE: join(job.folder, 'workspace'),
    RUNNER_TEMP: join(job.folder, 'temp'),
    RUNNER_OS: 'Linux',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_OUTPUT: file('output'),
    GITHUB_ENV: file('env'),
    GITHUB_PATH: file('path'),
    GITHUB_STATE: file('state'),
    GITHUB_STEP_SUMMARY: file('summary'),
    ...inputVariables(metadata, options.inputs),
    ...job.environment,
    ...options.environment,
  }
  const start = performance.now()
  const [program = process.execPath, ...args] = [
    ...(options.launcher ?? []),
    process.execPath,
    options.program === undefined ? join(folder, metadata.runs[step]) : join(root, options.program),
  ]
  const child = spawn(program, args, {
    cwd: join(job.folder, 'workspace'),
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  options.onStart?.(child)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    options.onLog?.(text)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const { exitCode, signal } = await new Promise<Pick<StepResult, 'exitCode' | 'signal'>>(
    (resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, endedBy) => resolve({ exitCode: code, signal: endedBy }))
    },
  )
  return {
    exitCode,
    signal,
    stdout,
    stderr,
    outputs: parseCommandFile(await readFile(file('output'), 'utf8')),
    exported: parseCommandFile(await readFile(file('env'), 'utf8')),
    summary: await readFile(file('summary'), 'utf8'),
    path: (await readFile(file('path'), 'utf8')).split('\n').filter((line) => line !== ''),
    state: parseCommandFile(await readFile(file('state'), 'utf8')),
    milliseconds: performance.now() - start,
  }
}
