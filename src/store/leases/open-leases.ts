import { asR3mesError, R3mesError, type Reporter } from '../../core/index.ts'
import { type Folder, prepareFolder } from '../folders.ts'
import type { Layout } from '../layout.ts'
import { LocksUnsupported } from '../lock-file.ts'
import { stagingTag } from '../staging.ts'
import { type Volume, volumeAt } from './file-system.ts'
import { type Leases, leasesIn } from './leases.ts'
import { Liveness, type SessionState } from './liveness.ts'
import type { Roots } from './records.ts'
import { openSession, type Session } from './session.ts'

export interface LeaseOptions {
  readonly reporter: Reporter
  readonly signal?: AbortSignal | undefined
  /** What this session does, for people: `ensure`. */
  readonly doing: string
  /** Asked of the operating system when absent. */
  readonly volume?: Volume | undefined
}

/** How one open store sees the others, and is seen by them. */
export interface OpenLeases {
  /** Names all unfinished work of this store. */
  readonly tag: string
  /** Undefined where others cannot see whether this process lives. */
  readonly session: Session | undefined
  readonly liveness: Liveness
  readonly leases: Leases
  /** Whether the store of a tag lives. */
  readonly stateOf: (tag: string) => Promise<SessionState>
}

/**
 * Opens a session. Where that is impossible, everything works without it: nothing is shared, replaced or pruned then.
 *
 * @throws R3mesError `STORE_UNSAFE` when others may write to the folder
 */
export async function openLeases(layout: Layout, options: LeaseOptions): Promise<OpenLeases> {
  const folders = layout.leases
  const { reporter, signal } = options
  let session: Session | undefined
  let volume: Volume = 'shared'
  try {
    for (const folder of foldersOf(layout)) await prepareFolder(folder, reporter)
    volume = options.volume ?? (await volumeAt(folders.root))
    session = await openSession(folders, stagingTag, { doing: options.doing, volume, roots: rootsOf(layout) })
    if (volume === 'shared') reporter.notice(SHARED_VOLUME)
  } catch (thrown) {
    const isUnsafe = thrown instanceof R3mesError && thrown.code === 'STORE_UNSAFE'
    if (isUnsafe) throw thrown
    reporter.notice(thrown instanceof LocksUnsupported ? NO_LOCKS : NO_LEASES)
    reporter.debug(
      `No session: ${thrown instanceof R3mesError ? thrown.message : asR3mesError(thrown).detail}`,
    )
  }
  const liveness = new Liveness(folders, { volume, locks: session !== undefined })
  return {
    tag: session?.id ?? stagingTag(),
    session,
    liveness,
    leases: leasesIn({ folders, liveness, volume, session, signal }),
    stateOf: (tag) => liveness.stateOf(tag),
  }
}

function rootsOf({ models, adapters, datasets }: Layout): Roots {
  return { models, adapters, datasets }
}

const SHARED_VOLUME =
  'The store lies on a volume that other machines may write to. A job of another machine that died is noticed after two minutes there, not at once.'

const NO_LOCKS =
  'The file system of the store knows no locks. Jobs cannot share a download there, and what is in place is neither replaced nor pruned.'

const NO_LEASES =
  'The folder `leases` of the store cannot be used. This run cannot share downloads with other jobs, and neither replaces nor prunes what is in place. Make the folder writable, or delete it when no job runs.'

function foldersOf({ leases }: Layout): readonly Folder[] {
  const title = "The store's folder of leases"
  return [leases.root, leases.sessions, leases.claims, leases.jobs].map((path) => ({
    path,
    title,
    mode: 0o700,
  }))
}
