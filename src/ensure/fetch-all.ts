import pLimit from 'p-limit'
import { asR3mesError, R3mesError, type WantedFile } from '../core/index.ts'
import {
  artifactSubject,
  checkDisk,
  type ExpandedArtifact,
  type PlannedFile,
  storePath,
} from '../registry/index.ts'
import { leaveOut } from './expand-plan.ts'
import type { Obtained, Obtainer } from './obtain.ts'
import type { Run } from './open-run.ts'
import { formatSize } from './units.ts'

/** An artifact whose every file is in the store, verified. */
export interface VerifiedArtifact {
  readonly artifact: ExpandedArtifact
  readonly files: readonly { readonly planned: PlannedFile; readonly obtained: Obtained }[]
}

/** One file of one artifact on its way. */
interface Task {
  readonly artifact: ExpandedArtifact
  readonly planned: PlannedFile
  readonly wanted: WantedFile
  obtained: Obtained | undefined
}

/** How people, mirrors and progress lines know a file. */
function wantedFile(artifact: ExpandedArtifact, planned: PlannedFile): WantedFile {
  return {
    sha256: planned.sha256,
    subject: `${artifactSubject(artifact)}: ${planned.path}`,
    mirrorPath: storePath(artifact, planned),
    places: planned.places,
    ...(planned.size === undefined ? {} : { size: planned.size }),
    ...(planned.cid === undefined ? {} : { cid: planned.cid }),
  }
}

/**
 * Brings every file of every artifact into the store. The first failure of something required ends the run; a dataset that is
 * not required is left out with a warning.
 *
 * @throws R3mesError of the failed file; `DISK_FULL` before the first byte when the missing files cannot fit
 */
export async function fetchMissing(
  run: Run,
  obtainer: Obtainer,
  artifacts: readonly ExpandedArtifact[],
): Promise<readonly VerifiedArtifact[]> {
  const tasks = artifacts.flatMap((artifact) =>
    artifact.files.map(
      (planned): Task => ({ artifact, planned, wanted: wantedFile(artifact, planned), obtained: undefined }),
    ),
  )
  const { record, reporter } = run
  await reporter.phase('Store', () => record.timed('store', () => lookUp(run, obtainer, tasks)))
  const missing = tasks.filter((task) => task.obtained === undefined)
  let dropped: ReadonlySet<ExpandedArtifact> = new Set()
  if (missing.length > 0) {
    await demandSpace(run, artifacts, tasks)
    dropped = await reporter.phase('Transfer', () =>
      record.timed('transfer', () => transfer(run, obtainer, missing)),
    )
  }
  return artifacts
    .filter((artifact) => !dropped.has(artifact))
    .map((artifact) => ({
      artifact,
      files: tasks.filter((task) => task.artifact === artifact).map(obtainedFile),
    }))
}

function obtainedFile({ planned, obtained, wanted }: Task): VerifiedArtifact['files'][number] {
  if (obtained === undefined) throw new TypeError(`${wanted.subject} was neither found nor fetched`)
  return { planned, obtained }
}

/** Two at a time: hashing is bound by the processor. */
async function lookUp(run: Run, obtainer: Obtainer, tasks: readonly Task[]): Promise<void> {
  const limit = pLimit(2)
  await Promise.all(
    tasks.map((task) =>
      limit(async () => {
        run.signal.throwIfAborted()
        task.obtained = await obtainer.inStore(task.wanted)
      }),
    ),
  )
  const found = tasks.filter((task) => task.obtained !== undefined).length
  const checked = found === 0 ? '' : ', every byte of them was hashed again'
  run.reporter.info(`${found} of ${tasks.length} files are in the store${checked}.`)
}

async function demandSpace(
  run: Run,
  artifacts: readonly ExpandedArtifact[],
  tasks: readonly Task[],
): Promise<void> {
  const present = new Set(
    tasks.filter((task) => task.obtained !== undefined).map((task) => task.planned.sha256),
  )
  const problem = checkDisk(artifacts, present, await run.store.freeBytes())
  if (problem !== undefined) throw problem
}

/** The error with the file's name in its message. What sources say has it; what the disk says has not. */
function naming(subject: string, error: R3mesError): R3mesError {
  if (error.message.includes(subject)) return error
  return new R3mesError(error.code, `${subject}: ${error.message}`, {
    cause: error,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  })
}

/** @returns artifacts that were not required and failed */
async function transfer(
  run: Run,
  obtainer: Obtainer,
  missing: readonly Task[],
): Promise<ReadonlySet<ExpandedArtifact>> {
  const { reporter } = run
  const stop = new AbortController()
  const signal = AbortSignal.any([run.signal, stop.signal])
  const limit = pLimit(run.settings.parallelDownloads)
  const dropped = new Set<ExpandedArtifact>()
  let failure: R3mesError | undefined

  const fetchOne = async (task: Task): Promise<void> => {
    if (signal.aborted || dropped.has(task.artifact)) return
    try {
      task.obtained = await obtainer.fetch(task.wanted, signal)
      const { from, file } = task.obtained
      reporter.info(`${task.wanted.subject}: ${formatSize(file.size)} from ${from}, verified.`)
    } catch (thrown) {
      if (signal.aborted) return
      const error = asR3mesError(thrown)
      const named = naming(task.wanted.subject, error)
      if (task.artifact.required) {
        failure = named
        stop.abort()
      } else {
        dropped.add(task.artifact)
        leaveOut(run, named)
      }
    }
  }

  // Every transfer has ended when this returns, so nothing writes while the run is rolled back.
  await Promise.all(missing.map((task) => limit(() => fetchOne(task))))
  if (failure !== undefined) throw failure
  run.signal.throwIfAborted()
  return dropped
}
