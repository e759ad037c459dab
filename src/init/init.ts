/** `r3mes init`: what a repository needs, written all at once. */
import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { R3mesError, type Reporter } from '../core/index.ts'
import { type Environment, lines, lockFromInputs } from '../ensure/index.ts'
import type { Answers } from './answers.ts'
import { ENV_PATH, envText, IGNORE_PATH, ignoringEnv, missingLines } from './env-file.ts'
import { lockCommand } from './next-commands.ts'
import { type NewFile, putFiles } from './put-files.ts'
import { stepText, WORKFLOW_PATH, workflowText } from './workflow.ts'

export interface InitOptions {
  /** Absolute path of the repository's top folder. */
  readonly folder: string
  /** Of the action that the workflow uses: `0.1.0`. */
  readonly version: string
  /** True: a workflow that is there is replaced. Lockfile and `.env` never are. */
  readonly force: boolean
  readonly environment: Environment
  readonly reporter: Reporter
  readonly signal?: AbortSignal
}

/** A file that was there and stays as it is. */
export interface KeptFile {
  readonly path: string
  /** What to do about it, in words. */
  readonly advice: string
  /** Lines to paste; empty when there are none. */
  readonly paste: string
}

export interface InitResult {
  /** Paths below the folder. */
  readonly written: readonly string[]
  readonly kept: readonly KeptFile[]
  /** Why there is no lockfile yet, and what to type later. */
  readonly unlocked: { readonly error: R3mesError; readonly command: string } | undefined
  readonly notices: readonly string[]
}

const LOCK_PATH = 'r3mes.lock'
/** As people are told of them. */
const ORDER = [WORKFLOW_PATH, LOCK_PATH, ENV_PATH, IGNORE_PATH]

/** Failures after which the chain can be asked later; by all others the answers are wrong, or somebody lies. */
function canWait({ code, errorClass }: R3mesError): boolean {
  return errorClass === 'chain' || code === 'TRUST_UNSET' || code === 'WITNESS_MISSING'
}

type Place = 'top' | 'no-repository'

