import * as core from '@actions/core'
import { type Reporter, sanitiseText, type TransferProgress } from '../core/index.ts'

/**
 * Talks to a workflow log. Warnings and notices appear where they happen and are gathered, so that each kind becomes one annotation
 * at the end, however many there are. Progress is not shown.
 */
export class LogReporter implements Reporter {
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

  progress(_event: TransferProgress): void {}

  /** One annotation for all warnings, one for all notices. */
  annotate(): void {
    if (this.#warnings.size > 0) core.warning([...this.#warnings].join('\n'), { title: 'setup-r3mes' })
    if (this.#notices.size > 0) core.notice([...this.#notices].join('\n'), { title: 'setup-r3mes' })
  }
}
