/** Hashes the files of a plan on all cores, says what each one is, and takes away what is corrupt. */
import { asR3mesError, type HashedFile, type HashPool, type Reporter } from '../core/index.ts'
import type { Store } from '../store/index.ts'
import { type FileOnDisk, inLists, missing, notOurs, type Place, verdict } from './verify-plan.ts'
import type { FileVerdict } from './verify-types.ts'

/** How often a file that changes under our eyes is looked at. */
const ATTEMPTS = 3

type Hashed = Extract<HashedFile, { readonly kind: 'hashed' }>
/** A file as it was seen at its path. */
type Seen = Pick<FileOnDisk, 'dev' | 'ino' | 'size'>

export interface FileCheckerOptions {
  readonly store: Pick<Store, 'blobAt' | 'takeAway' | 'makeReadable'>
  readonly pool: Pick<HashPool, 'hash'>
  readonly reporter: Pick<Reporter, 'warning'>
}

export class FileChecker {
  readonly #store: FileCheckerOptions['store']
  readonly #pool: FileCheckerOptions['pool']
  readonly #reporter: FileCheckerOptions['reporter']

  constructor({ store, pool, reporter }: FileCheckerOptions) {
    this.#store = store
    this.#pool = pool
    this.#reporter = reporter
  }

  /** @throws the reason of the pool's signal once it is aborted */
  async check(files: readonly FileOnDisk[]): Promise<readonly FileVerdict[]> {
    const lists = await Promise.all(inLists(files).map((list) => this.#checkList(list)))
    return lists.flat()
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
    const corrupt = (more: Partial<FileVerdict>): FileVerdict => {
      this.#reporter.warning(`Corrupt: ${path}. ${more.reason ?? reason}`)
      return verdict('corrupt', path, Number(seen.size), { artifact, sha256, reason, ...more })
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

  async #checkList(list: readonly FileOnDisk[]): Promise<readonly FileVerdict[]> {
    const found = await this.#pool.hash(list.map(({ places: [first] }) => first.path))
    const verdicts: FileVerdict[] = []
    for (const [index, file] of list.entries()) {
      const result = found[index]
      const isIt = result?.kind === 'hashed' && result.dev === file.dev && result.ino === file.ino
      for (const place of file.places) {
        // What is true of a file is true under all its names, unless one of them is another file by now.
        const more = isIt ? this.#judge(place, result, ATTEMPTS) : this.#checkPlace(place, file, ATTEMPTS)
        verdicts.push(...(await more))
      }
    }
    return verdicts
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
        const again = attempts > 1 && (await this.#store.makeReadable(place.path))
        if (again) return await this.#checkPlace(place, seen, attempts - 1)
        return await this.#giveUp(place, seen, `It cannot be read (${result.errno}).`)
      }
    }
  }

  async #judge(place: Place, found: Hashed, attempts: number): Promise<readonly FileVerdict[]> {
    const { path, sha256, artifact, isBlob } = place
    const size = Number(found.size)
    if (found.sha256 === sha256) return [verdict('ok', path, size, { artifact, sha256 })]
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
