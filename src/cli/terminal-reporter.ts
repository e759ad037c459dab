import { MultiBar, type Params, type SingleBar } from 'cli-progress'
import { type Reporter, sanitiseLine, sanitiseText, type TransferProgress } from '../core/index.ts'
import { describeRate, formatSize, ProgressLines, RateMeter } from '../ensure/index.ts'
import { drawsOver, isQuiet, type Paint, paintFor } from './manner.ts'

const BAR_WIDTH = 30

/** What a bar says beside its numbers. */
interface Shown {
  /** Bytes a second; undefined at first. */
  readonly rate: number | undefined
  readonly subject: string
  readonly source: string
}

/** One transfer on one line. Without a size there is no share to show, only what has come. */
function barLine(_options: unknown, { value, total }: Params, { subject, source, rate }: Shown): string {
  const known = total === 0 ? undefined : total
  const speed = rate === undefined ? '' : `, ${describeRate(rate, value, known)}`
  if (total === 0) return `${formatSize(value)}${speed}  ${subject} from ${source}`
  const share = Math.min(1, value / total)
  const done = Math.round(share * BAR_WIDTH)
  const bar = `${'█'.repeat(done)}${'░'.repeat(BAR_WIDTH - done)}`
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  return `${bar} ${percent}  ${formatSize(value)} of ${formatSize(total)}${speed}  ${subject} from ${source}`
}

/** How to talk. */
export interface Manner {
  /** Nothing is said at all: what is wrong reaches people as the error that ends the command. */
  readonly quiet: boolean
  /** Bars, which are drawn over; else lines. */
  readonly bars: boolean
}

/**
 * Talks to a person on standard error: bars on a terminal while something is transferred, lines elsewhere. Standard output
 * belongs to the result.
 */
export class TerminalReporter implements Reporter {
  readonly #stream: NodeJS.WriteStream
  readonly #manner: Manner
  readonly #paint: Paint
  readonly #lines = new ProgressLines()
  readonly #bars = new Map<string, SingleBar>()
  readonly #meters = new Map<string, RateMeter>()
  /** There while there are bars: it holds lines back until it draws, so it must not outlive them. */
  #multi: MultiBar | undefined

  constructor(
    stream: NodeJS.WriteStream = process.stderr,
    manner: Manner = { quiet: isQuiet(), bars: drawsOver(stream, process.env) },
  ) {
    this.#stream = stream
    this.#manner = manner
    this.#paint = paintFor(stream)
  }

  async phase<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.#print(this.#paint('bold', `${sanitiseLine(title)} …`))
    return await work()
  }

  debug(): void {}

  info(text: string): void {
    this.#print(`  ${sanitiseText(text)}`)
  }

  notice(text: string): void {
    this.#print(`  ${this.#paint('cyan', 'Notice:')} ${sanitiseText(text)}`)
  }

  warning(text: string): void {
    this.#print(`  ${this.#paint('yellow', 'Warning:')} ${sanitiseText(text)}`)
  }

  progress(event: TransferProgress): void {
    if (this.#manner.quiet) return
    if (this.#manner.bars) {
      this.#draw(event)
      return
    }
    const line = this.#lines.line(event, performance.now())
    if (line !== undefined) this.#print(`  ${line}`)
  }

  /** Takes the bars off the terminal. */
  close(): void {
    // A last drawing brings out the lines that were held back.
    this.#multi?.update()
    this.#multi?.stop()
    this.#multi = undefined
    this.#bars.clear()
  }

  #draw(event: TransferProgress): void {
    const bar = this.#bars.get(event.subject)
    if (event.done) {
      if (bar !== undefined) this.#multi?.remove(bar)
      this.#bars.delete(event.subject)
      this.#meters.delete(event.subject)
      if (this.#bars.size === 0) this.close()
      return
    }
    const meter = this.#meters.get(event.subject) ?? new RateMeter()
    this.#meters.set(event.subject, meter)
    const rate = meter.observe(event.bytes, performance.now())
    const shown: Shown = { subject: sanitiseLine(event.subject, 60), source: event.source, rate }
    const total = event.total ?? 0
    if (bar !== undefined) {
      bar.setTotal(total)
      bar.update(event.bytes, shown)
      return
    }
    this.#multi ??= new MultiBar({
      stream: this.#stream,
      clearOnComplete: true,
      hideCursor: true,
      // The run itself ends at a signal, after it has taken back what it began.
      gracefulExit: false,
      format: barLine,
    })
    this.#bars.set(event.subject, this.#multi.create(total, event.bytes, shown))
  }

  #print(text: string): void {
    if (this.#manner.quiet) return
    if (this.#multi === undefined) this.#stream.write(`${text}\n`)
    else this.#multi.log(`${text}\n`)
  }
}
