import { constants } from 'node:os'

export interface Interruption {
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  /** 130 after SIGINT, 143 after SIGTERM, undefined when there was none. */
  exitCode(): number | undefined
}

/**
 * Turns the first signal into an abort, so that a run can take back what it began. A second one ends the process at
 * once: the store stays sound, since nothing is ever visible before it is whole.
 */
export function interruptOnSignals(): Interruption {
  const controller = new AbortController()
  let code: number | undefined
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (code !== undefined) process.exit(code)
      code = 128 + constants.signals[name]
      controller.abort(new DOMException(`The process received ${name}`, 'AbortError'))
    })
  }
  return { signal: controller.signal, exitCode: () => code }
}
