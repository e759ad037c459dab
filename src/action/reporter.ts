import * as core from '@actions/core'
import { type Reporter, sanitiseText, type TransferProgress } from '../core/index.ts'
import { ProgressLines } from '../ensure/index.ts'

/**
 * Talks to a workflow log. Warnings and notices appear where they happen and are gathered, so that each kind becomes one annotation
 * at the end, however many there are.
 */
export class ActionReporter implements Reporter {
  readonly #progress = new ProgressLines()
  readonly #warnings = new Set<string>()
  readonly #notices = new Set<string>()

  phase<T>(title: string, work: () => Promise<T>): Promise<T> {
    return core.group(sanitiseText(title), work)
  }

  debug(text: string): void {
    core.debug(sanitiseText(text))
  }

  info(text: string): void {
    core.info(sanitiseText(text))
  }

  notice(text: string): void {
    this.#notices.add(sanitiseText(text))
    core.info(`Notice: ${sanitiseText(text)}`)
  }

  warning(text: string): void {
    this.#warnings.add(sanitiseText(text))
    core.info(`Warning: ${sanitiseText(text)}`)
  }

  progress(event: TransferProgress): void {
    const line = this.#progress.line(event, performance.now())
    if (line !== undefined) core.info(line)
  }

  /** One annotation for all warnings, one for all notices. */
  annotate(): void {
    if (this.#warnings.size > 0) core.warning([...this.#warnings].join('\n'), { title: 'setup-r3mes' })
    if (this.#notices.size > 0) core.notice([...this.#notices].join('\n'), { title: 'setup-r3mes' })
  }
}
