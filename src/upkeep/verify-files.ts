/** Hashes the files of a plan on all cores, says what each one is, and takes away what is corrupt. */
import { asR3mesError, type HashedFile, type HashPool, type Reporter } from '../core/index.ts'
import type { DiskEntry, Lease, Store } from '../store/index.ts'
import type { HashAhead } from './hash-ahead.ts'
import { type FileOnDisk, missing, notOurs, type Place, verdict } from './verify-plan.ts'
import type { FileVerdict } from './verify-types.ts'

/** How often a file that changes under our eyes is looked at. */
const ATTEMPTS = 3

type Hashed = Extract<HashedFile, { readonly kind: 'hashed' }>
/** A file as it was seen at its path. */
type Seen = Pick<DiskEntry, 'dev' | 'ino' | 'size'>

export interface FileCheckerOptions {
  readonly store: Pick<Store, 'blobAt' | 'takeAway' | 'makeReadable' | 'leases' | 'checks'>
  readonly pool: Pick<HashPool, 'hash'>
  readonly reporter: Pick<Reporter, 'warning'>
}

export class FileChecker {
  readonly #store: FileCheckerOptions['store']
  readonly #pool: FileCheckerOptions['pool']
  readonly #reporter: FileCheckerOptions['reporter']
  #leases: Promise<readonly Lease[]> | undefined

  constructor({ store, pool, reporter }: FileCheckerOptions) {
    this.#store = store
    this.#pool = pool
    this.#reporter = reporter
  }

