/** What a program was given stays in use until the program ends, so that nobody replaces or prunes it meanwhile. */
import { asR3mesError } from '../core/index.ts'
import type { Ports, Settings } from '../ensure/index.ts'
import { openStore, type Store } from '../store/index.ts'

/** The process is the job. */
export function thisProcess(): NonNullable<Ports['job']> {
  return { workflow: 'setup-r3mes', job: 'library', run: `process ${process.pid}`, pid: process.pid }
}

export async function storeOf(
  { home, modelDir, adapterDir, verify }: Settings,
  { reporter, signal }: Ports,
  doing: string,
): Promise<Store> {
  return await openStore({
    home,
    doing,
    verify,
    reporter,
    ...(signal === undefined ? {} : { signal }),
    ...(modelDir === undefined ? {} : { modelDir }),
    ...(adapterDir === undefined ? {} : { adapterDir }),
  })
}

/** A program that brings the same again and again holds one lease for it, not one for each time. */
export class LeaseKeeper {
  readonly #settings: Settings
  readonly #ports: Ports
  /** By the paths that they keep. */
  readonly #leases = new Map<string, string>()

  constructor(settings: Settings, ports: Ports) {
    this.#settings = settings
    this.#ports = ports
  }

  /** @param lease names the new lease for these absolute paths. An older one for the same is released. */
  async keep(paths: readonly string[], lease: string): Promise<void> {
    const key = JSON.stringify(paths.toSorted())
    const older = this.#leases.get(key)
    this.#leases.set(key, lease)
    if (older === undefined) return
    const { signal: _signal, ...ports } = this.#ports
    try {
      await using store = await storeOf(this.#settings, ports, 'release')
      await store.leases.release(older)
    } catch (thrown) {
      // It ends with the process. What was brought is in place all the same.
      ports.reporter.debug(`An older lease was not released. ${asR3mesError(thrown).message}`)
    }
  }
}
