import * as core from '@actions/core'
import type { TransferProgress } from '../core/index.ts'
import { ProgressLines } from '../ensure/index.ts'
import { LogReporter } from './log-reporter.ts'

/** A {@link LogReporter} that shows how far transfers are. */
export class ActionReporter extends LogReporter {
  readonly #progress = new ProgressLines()

  override progress(event: TransferProgress): void {
    const line = this.#progress.line(event, performance.now())
    if (line !== undefined) core.info(line)
  }
}
