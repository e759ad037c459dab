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

/** Of so many files of the same bytes the places are asked, when none has them. */
const MOST_TRIED = 4

function isObtained(task: Task): boolean {
  return task.obtained !== undefined
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
  await run.store.leases.use({ blobs: tasks.map(({ planned }) => planned.sha256) })
  await reporter.phase('Store', () => record.timed('store', () => lookUp(run, obtainer, tasks)))
  const dropped = new Set(!tasks.every(isObtained) ? await demandSpace(run, artifacts, tasks) : [])
  const missing = tasks.filter((task) => !isObtained(task) && !dropped.has(task.artifact))
  if (missing.length > 0) {
    await reporter.phase('Transfer', () =>
      record.timed('transfer', () => transfer(run, obtainer, missing, dropped)),
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
  const found = tasks.map(({ obtained }) => obtained?.file).filter((file) => file !== undefined)
  const unchanged = found.filter(({ checkedAt }) => checkedAt !== undefined).length
  run.reporter.info(
    `${found.length} of ${tasks.length} files are in the store${howChecked(found.length, unchanged)}.`,
  )
}

function howChecked(found: number, unchanged: number): string {
  if (found === 0) return ''
  if (unchanged === 0) return ', every byte of them was hashed again'
  const others = found === unchanged ? '' : ', every byte of the others was hashed again'
  return `, ${unchanged} of them unchanged since an earlier run hashed them${others}`
}

/**
 * @returns artifacts that are not required and do not fit beside the others
 * @throws R3mesError `DISK_FULL` when those that are required do not fit
 */
async function demandSpace(
  run: Run,
  artifacts: readonly ExpandedArtifact[],
  tasks: readonly Task[],
): Promise<readonly ExpandedArtifact[]> {
  const present = new Set(
    tasks.filter((task) => task.obtained !== undefined).map((task) => task.planned.sha256),
  )
  // What an earlier run left of a missing file takes no more room than it takes already.
  for (const task of tasks) {
    if (!present.has(task.planned.sha256)) await run.store.reservePartial(task.planned.sha256)
  }
  const fitting = artifacts.filter((artifact) => artifact.required)
  let free = await run.store.freeBytes()
  if (checkDisk(artifacts, present, free) !== undefined && (await run.store.clearPartials())) {
    free = await run.store.freeBytes()
  }
  const problem = checkDisk(fitting, present, free)
  if (problem !== undefined) throw problem
  return artifacts.filter((artifact) => {
    if (artifact.required) return false
    const tooMuch = checkDisk([...fitting, artifact], present, free)
    if (tooMuch === undefined) fitting.push(artifact)
    else leaveOut(run, naming(artifactSubject(artifact), tooMuch))
    return tooMuch !== undefined
  })
}

/** The error with the file's name in its message. What sources say has it; what the disk says has not. */
function naming(subject: string, error: R3mesError): R3mesError {
  if (error.message.includes(subject)) return error
  return new R3mesError(error.code, `${subject}: ${error.message}`, {
    cause: error,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  })
}

/**
 * What is required comes first and alone: a dataset that the run can do without must neither fill the disk under it nor
 * fail what it shares with it.
 *
 * @param dropped gets the artifacts that are not required and failed
 */
async function transfer(
  run: Run,
  obtainer: Obtainer,
  missing: readonly Task[],
  dropped: Set<ExpandedArtifact>,
): Promise<void> {
  const { reporter } = run
  const stop = new AbortController()
  const signal = AbortSignal.any([run.signal, stop.signal])
  const limit = pLimit(run.settings.parallelDownloads)
  let failure: R3mesError | undefined

  const fail = (task: Task, error: R3mesError): void => {
    const named = naming(task.wanted.subject, error)
    if (task.artifact.required) {
      failure ??= named
      stop.abort()
    } else if (!dropped.has(task.artifact)) {
      dropped.add(task.artifact)
      leaveOut(run, named)
    }
  }

  /** Files of the same bytes: whoever's places have them serves all of them. */
  const fetchOne = async (alike: readonly Task[]): Promise<void> => {
    const failures: { readonly task: Task; readonly error: R3mesError }[] = []
    let tries = MOST_TRIED
    for (const task of alike) {
      if (signal.aborted) return
      if (dropped.has(task.artifact)) continue
      const last = failures.at(-1)
      if (last !== undefined && tries <= 0 && !alike.some(isObtained)) {
        failures.push({ ...last, task })
        continue
      }
      try {
        task.obtained = await obtainer.fetch(task.wanted, signal, { required: task.artifact.required })
        const { from, file } = task.obtained
        reporter.info(`${task.wanted.subject}: ${formatSize(file.size)} from ${from}, verified.`)
      } catch (thrown) {
        if (signal.aborted) return
        const error = asR3mesError(thrown)
        failures.push({ task, error })
        // A full disk or a bug is no matter of places.
        tries = error.errorClass === 'content' ? tries - 1 : 0
      }
    }
    const obtained = alike.find(isObtained)?.obtained
    for (const { task, error } of failures) {
      const size = task.wanted.size ?? obtained?.file.size
      if (obtained !== undefined && obtained.file.size === size) task.obtained = obtained
      else fail(task, error)
    }
  }

  const together = [...Map.groupBy(missing, ({ artifact }) => artifact).values()]
  for (const source of run.sources)
    source.prepare?.(together.map((tasks) => tasks.map(({ wanted }) => wanted)))
  for (const required of [true, false]) {
    const now = Map.groupBy(
      missing.filter((task) => task.artifact.required === required),
      (task) => task.wanted.sha256,
    )
    // Every transfer has ended when this returns, so nothing writes while the run is rolled back.
    await Promise.all([...now.values()].map((alike) => limit(() => fetchOne(alike))))
    if (failure !== undefined) throw failure
    run.signal.throwIfAborted()
  }
}
