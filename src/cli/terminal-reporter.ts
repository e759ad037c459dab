import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import { type Reporter, sanitiseLine, sanitiseText, type TransferProgress } from '../core/index.ts'
import { formatSize, ProgressLines } from '../ensure/index.ts'

/**
 * Talks to a person on standard error: bars on a terminal, lines elsewhere. Standard output belongs to the result.
 */
export class TerminalReporter implements Reporter {
  readonly #stream: NodeJS.WriteStream
  readonly #lines = new ProgressLines()
  readonly #bars = new Map<string, SingleBar>()
  readonly #multi: MultiBar | undefined

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream
    this.#multi = stream.isTTY
      ? new MultiBar(
          {
            stream,
            clearOnComplete: true,
            hideCursor: true,
            format: '{bar} {percentage} % {shown} {subject} ({source})',
          },
          Presets.shades_classic,
        )
      : undefined
  }

  async phase<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.#print(`${sanitiseLine(title)} …`)
    return await work()
  }

  debug(): void {}

  info(text: string): void {
    this.#print(`  ${sanitiseText(text)}`)
  }

  notice(text: string): void {
    this.#print(`  Notice: ${sanitiseText(text)}`)
  }

  warning(text: string): void {
    this.#print(`  Warning: ${sanitiseText(text)}`)
  }

  progress(event: TransferProgress): void {
    if (this.#multi === undefined) {
      const line = this.#lines.line(event, performance.now())
      if (line !== undefined) this.#print(`  ${line}`)
      return
    }
    const bar = this.#bars.get(event.subject)
    if (event.done) {
      if (bar !== undefined) this.#multi.remove(bar)
      this.#bars.delete(event.subject)
      return
    }
    const shown = {
      subject: sanitiseLine(event.subject, 60),
      source: event.source,
      shown: formatSize(event.bytes),
    }
    // Without a size the bar cannot fill; it still shows what has come.
    const total = event.total ?? 0
    if (bar === undefined) this.#bars.set(event.subject, this.#multi.create(total, event.bytes, shown))
    else bar.update(event.bytes, shown)
  }

  /** Takes the bars off the terminal. */
  close(): void {
    this.#multi?.stop()
  }

  #print(text: string): void {
    if (this.#multi === undefined) this.#stream.write(`${text}\n`)
    else this.#multi.log(`${text}\n`)
  }
}
