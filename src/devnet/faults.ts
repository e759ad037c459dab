import type { Fault } from './types.ts'

/** A fault that one request was given, already counted in its `times`. */
export interface ClaimedFault {
  readonly fault: Fault
  /** The answer had nothing that the fault could spoil: the next matching request gets it. */
  release(): void
}

interface Entry {
  readonly fault: Fault
  left: number
  removed: boolean
}

/** The faults of one endpoint. */
export class FaultList {
  readonly #entries: Entry[] = []

  /** @returns takes the fault away again */
  add(fault: Fault): () => void {
    const entry: Entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY, removed: false }
    this.#entries.unshift(entry)
    return () => {
      entry.removed = true
    }
  }

  /** The newest fault that matches, counted. `called` is what the body asked for. */
  claim(method: string, path: string, called: string | undefined): ClaimedFault | undefined {
    const entry = this.#entries.find(
      ({ fault, left, removed }) =>
        !removed && left > 0 && canSpoil(fault, method) && matches(fault, path, called),
    )
    if (entry === undefined) return undefined
    entry.left -= 1
    let released = false
    return {
      fault: entry.fault,
      release() {
        if (!released) entry.left += 1
        released = true
      },
    }
  }
}

function canSpoil(fault: Fault, method: string): boolean {
  return method !== 'HEAD' || fault.kind !== 'wrong-bytes'
}

function matches(fault: Fault, path: string, called: string | undefined): boolean {
  return fault.path === undefined || path.includes(fault.path) || (called?.includes(fault.path) ?? false)
}