  /**
   * @param hashed what hashing them found
   * @throws the reason of the pool's signal once it is aborted
   */
  async check(
    files: readonly FileOnDisk[],
    hashed: Pick<HashAhead, 'rest' | 'of'>,
  ): Promise<readonly FileVerdict[]> {
    hashed.rest(files.map(({ entry }) => entry))
    const verdicts: FileVerdict[] = []
    for (const { entry, first, others } of files) {
      const hashing = hashed.of(entry)
      const result = hashing instanceof Promise ? await hashing : hashing
      // What is true of a file is true under all its names, unless one of them is another file by now.
      const isIt = result?.kind === 'hashed' && result.dev === entry.dev && result.ino === entry.ino
      if (isIt && result.sha256 === first.sha256) this.#store.checks.note(result.sha256, first.path, result)
      for (const place of [first, ...others]) {
        if (isIt && result.sha256 === place.sha256) verdicts.push(right(place, Number(result.size)))
        else if (isIt) verdicts.push(...(await this.#judge(place, result, ATTEMPTS)))
        else verdicts.push(...(await this.#checkPlace(place, entry, ATTEMPTS)))
      }
    }
    return verdicts
  }

  /**
   * Sorts out the files that are exactly those that were hashed since then.
   *
   * @param since milliseconds since the epoch
   */
  async recent(
    files: readonly FileOnDisk[],
    since: number,
  ): Promise<{ readonly verdicts: readonly FileVerdict[]; readonly due: readonly FileOnDisk[] }> {
    const verdicts: FileVerdict[] = []
    const due: FileOnDisk[] = []
    for (const file of files) {
      const { entry, first, others } = file
      const { sha256 } = first
      const isOne = sha256 !== undefined && others.every((place) => place.sha256 === sha256)
      const checkedAt = isOne ? await this.#store.checks.checkedAt(sha256, entry) : undefined
      if (checkedAt === undefined || checkedAt.getTime() < since || checkedAt.getTime() > Date.now())
        due.push(file)
      else for (const place of [first, ...others]) verdicts.push(right(place, Number(entry.size), checkedAt))
    }
    return { verdicts, due }
  }

  /** Looks once more where nothing was seen: a run may have put it there since. */
  async checkAbsent(places: readonly Place[]): Promise<readonly FileVerdict[]> {
    const found = await Promise.all(places.map((place) => this.#checkPlace(place, undefined, ATTEMPTS)))
    return found.flat()
  }

  /** Moves a corrupt file away, and says so at once. */
  async condemn(place: Place, seen: Seen, reason: string): Promise<FileVerdict | undefined> {
    const { path, sha256, artifact } = place
    const { dev, ino } = seen
    const usedBy = await this.#usersOf(place)
    const corrupt = (more: Partial<FileVerdict>): FileVerdict => {
      const found = verdict('corrupt', path, Number(seen.size), { artifact, sha256, reason, usedBy, ...more })
      const kept = found.keptAs === undefined ? '' : ` It is kept as ${found.keptAs}.`
      const users = usedBy.length === 0 ? '' : ` It was in use by ${usedBy.join(', ')}.`
      this.#reporter.warning(`Corrupt: ${path}. ${found.reason}${kept}${users}`)
      return found
    }
    if (sha256 === undefined) throw new TypeError(`Nobody knows what ${path} should be`)
    try {
      const blob = await this.#store.blobAt(sha256)
      // The blob first: nothing may be linked to it again.
      if (blob !== undefined && blob.path !== path && blob.dev === dev && blob.ino === ino) {
        await this.#store.takeAway({ dev, ino, path: blob.path, sha256 })
      }
      const keptAs = await this.#store.takeAway({ dev, ino, path, sha256 })
      return keptAs === undefined ? undefined : corrupt({ keptAs })
    } catch (thrown) {
      const { code, message } = asR3mesError(thrown)
      return corrupt({
        reason: `${reason} It could not be taken away, and is still there: ${code}: ${message}`,
      })
    }
  }

  /** Corrupt is corrupt, whoever uses it; but they have to know. */
  async #usersOf({ artifact, path, sha256 }: Place): Promise<readonly string[]> {
    this.#leases ??= this.#store.leases.list()
    const uses = ({ artifacts, blobs }: Lease): boolean =>
      artifacts.includes(artifact?.path ?? path) || blobs.some((blob) => blob === sha256)
    return (await this.#leases).filter(uses).map(({ who, host }) => `${who} on ${host}`)
  }

  /** @param seen what stood there a moment ago */
  async #checkPlace(place: Place, seen: Seen | undefined, attempts: number): Promise<readonly FileVerdict[]> {
    const [result] = await this.#pool.hash([place.path])
    switch (result?.kind) {
      case undefined:
        return []
      case 'hashed':
        return await this.#judge(place, result, attempts)
      case 'absent':
      case 'irregular':
        // Who removes a blob, or what nothing tells of, has a reason.
        return place.artifact === undefined ? [] : [missing(place)]
      case 'changed':
        if (attempts > 1) return await this.#checkPlace(place, seen, attempts - 1)
        return await this.#giveUp(place, seen, 'It kept changing while it was checked.')
      case 'unreadable': {
        // The mode of a file of which nothing tells is its owner's affair.
        const mayBeMade = attempts > 1 && place.sha256 !== undefined
        const again = mayBeMade && (await this.#store.makeReadable(place.path))
        if (again) return await this.#checkPlace(place, seen, attempts - 1)
        return await this.#giveUp(place, seen, `It cannot be read (${result.errno}).`)
      }
    }
  }

  async #judge(place: Place, found: Hashed, attempts: number): Promise<readonly FileVerdict[]> {
    const { path, sha256, artifact, isBlob } = place
    const size = Number(found.size)
    if (found.sha256 === sha256) return [right(place, size)]
    const isOther = !isBlob && (await this.#store.blobAt(found.sha256)) !== undefined
    if (sha256 === undefined) {
      return isOther
        ? [verdict('ok', path, size, { sha256: found.sha256 })]
        : [verdict('foreign', path, size, { reason: notOurs({ kind: 'file' }) })]
    }
    // Another version that a run puts in place just now looks like this, and so does a link that somebody has swapped in.
    if (isOther) {
      const reason = `It is other content of this store, with SHA-256 ${found.sha256}.`
      return [verdict('foreign', path, size, { artifact, reason }), missing(place)]
    }
    const corrupt = await this.condemn(
      place,
      found,
      `Its SHA-256 is ${found.sha256}, and ${sha256} is right.`,
    )
    if (corrupt !== undefined) return [corrupt]
    // Somebody has just put another file there.
    return attempts > 1 ? await this.#checkPlace(place, undefined, attempts - 1) : []
  }

  /** Nobody could tell what its bytes are. */
  async #giveUp(place: Place, seen: Seen | undefined, reason: string): Promise<readonly FileVerdict[]> {
    const { path, sha256, artifact } = place
    if (sha256 === undefined || seen === undefined) {
      return [verdict(sha256 === undefined ? 'foreign' : 'corrupt', path, 0, { artifact, sha256, reason })]
    }
    const corrupt = await this.condemn(place, seen, reason)
    return corrupt === undefined ? [] : [corrupt]
  }
}

/** The verdict on most files of most stores. */
function right({ path, sha256, artifact }: Place, size: number, checkedAt?: Date): FileVerdict {
  return {
    state: 'ok',
    path,
    sha256,
    size,
    artifact,
    reason: undefined,
    keptAs: undefined,
    usedBy: NOBODY,
    checkedAt,
  }
}

const NOBODY: readonly string[] = []
