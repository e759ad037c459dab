/**
 * Whether a session lives. One judge for all that a session may leave behind: claims, leases, unfinished work.
 *
 * Its lock decides wherever locks speak for everybody who writes to the store: on one machine always, and after a reboot. On a
 * volume that machines share, the lock of a neighbour may not be seen. There a session touches its record every now and
 * then, and is given up when the judge itself, by a clock that nobody sets, saw no change for long.
 */
import { entryAt } from '../disk.ts'
import { type LeaseFolders, recordPath, sessionLockPath } from '../layout.ts'
import { lookAtLockFile } from '../lock-file.ts'
import type { Volume } from './file-system.ts'
import { type Machine, processScope, thisMachine } from './identity.ts'
import { readRecord, sessionRecordOf } from './records.ts'

/**
 * - `alive`: its lock is held
 * - `dead`: for certain
 * - `silent`: on another machine, and nothing was heard of it for long. Not certain: it may be frozen
 * - `doubtful`: on another machine, and not watched for long enough
 * - `missing`: it has no lock file. It never had one, ended in order, or somebody deleted it
 */
export type SessionState = 'alive' | 'dead' | 'silent' | 'doubtful' | 'missing'

/** How often a session on a shared volume says that it lives. */
export const HEARTBEAT_MS = 15_000
/** How long nothing has to be heard of one on another machine. Caches of network file systems hold changes back for a minute. */
export const SILENT_AFTER_MS = 120_000

/** Whether what a session holds, claims and leases, still counts. */
export function mayLive(state: SessionState): boolean {
  return state === 'alive' || state === 'doubtful'
}

export interface LivenessOptions {
  readonly volume: Volume
  /** False where the file system knows no locks: then nobody can be told to live. */
  readonly locks: boolean
  readonly machine?: Machine
  /** Milliseconds of a clock that only goes forward. */
  readonly clock?: () => number
}

export class Liveness {
  readonly #folders: LeaseFolders
  readonly #volume: Volume
  readonly #locks: boolean
  readonly #machine: Machine
  readonly #clock: () => number
  /** What each session on another machine looked like when it last changed, and when this judge saw that. */
  readonly #seen = new Map<string, { readonly change: bigint; readonly at: number }>()

  constructor(folders: LeaseFolders, options: LivenessOptions) {
    this.#folders = folders
    this.#volume = options.volume
    this.#locks = options.locks
    this.#machine = options.machine ?? thisMachine()
    this.#clock = options.clock ?? (() => performance.now())
  }

  async stateOf(id: string): Promise<SessionState> {
    if (!this.#locks) return 'missing'
    const found = lookAtLockFile(sessionLockPath(this.#folders, id))
    if (found === 'missing') return 'missing'
    const byLock = found === 'held' ? 'alive' : 'dead'
    if (this.#volume === 'local') return byLock
    const path = recordPath(this.#folders, id)
    const record = sessionRecordOf((await readRecord(path)) ?? '')
    // Killed before it had a record: its id alone says where it ran, in fewer digits.
    const isHere =
      record === undefined
        ? id.startsWith(`${processScope(this.#machine)}-`)
        : record.bootId === this.#machine.bootId
    if (isHere) return byLock
    // A file server may go on holding the lock of a machine that is gone, and may hide the lock of one that is not.
    const heard = await this.#watch(id, path)
    return heard === 'doubtful' && found === 'held' ? 'alive' : heard
  }

  async #watch(id: string, path: string): Promise<'silent' | 'doubtful'> {
    const change = (await entryAt(path))?.ctimeNs ?? 0n
    const now = this.#clock()
    const seen = this.#seen.get(id)
    if (seen?.change !== change) {
      this.#seen.set(id, { change, at: now })
      return 'doubtful'
    }
    return now - seen.at >= SILENT_AFTER_MS ? 'silent' : 'doubtful'
  }
}