/** @throws R3mesError `INPUT_INVALID` inside of a repository, where GitHub would not look */
async function placeOf(folder: string): Promise<Place> {
  if (await isThere(join(folder, '.git'))) return 'top'
  for (let above = dirname(folder); ; above = dirname(above)) {
    if (await isThere(join(above, '.git'))) {
      throw new R3mesError(
        'INPUT_INVALID',
        'This folder lies inside of a git repository, and GitHub reads workflows from its top alone. Change to the top folder (`cd "$(git rev-parse --show-toplevel)"`) and run again.',
      )
    }
    if (dirname(above) === above) return 'no-repository'
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}

/** The text of a regular file; undefined for everything else. */
async function textAt(path: string): Promise<string | undefined> {
  const entry = await lstat(path).catch(() => undefined)
  return entry?.isFile() === true ? await readFile(path, 'utf8') : undefined
}

interface ProvenLock {
  readonly text: string
  /** What it stands on, and what its owner should look at. */
  readonly notices: readonly string[]
}

/** The lockfile's text, proven, or why there is none yet. It is written to a folder of its own first. */
async function proveLock(
  { inputs }: Answers,
  { environment, reporter, signal }: InitOptions,
): Promise<ProvenLock | R3mesError> {
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-init-'))
  try {
    const path = join(folder, LOCK_PATH)
    const { home: _home, 'hf-endpoint': _hub, 'ipfs-gateways': _gateways, ...raw } = inputs
    // The store is opened only when a fork has to be kept; there it belongs to the home that holds elsewhere, too.
    const home = inputs.home === '' ? {} : { home: inputs.home }
    const ports = { reporter, environment, ...(signal === undefined ? {} : { signal }) }
    const { error, interrupted, notices } = await lockFromInputs(
      'create',
      { ...raw, ...home, lockfile: path },
      ports,
    )
    if (interrupted) signal?.throwIfAborted()
    if (error === undefined) return { text: await readFile(path, 'utf8'), notices }
    if (canWait(error)) return error
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What goes where, decided before anything is written. */
interface Decided {
  readonly files: NewFile[]
  readonly kept: KeptFile[]
}

async function decideWorkflow(
  answers: Answers,
  options: InitOptions,
  { files, kept }: Decided,
): Promise<void> {
  const { folder, version, force } = options
  if (force || !(await isThere(join(folder, WORKFLOW_PATH)))) {
    files.push({ path: WORKFLOW_PATH, text: workflowText(answers, version), replace: force })
    return
  }
  const advice = 'stays as it is; `--force` replaces it. The step, to paste into it:'
  kept.push({ path: WORKFLOW_PATH, advice, paste: stepText(answers, version) })
}

async function decideEnv(answers: Answers, { folder }: InitOptions, { files, kept }: Decided): Promise<void> {
  const path = join(folder, ENV_PATH)
  if (!(await isThere(path))) {
    // Tokens are written into it later.
    files.push({ path: ENV_PATH, text: envText(answers), replace: false, mode: 0o600 })
    return
  }
  const missing = missingLines(answers, (await textAt(path)) ?? '')
  const advice = missing.length === 0 ? 'stays as it is' : 'stays as it is. What it does not set yet:'
  kept.push({ path: ENV_PATH, advice, paste: missing.map((line) => `${line}\n`).join('') })
}

async function decideIgnore({ folder }: InitOptions, { files }: Decided): Promise<void> {
  const path = join(folder, IGNORE_PATH)
  const present = (await isThere(path)) ? await textAt(path) : ''
  // A link or a folder under that name is somebody's own arrangement.
  const text = present === undefined ? undefined : ignoringEnv(present)
  if (text !== undefined) files.push({ path: IGNORE_PATH, text, replace: true })
}

/**
 * Proves the lockfile, and writes workflow, lockfile, `.env` and a line of `.gitignore`: all of them, or nothing. When the chain
 * cannot be asked, everything but the lockfile is written.
 *
 * @throws R3mesError what `readSettings` and `r3mes lock` throw, `INPUT_INVALID` and `DISK_FULL` for files that cannot be
 * written; the signal's reason once it is aborted. Nothing was written then.
 */
export async function init(answers: Answers, options: InitOptions): Promise<InitResult> {
  const { folder, signal } = options
  const place = await placeOf(folder)
  const decided: Decided = { files: [], kept: [] }
  await decideWorkflow(answers, options, decided)
  await decideEnv(answers, options, decided)
  if (place === 'top') await decideIgnore(options, decided)
  const lock = await decideLock(answers, options, decided)
  signal?.throwIfAborted()
  await putFiles(folder, decided.files)
  const written = decided.files.map(({ path }) => path)
  return {
    written: ORDER.filter((path) => written.includes(path)),
    kept: decided.kept,
    unlocked: lock.unlocked,
    notices: [...lock.notices, ...noticesOf(answers, place)],
  }
}

async function decideLock(
  answers: Answers,
  options: InitOptions,
  { files, kept }: Decided,
): Promise<Pick<InitResult, 'unlocked' | 'notices'>> {
  if (await isThere(join(options.folder, LOCK_PATH))) {
    const advice = 'stays as it is. `r3mes lock --update` moves it forward and takes what is asked for now'
    kept.push({ path: LOCK_PATH, advice, paste: '' })
    return { unlocked: undefined, notices: [] }
  }
  const proven = await proveLock(answers, options)
  if (proven instanceof R3mesError) {
    return { unlocked: { error: proven, command: lockCommand(answers) }, notices: [] }
  }
  files.push({ path: LOCK_PATH, text: proven.text, replace: false })
  return { unlocked: undefined, notices: proven.notices }
}

function noticesOf({ inputs }: Answers, place: Place): string[] {
  return [
    ...(place === 'top'
      ? []
      : ['This folder is no git repository. Keep `.env` out of the one that it will be in.']),
    ...(lines(inputs['rpc-urls']).length > 1
      ? []
      : ['One endpoint has no witness. Name a second one on another host in `rpc-urls`.']),
  ]
}
